"""What a server's process reports, in lines for the people who keep it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from deployments.server.reports import ERROR, SERVICE


def line(said: Mapping[str, Any], *, log: Path) -> str:
    """Return the line; nothing where there is nothing to say."""
    if said["report"] == SERVICE:
        name, trouble = said["service"], said["trouble"].rstrip(". ")
        if not trouble:
            return f"Prefect's {name} is alive again"
        return f"Prefect's {name} is not alive: {trouble}. {log} says more"
    if said["report"] == ERROR:
        return f"Prefect's server has an error: {said['text'].rstrip('. ')}. {log} says more"
    return ""
