"""What is shown of canaries: how the device stands, and what each of them came to."""

from collections.abc import Iterator
from typing import Any, Final

from tasks.report.markdown import code, spoken, table
from tasks.report.presenter import MAX_ROWS, Ended, Shown, charged

MAX_TOLD: Final = 30  # canaries on the page
# To be copied.
_CANARIES: Final = (
    "SELECT circuit, score, baseline, p_value, passed FROM canaries\n"
    "  WHERE run_id = '{run_id}' ORDER BY p_value"
)


def head(ended: Ended) -> Iterator[str]:
    """Yield the beginning of the page in the Prefect UI, as Markdown."""
    result = ended.result
    yield f"# Canaries on {code(result['target'])}"
    yield f"The device is **{result['standing']}**: {spoken(result['reason'])}."
    told = rows(ended)
    cells = [[code(row["circuit"]), *list(row.values())[1:]] for row in told[:MAX_TOLD]]
    yield table(tuple(told[0]), cells)
    left = len(result["canaries"]) - MAX_TOLD
    if left > 0:
        yield f"And {left:,} more, in the table."
    yield charged(result)


def rows(ended: Ended) -> list[dict[str, Any]]:
    """Return a row a canary, the least likely of a healthy device first."""
    canaries = sorted(ended.result["canaries"], key=lambda each: each["p_value"])
    return [
        {
            "circuit": each["circuit"],
            "score": f"{each['score']:.4f}",
            "baseline": f"{each['baseline']:.4f}",
            "p value": f"{each['p_value']:.2g}",
            "passed": "yes" if each["passed"] else "no",
        }
        for each in canaries[:MAX_ROWS]
    ]


CANARY: Final = Shown(
    head=head,
    sql=lambda ended: _CANARIES.format(run_id=ended.run.run_id),
    rows=rows,
    about="{:,} canaries, the least likely of a healthy device first".format,
)
