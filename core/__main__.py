"""`python -m core COMMAND`."""

import sys

try:
    from core.cli import portal
except ModuleNotFoundError as error:
    if (error.name or "core").partition(".")[0] == "core":
        raise
    sys.exit(f"Error: the package {error.name} is missing. Run make install.")

portal(prog_name="python -m core")
