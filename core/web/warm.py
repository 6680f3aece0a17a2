"""What the first visitors of a process would otherwise wait for, made ready in the background once it serves."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pandas as pd

from core.formats import Formats
from core.kit import clock
from core.locale import LANGUAGES
from core.web import framework, pages, static

_STOP_SECONDS = 5


@contextmanager
def beside() -> Iterator[None]:
    """Make ready in a thread of its own, beside what is done meanwhile; what is not ready at the end is not needed."""
    thread = threading.Thread(target=make_ready, name="warm-up", daemon=True)
    thread.start()
    try:
        yield
    finally:
        thread.join(_STOP_SECONDS)


def make_ready() -> None:
    """Compress the framework's files, read templates, words and formats of every language, load what makes tables."""
    for address in filter(static.texts().__contains__, framework.ahead()):
        static.packed(address)
    for lang in LANGUAGES:
        pages.make_ready(lang)
        framework.index_for(lang)
        Formats(lang).long_day(clock.today())
    pd.DataFrame({"text": [""]}).__arrow_c_stream__()  # every table goes this way to the browser
