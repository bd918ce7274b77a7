"""The cells of a notebook: the document's program, then others, all inside an event loop.

Arguments: DOCUMENT. Prints one JSON object.
"""

import asyncio
import json
import re
import sys
from pathlib import Path
from typing import Any

from tasks.errors import BadInput

BAD: dict[str, dict[str, Any]] = {
    "theta": {"points": {"theta": [0.0, 1.0], "phi": [0.0, 1.0, 2.0]}},
    "phi": {"points": {"theta": [0.0]}},
    "finite": {"points": {"theta": [float("nan")], "phi": 0.0}},
    "Z7": {"points": "theta=0 phi=0", "observables": "Z7"},
    "shots": {"points": "theta=0 phi=0", "shots": 0},
    "twice": {"points": "theta=0 phi=0", "target": ["local:sv", "local:sv"]},
    "mars": {"points": "theta=0 phi=0", "target": "mars"},
    "no argument 'colour'": {"points": "theta=0 phi=0", "colour": "red"},
    "Did you mean shots?": {"points": "theta=0 phi=0", "shot": 5},
    "shots 'many'": {"points": "theta=0 phi=0", "shots": "many"},
}


def main() -> int:
    """Run the cells where a loop runs already, as a notebook does."""
    print(json.dumps(asyncio.run(_cells(Path(sys.argv[1]).read_text()))))  # noqa: T201 - the answer
    return 0


async def _cells(document: str) -> dict[str, Any]:
    programs = re.findall(r"```python\n(.*?)```", document, re.DOTALL)
    (program,) = (text for text in programs if "deployments.notebook" in text)
    names: dict[str, Any] = {}
    exec(program, names)  # noqa: S102 - our own document
    table = names["values"]
    run = names["run"]
    return {
        "run_id": run.run_id,
        "table": table.to_dict(orient="list"),
        # One parameter varies, so both targets are lines of one plot.
        "svg": run.plot("Z0")._repr_svg_()[:4],
        "html": run._repr_html_(),
        "refused": {word: _refused(names, **asked) for word, asked in BAD.items()},
    }


def _refused(names: dict[str, Any], **asked: Any) -> str:
    try:
        names["sweep"](names["circuit"], progress=False, **asked)
    except BadInput as error:
        (line,) = error._render_traceback_()
        return str(line)
    return ""
