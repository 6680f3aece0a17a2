"""Write the demo book again, `python -m core.intake.story`, or a generated one, `... DIR --customers 1000`."""

import argparse
from pathlib import Path

from core.intake import story
from core.intake.story import portfolio

parser = argparse.ArgumentParser(prog="python -m core.intake.story", description=__doc__)
parser.add_argument("folder", nargs="?", metavar="DIR", type=Path, help="where to write; the demo book: data/demo")
parser.add_argument("--customers", metavar="N", type=int, help="write a generated book of so many customers")
asked = parser.parse_args()

if asked.customers is None:
    story.write(asked.folder or story.DEMO)
elif asked.folder is None:
    parser.error("name the folder of a generated book")
else:
    asked.folder.mkdir(parents=True, exist_ok=True)
    portfolio.write(asked.folder, asked.customers)
