"""Refusing a websocket before it is accepted: with an HTTP answer, which carries headers, wherever the server can."""

from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

NO_SESSION = 4401
FOREIGN = 4403
TRY_AGAIN = 1013


async def refuse(scope: Scope, receive: Receive, send: Send, code: int, status: int = 403) -> None:
    """Answer a handshake with `status`; a server that knows only the close `code` answers 403 by itself."""
    if "websocket.http.response" in scope.get("extensions", {}):
        await PlainTextResponse(f"Refused: {code}.\n", status)(scope, receive, send)
        return
    await send({"type": "websocket.close", "code": code})
