"""`python -m core COMMAND`."""

from core.cli import portal

portal(prog_name="python -m core")
