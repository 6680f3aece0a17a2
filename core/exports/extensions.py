"""The files that a table can become."""

from collections.abc import Callable
from typing import BinaryIO, Literal

from core.exports import delimited, workbook
from core.exports.table import Table
from core.kit.errors import TooManyRows
from core.settings import settings

Extension = Literal["xlsx", "csv"]
WRITE: dict[Extension, Callable[[BinaryIO, Table], int]] = {"xlsx": workbook.write, "csv": delimited.write}


def fitting(rows: int, extension: Extension) -> int:
    """The number of rows itself. Raises TooManyRows where a workbook would have more than the limit of the settings."""
    limit = settings().export_rows_limit
    if extension == "xlsx" and rows > limit:
        raise TooManyRows(rows=rows, limit=limit)
    return rows
