"""Averages of Euribor on their own: their shapes, what is checked, which months are locked. On both databases."""

from pathlib import Path

import pytest
from sqlalchemy import select

from core import db
from core.book.tables import IndexRate
from core.intake.actions import import_book
from core.intake.rules.book import Refused
from core.intake.story.index import REFERENCE
from tests.intake.books import SYSTEM, Tables, found, imported, opened, small

KEY = "FM.M.U2.EUR.RT.MM.EURIBOR3MD_.HSTA"
ECB = (
    "KEY,FREQ,REF_AREA,CURRENCY,PROVIDER_FM,INSTRUMENT_FM,PROVIDER_FM_ID,DATA_TYPE_FM,TIME_PERIOD,OBS_VALUE,OBS_STATUS"
)
SHARED = "month,percent_360,percent_360_6dec,target_days,missing_fixings,source"
Place = tuple[str, int, str, str]


def ecb(month: str, percent: str, key: str = KEY) -> str:
    return f"{key},M,U2,EUR,RT,MM,EURIBOR3MD_,HSTA,{month},{percent},A"


def alone(folder: Path, *lines: str) -> Path:
    """A folder that has nothing but averages."""
    folder = folder / "rates"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "index_rates.csv").write_text("\n".join([*lines, ""]))
    return folder


def taken(folder: Path, *lines: str) -> dict[str, int]:
    return import_book(SYSTEM, opened(alone(folder, *lines)))["index_rates.csv"]


def refused(folder: Path, *lines: str) -> list[Place]:
    with pytest.raises(Refused) as refusal:
        taken(folder, *lines)
    return found(refusal.value.faults)


def stored() -> dict[str, tuple[int, str]]:
    with db.reading(SYSTEM) as connection:
        rows = connection.execute(select(IndexRate.month, IndexRate.ppm, IndexRate.source).order_by(IndexRate.month))
        return {f"{month:%Y-%m}": (ppm, source) for month, ppm, source in rows}


def test_the_central_banks_file_comes_in_on_its_own(database: str, tmp_path: Path) -> None:
    counts = taken(tmp_path, ECB, ecb("2026-07", "2.4253913"), ecb("2026-08", "2.5131429"))
    assert counts == {"new": 2, "changed": 0, "same": 0}
    assert stored() == {"2026-07": (24_250, f"ECB {KEY}"), "2026-08": (25_130, f"ECB {KEY}")}


def test_month_and_percent_come_in_on_their_own(database: str, tmp_path: Path) -> None:
    taken(tmp_path, "month;percent", "2022-05;-0,386", "2022-12;2,063476")
    assert stored() == {"2022-05": (-3_860, ""), "2022-12": (20_630, "")}


def test_the_shared_table_comes_in_whole_rounded_once_and_marked_where_provisional(
    database: str, tmp_path: Path
) -> None:
    taken(tmp_path, *REFERENCE.read_text(encoding="utf-8").splitlines())
    rates = stored()
    assert (len(rates), min(rates), max(rates)) == (129, "2016-01", "2026-09")
    once = {"2017-05": -3_290, "2018-01": -3_280, "2018-04": -3_280, "2019-02": -3_080, "2019-04": -3_100}
    assert {month: rates[month][0] for month in once} == once
    assert rates["2022-12"][0] == 20_630
    assert [month for month, (_, source) in rates.items() if source.endswith(" (provvisorio)")] == [
        "2024-12",
        "2025-06",
        "2025-12",
    ]


def test_the_final_average_takes_the_place_of_a_provisional_one(database: str, tmp_path: Path) -> None:
    taken(tmp_path, SHARED, "2024-12,2.8304,2.830421,20,1,mean of daily fixings")
    assert stored() == {"2024-12": (28_300, "mean of daily fixings (provvisorio)")}
    counts = taken(tmp_path, ECB, ecb("2024-12", "2.8245500"))
    assert counts == {"new": 0, "changed": 1, "same": 0}
    assert stored() == {"2024-12": (28_250, f"ECB {KEY}")}


@pytest.mark.parametrize(
    ("lines", "fault"),
    [
        ((ECB, ecb("2026-07", "2.4", "FM.M.U2.EUR.RT.MM.EURIBOR6MD_.HSTA")), (2, "KEY", f"must be one of {KEY}")),
        ((ECB, ecb("2026-07", "2.4"), ecb("2026-07", "2.5")), (3, "month", "is already in row 2")),
        ((ECB, ecb("2026-Q3", "2.4")), (2, "TIME_PERIOD", "must be a month such as 2022-09")),
        ((ECB, ecb("2026-07", "")), (2, "OBS_VALUE", "is empty")),
        ((ECB, ecb("2026-07", "240")), (2, "OBS_VALUE", "must lie between -100 and 100 percent")),
        (("KEY,TIME_PERIOD", f"{KEY},2026-07"), (1, "OBS_VALUE", "is missing")),
        (("month;percent", "2022-05;x"), (2, "percent", "must be a percentage such as 7,938")),
        (("month;percent", "2022-05;1", "2022-05-01;1"), (3, "month", "is already in row 2")),
        ((SHARED, "2024-12,2.8304,,20,1,mean"), (2, "percent_360_6dec", "is empty")),
    ],
)
def test_what_is_no_average_of_the_series_is_refused(
    database: str, tmp_path: Path, lines: tuple[str, ...], fault: tuple[int, str, str]
) -> None:
    assert refused(tmp_path, *lines) == [("index_rates.csv", *fault)]
    assert stored() == {}


@pytest.mark.parametrize(
    ("header", "line"),
    [(ECB, ecb("2024-02", "3.9240000")), ("month;percent", "2024-02;3,924"), (SHARED, "2024-02,3.924,3.924000,21,0,x")],
)
def test_a_month_behind_an_invoiced_index_row_is_locked_in_every_shape(
    database: str, tmp_path: Path, header: str, line: str
) -> None:
    imported(tmp_path, small())
    reason = "was imported as 3,923: an invoiced index row was calculated from it"
    ((file, row, _, said),) = refused(tmp_path, header, line)
    assert (file, row, said) == ("index_rates.csv", 2, reason)


def test_a_locked_month_takes_the_same_average_from_another_source(database: str, tmp_path: Path) -> None:
    imported(tmp_path, small())
    counts = taken(tmp_path, ECB, ecb("2024-02", "3.9227619"), ecb("2024-05", "3.8134783"))
    assert counts == {"new": 1, "changed": 1, "same": 0}
    assert stored()["2024-02"] == (39_230, f"ECB {KEY}")


def test_a_month_whose_index_row_is_not_invoiced_yet_is_not_locked(database: str, tmp_path: Path) -> None:
    tables: Tables = small()
    tables["invoices"].pop()
    tables["due_items"].pop()
    imported(tmp_path, tables)
    assert taken(tmp_path, "month;percent", "2024-02;3,924") == {"new": 0, "changed": 1, "same": 0}


def test_a_month_outside_the_quarter_of_the_index_row_is_not_locked(database: str, tmp_path: Path) -> None:
    imported(tmp_path, small())
    assert taken(tmp_path, "month;percent", "2024-04;3,900")["changed"] == 1
    assert stored()["2024-04"][0] == 39_000
