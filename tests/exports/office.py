"""LibreOffice without a screen, as a second reader of our workbooks."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

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
