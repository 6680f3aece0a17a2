"""Mail bodies as they lie in the outbox: JSON of text and HTML, encrypted."""

import base64
import json
from dataclasses import asdict, dataclass

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from core import keys


@dataclass(frozen=True, slots=True)
class Body:
    """The two twins of a mail's body."""

    text: str
    html: str


def sealed(body: Body) -> str:
    """The body encrypted under the current secret."""
    return _fernet().encrypt(json.dumps(asdict(body)).encode()).decode()


def opened(token: str) -> Body | None:
    """The body, sealed under the current or the previous secret; None if under neither."""
    try:
        return Body(**json.loads(_fernet().decrypt(token)))
    except InvalidToken:
        return None


def _fernet() -> MultiFernet:
    return MultiFernet([Fernet(base64.urlsafe_b64encode(key)) for key in keys.keys("mail")])
