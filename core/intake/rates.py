"""The shapes of `index_rates.csv`: the book's own, monthly averages with six decimals, the European Central Bank's."""

from core.intake import cells
from core.intake.cells import text
from core.intake.columns import EURIBOR, FORMATS, INDEX_RATES, RATE_KEY, SOURCE_LENGTH, Column, FileFormat, Lists, need

ECB_SERIES = "FM.M.U2.EUR.RT.MM.EURIBOR3MD_.HSTA"
PROVISIONAL = " (provvisorio)"


def _ecb_rates(lists: Lists) -> Lists:
    return _euribor(lists, [f"ECB {series}" for series in lists["series"]])


def _averaged_rates(lists: Lists) -> Lists:
    marked = zip(lists["source"], lists["missing_fixings"], strict=True)
    return _euribor(lists, [rate_source(source or "", missing=bool(missing)) for source, missing in marked])


def rate_source(source: str, *, missing: bool) -> str:
    """Where a mean is from; it is provisional as long as fixings are missing."""
    return source[: SOURCE_LENGTH - len(PROVISIONAL)] + PROVISIONAL if missing else source


def _euribor(lists: Lists, sources: list[str]) -> Lists:
    return {"code": [EURIBOR] * len(sources), "month": lists["month"], "ppm": lists["ppm"], "source": sources}


AVERAGED_RATES = FileFormat(
    INDEX_RATES,
    (
        need("month", cells.month),
        Column("percent_360", cells.index_ppm),
        need("percent_360_6dec", cells.index_ppm, "ppm"),
        Column("target_days", cells.count()),
        Column("missing_fixings", cells.count(), default=0),
        Column("source", text(SOURCE_LENGTH)),
    ),
    key=RATE_KEY,
    complete=_averaged_rates,
)
ECB_RATES = FileFormat(
    INDEX_RATES,
    (
        need("KEY", cells.one_of(ECB_SERIES), "series"),
        need("TIME_PERIOD", cells.month, "month"),
        need("OBS_VALUE", cells.index_ppm, "ppm"),
    ),
    key=RATE_KEY,
    complete=_ecb_rates,
    further_columns=True,
)


def format_for(name: str, header: list[str]) -> FileFormat:
    """The format of a file, told by its name and, for index rates, by its header."""
    if name == INDEX_RATES and "TIME_PERIOD" in header:
        return ECB_RATES
    if name == INDEX_RATES and "percent_360_6dec" in header:
        return AVERAGED_RATES
    return FORMATS[name]
