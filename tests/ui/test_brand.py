"""The lessor's name: drawn for the demo company, written for any other."""

from xml.etree import ElementTree

import pytest

from core import brand


@pytest.mark.parametrize("draw", [brand.wordmark, brand.mark])
@pytest.mark.parametrize("company", ["Aurora Leasing", "Rossi & <Figli> S.p.A."])
def test_the_name_can_always_be_read_aloud(draw: object, company: str) -> None:
    assert ElementTree.fromstring(draw(company)).get("aria-label") == company  # noqa: S314 - our own drawing


def test_another_company_is_not_shown_under_the_demos_name() -> None:
    assert "Aurora" not in brand.wordmark("Beta Leasing")
    assert ">Beta Leasing</text>" in brand.wordmark("Beta Leasing")
    assert ">B</text>" in brand.mark("Beta Leasing")
