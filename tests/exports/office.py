"""LibreOffice without a screen, as a second reader of our workbooks."""

import os
import re
import shutil
import subprocess
import zipfile
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

SHOWN = "csv:Text - txt - csv (StarCalc):59,34,76,1,,0,false,false,true,false,false,1"
AS_ITALIAN_CSV = "--infilter=Text - txt - csv (StarCalc):59,34,76,1,,1040"


def convert(files: list[Path], target: str, folder: Path, *reading: str) -> list[Path]:
    """The files converted by one LibreOffice with a profile of its own; `target` is `xlsx` or `SHOWN`,
    the first sheet as an Italian sees it, in CSV. `reading` are options for how the files are read."""
    program = shutil.which("soffice")
    if program is None:
        assert os.environ.get("CI") != "true", "LibreOffice Calc is missing: .ci/run installs it"
        pytest.skip("LibreOffice is not installed")
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = [
        program,
        profile,
        "--headless",
        *reading,
        "--convert-to",
        target,
        "--outdir",
        str(folder),
        *map(str, files),
    ]
    italian = {**os.environ, "LC_ALL": "it_IT.UTF-8"}
    subprocess.run(command, check=True, capture_output=True, timeout=120, env=italian)
    extension = target.split(":", maxsplit=1)[0]
    return sorted(folder.glob(f"*.{extension}"))


def recomputed(files: Mapping[str, bytes], folder: Path) -> dict[str, Workbook]:
    """The workbooks by name as LibreOffice computes them: it gets none of the results that they are stored with."""
    source, target = folder / "without_results", folder / "recomputed"
    source.mkdir()
    target.mkdir()
    for name, content in files.items():
        (source / f"{name}.xlsx").write_bytes(_without_results(content))
    found = convert(sorted(source.glob("*.xlsx")), "xlsx", target)
    return {path.stem: load_workbook(path, data_only=True) for path in found}


def _without_results(content: bytes) -> bytes:
    bare = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as whole, zipfile.ZipFile(bare, "w") as stripped:
        for name in whole.namelist():
            stripped.writestr(name, re.sub(rb"(</f>|<f [^>]*/>)<v>[^<]*</v>", rb"\1", whole.read(name)))
    return bare.getvalue()


def differences(content: bytes, computed: Workbook) -> list[str]:
    """The live cells of a workbook whose stored result is not what was computed, to the cent."""
    formulas, stored = load_workbook(BytesIO(content)), load_workbook(BytesIO(content), data_only=True)
    live = [cell for sheet in formulas for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]
    assert live
    pairs = [(cell, *(book[cell.parent.title][cell.coordinate].value for book in (stored, computed))) for cell in live]
    return [f"{cell.coordinate} {cell.value}: {was} but {now}" for cell, was, now in pairs if not _same(was, now)]


def _same(stored: object, computed: object) -> bool:
    if isinstance(stored, int | float) and isinstance(computed, int | float):
        return round(stored * 100) == round(computed * 100)
    return stored is not None and stored == computed
