"""A client of Streamlit's websocket that can do what a browser cannot: choose cookies, origin and session id."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import ClientConnection, connect

PATIENCE = 30


@dataclass(frozen=True)
class Run:
    """What one script run sent to the browser."""

    messages: list[ForwardMsg]

    @property
    def session_id(self) -> str:
        return next(m.new_session.initialize.session_id for m in self.messages if m.WhichOneof("type") == "new_session")

    @property
    def redirects(self) -> list[str]:
        return [m.auth_redirect.url for m in self.messages if m.WhichOneof("type") == "auth_redirect"]

    def shows(self, text: str) -> bool:
        """Whether a text stands anywhere in what the browser got, drawn or not."""
        return any(text.encode() in message.SerializeToString() for message in self.messages)


@dataclass(frozen=True)
class Tab:
    """An open connection."""

    connection: ClientConnection

    def run(self, page: str = "") -> Run:
        """Ask for a page and wait until its script has finished."""
        state = ClientState(page_name=page, query_string="")
        self.connection.send(BackMsg(rerun_script=state).SerializeToString())
        messages: list[ForwardMsg] = []
        while not messages or messages[-1].WhichOneof("type") != "script_finished":
            message = ForwardMsg()
            message.ParseFromString(self.connection.recv(PATIENCE))
            messages.append(message)
        return Run(messages)


@contextmanager
def tab(url: str, cookie: str | None, session_id: str | None = None, origin: str | None = "") -> Iterator[Tab]:
    """Open the stream of the portal at `url`; by default its own origin is sent. Raises InvalidStatus when refused."""
    protocols = ["streamlit", "xsrf", *([session_id] if session_id else [])]
    with connect(
        f"{url.replace('http', 'ws')}/_stcore/stream",
        origin=url if origin == "" else origin,
        subprotocols=protocols,
        additional_headers={"Cookie": f"sid={cookie}"} if cookie else {},
        open_timeout=PATIENCE,
        max_size=None,
    ) as connection:
        yield Tab(connection)
