"""Reading a small HTML form: one bounded body, plain fields, nothing else."""

from urllib.parse import parse_qsl

from starlette.requests import Request

from core.kit.errors import N_, PortalError

_LARGEST = 16 * 1024
_MOST_FIELDS = 20


class NotAForm(PortalError):
    """The body is too large, or not the fields of one of our forms."""

    message = N_("The form could not be read. Open the page again.")


async def fields(request: Request) -> dict[str, str]:
    """The fields of an urlencoded form, the first value of each name. Raises NotAForm."""
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > _LARGEST:
            raise NotAForm
    try:
        pairs = parse_qsl(body.decode("utf-8"), keep_blank_values=True, max_num_fields=_MOST_FIELDS, errors="strict")
    except ValueError as error:
        raise NotAForm from error
    return dict(reversed(pairs))
