"""What people were told of, a line of JSON each, in the home's logs."""

import json
from collections.abc import Mapping
from pathlib import Path

from datasets.file_writing import add_line
from datasets.layout import Home


def notices(home: Home) -> Path:
    """Return the file."""
    return home.logs / "notices.jsonl"


def keep_notice(notice: Mapping[str, str], *, home: Home) -> None:
    """Add one line; the file system makes it whole, as a line is shorter than a page."""
    add_line(notices(home), json.dumps(notice))
