"""Whether a container can work: its home can be written and its Prefect server answers."""

import os
import sys
import tempfile
import urllib.request
from typing import Final

from datasets.home import home
from tasks.errors import BadInput

API: Final = "PREFECT_API_URL"
_TIMEOUT_S: Final = 5


def main() -> int:
    """Return 0 where it can, else 1 with the reason in one line; without a server none is asked."""
    try:
        with tempfile.TemporaryFile(dir=home().root):
            pass
        if url := os.environ.get(API):
            # Health is told without the auth string.
            with urllib.request.urlopen(f"{url.rstrip('/')}/health", timeout=_TIMEOUT_S):  # noqa: S310 - the operator's
                pass
    except (OSError, ValueError, BadInput) as error:
        sys.stderr.write(f"not healthy: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
