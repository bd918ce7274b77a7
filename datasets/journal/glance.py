"""Whether any device may be withheld, read without SQLAlchemy so that refusals are quick."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Final

_ANYTHING: Final = "SELECT 1 FROM device_states WHERE state != 'healthy' LIMIT 1"


def may_withhold(location: Path | str) -> bool:
    """Whether the journal may say of some device that it is not healthy.

    A journal that is not there, or has no table for it yet, does not; one that is busy or on a
    server may, and has to be opened to know.
    """
    if not isinstance(location, Path):
        return True
    if not location.exists():
        return False
    try:
        with closing(sqlite3.connect(f"{location.as_uri()}?mode=ro", uri=True)) as connection:
            return connection.execute(_ANYTHING).fetchone() is not None
    except sqlite3.Error as error:
        return "no such table" not in str(error)
