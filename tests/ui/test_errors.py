"""What a visitor sees when something goes wrong: words for the expected, a code for a bug, never a trace."""

import pytest
from streamlit.testing.v1 import AppTest

from core import log
from core.kit.errors import NoSpace
from core.ui import session
from tests.ui.conftest import say


def _script(kind: str) -> None:
    import streamlit as st  # noqa: PLC0415 - AppTest runs the text of this function alone

    from core.kit.errors import NotFound, SessionEnded, TooManyRows  # noqa: PLC0415
    from core.ui import errors  # noqa: PLC0415

    errors_of = {
        "missing": NotFound(),
        "ended": SessionEnded(),
        "bug": ZeroDivisionError("secret detail"),
        "many": TooManyRows(rows=1_250_000, limit=250_000),
        "full": OSError(28, "No space left on device"),
    }
    error = errors_of[kind]
    st.session_state["suppressed"] = errors.shown(error)


def run(kind: str, **filters: str) -> AppTest:
    app = AppTest.from_function(_script, args=(kind,))
    app.query_params.update(filters)
    return app.run()


def test_an_expected_error_is_said_in_words() -> None:
    app = run("missing")
    assert say("What you are looking for does not exist.").rstrip(".") in app.error[0].value.replace("\\", "")
    assert not app.button


def test_counts_are_written_as_the_reader_writes_them() -> None:
    assert "1.250.000" in run("many").error[0].value.replace("\\", "")


def test_a_full_disk_is_said_in_words_and_noted_without_a_trace(caplog: pytest.LogCaptureFixture) -> None:
    app = run("full")
    assert say(NoSpace.message).rstrip(".") in app.error[0].value.replace("\\", "")
    assert [record.exc_info for record in caplog.records if record.levelname == "ERROR"] == [None]


def test_what_a_filter_did_not_find_can_be_undone() -> None:
    app = run("missing", contract="999")
    app.button(key="remove_filters_after_error").click().run()
    assert not app.query_params


def test_a_bug_is_a_code_that_is_in_the_log(monkeypatch: pytest.MonkeyPatch) -> None:
    noted: list[BaseException] = []
    monkeypatch.setattr(log, "bug", lambda error, **_context: noted.append(error) or "E-7K2M-43")
    app = run("bug")
    assert [type(error) for error in noted] == [ZeroDivisionError]
    assert "E-7K2M-43" in app.error[0].proto.title
    assert "secret" not in app.error[0].value


def test_an_ended_session_leads_to_the_sign_in(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[str] = []
    monkeypatch.setattr(session, "redirect", sent.append)
    app = run("ended")
    assert sent == ["/login?next=%2F"]
    assert not app.error


@pytest.mark.parametrize("kind", ["missing", "ended", "bug"])
def test_nothing_is_left_for_streamlit_to_show(kind: str) -> None:
    assert run(kind).session_state["suppressed"] is True
