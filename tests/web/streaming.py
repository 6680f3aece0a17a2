"""A client of Streamlit's websocket that can do what a browser cannot: choose cookies, origin and session id.

Like a browser it remembers the page it is on, its address and its widgets, and sends them with each click.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
from google.protobuf.message import Message
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.Common_pb2 import StringArray
from streamlit.proto.Element_pb2 import Element
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.sync.client import ClientConnection, connect

PATIENCE = 30

# What each kind of widget sends with every click: the field of its state, and its value as it was drawn.
_SENT: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "selectbox": ("string_value", lambda drawn: drawn.raw_value or _chosen(drawn)),
    "checkbox": ("bool_value", lambda drawn: drawn.value if drawn.set_value else drawn.default),
    "text_input": ("string_value", lambda drawn: drawn.value or drawn.default),
    "pagination": ("int_value", lambda drawn: drawn.value or drawn.default),
    "button_group": (
        "string_array_value",
        lambda drawn: StringArray(data=drawn.raw_values or [drawn.options[i].content for i in drawn.default]),
    ),
    "button": ("trigger_value", lambda _drawn: None),
}


def _chosen(drawn: Any) -> str | None:
    """The option of a select box as it was drawn; one may be drawn without any."""
    return drawn.options[drawn.default] if drawn.HasField("default") else None


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

    def elements(self, kind: str) -> list[Any]:
        """What was drawn of a kind: `table`, `metric`, `heading`, ..."""
        drawn = [m.delta.new_element for m in self.messages if m.HasField("delta")]
        return [getattr(element, kind) for element in drawn if element.WhichOneof("type") == kind]


@dataclass(frozen=True)
class Widget:
    """A widget on the page: which fragment it reruns (none: the page), where its value goes, and its value."""

    id: str
    fragment: str
    field: str
    value: Any

    def state(self, value: Any = None) -> WidgetState:
        state, value = WidgetState(id=self.id), self.value if value is None else value
        if isinstance(value, Message):
            getattr(state, self.field).CopyFrom(value)
        else:
            setattr(state, self.field, value)
        return state


@dataclass
class Tab:
    """An open connection, and what a browser keeps beside it."""

    connection: ClientConnection
    page_hash: str = ""
    query: str = ""
    widgets: dict[str, Widget] = field(default_factory=dict)

    def run(self, page: str = "", query: str = "") -> Run:
        """Ask for a page and wait until its script has finished."""
        self.query, self.widgets = query, {}
        return self._ask(ClientState(page_name=page, query_string=query))

    def again(self) -> Run:
        """Run the page that is shown once more."""
        return self._ask(self._state())

    def use(self, key: str, value: Any) -> Run:
        """Change the widget whose key ends so; only its fragment runs, if it has one."""
        used = next(widget for widget in self.widgets.values() if widget.id.endswith(key))
        state = self._state()
        kept = [sent for sent in state.widget_states.widgets if sent.id != used.id]
        del state.widget_states.widgets[:]
        state.widget_states.widgets.extend([*kept, used.state(value)])
        state.fragment_id = used.fragment
        return self._ask(state)

    def _state(self) -> ClientState:
        state = ClientState(page_script_hash=self.page_hash, query_string=self.query)
        state.widget_states.widgets.extend(w.state() for w in self.widgets.values() if w.value is not None)
        return state

    def _ask(self, state: ClientState) -> Run:
        self.connection.send(BackMsg(rerun_script=state).SerializeToString())
        messages: list[ForwardMsg] = []
        while not messages or not _is_last(messages[-1]):
            message = ForwardMsg()
            message.ParseFromString(self.connection.recv(PATIENCE))
            messages.append(message)
            self._remember(message)
        return Run(messages)

    def _remember(self, message: ForwardMsg) -> None:
        match message.WhichOneof("type"):
            case "navigation":
                self.page_hash = message.navigation.page_script_hash
            case "page_info_changed":
                self.query = message.page_info_changed.query_string
            case "delta" if message.delta.HasField("new_element"):
                self._remember_widget(message.delta.new_element, message.delta.fragment_id)

    def _remember_widget(self, element: Element, fragment: str) -> None:
        kind = element.WhichOneof("type")
        if kind in _SENT:
            drawn, (name, value_of) = getattr(element, kind), _SENT[kind]
            self.widgets[drawn.id] = Widget(drawn.id, fragment, name, value_of(drawn))


def _is_last(message: ForwardMsg) -> bool:
    """Whether the script has finished, and not only to run again at once."""
    again = ForwardMsg.FINISHED_EARLY_FOR_RERUN
    return message.WhichOneof("type") == "script_finished" and message.script_finished != again


def sign_in(url: str, username: str) -> str:
    """The session cookie of a demo account, by way of the sign-in pages."""
    with httpx.Client(base_url=url, headers={"Origin": url}, timeout=PATIENCE) as http:
        password = http.get("/demo.json").json()["password"]
        http.post("/login", data={"username": username, "password": password})
        code = re.search(r"\b\d{6}\b", http.get("/mailbox.json").json()[0]["text"])
        assert code is not None
        http.post("/login/code", data={"code": code[0]})
        return http.cookies["sid"]


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
