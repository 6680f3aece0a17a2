"""What a check of the doctor gives."""

from collections.abc import Callable, Iterator
from typing import NamedTuple


class Finding(NamedTuple):
    """What is wrong, and what to do about it: two sentences without their full stops."""

    wrong: str
    mend: str


# Nothing found is nothing wrong; an error is a finding too.
Look = Callable[[], Iterator[Finding] | None]
