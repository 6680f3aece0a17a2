"""`python -m tests.bench [NAME ...]`: run the benches that are named, or all, and write what they found."""

import argparse
import importlib
import sys
from pathlib import Path

from tests.bench import report

_MEASURES = "\ndef measure() -> Section:"


def names() -> list[str]:
    """The benches: every module here that measures something."""
    return sorted(path.stem for path in Path(__file__).parent.glob("*.py") if _MEASURES in path.read_text("utf-8"))


def main() -> None:
    """Run, print and write."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("name", nargs="*", choices=[*names(), []], help="which benches; all of them by default")
    parser.add_argument("--print", action="store_true", help="print what was found, and leave the page as it is")
    asked = parser.parse_args()
    for name in asked.name or names():
        sys.stderr.write(f"{name} ...\n")
        section = importlib.import_module(f"tests.bench.{name}").measure()
        sys.stdout.write(section.text() + "\n")
        if not asked.print:
            report.write([section])


if __name__ == "__main__":
    main()
