"""What is shown of a search for a maximum cut: its cuts, and how it came to them."""

from collections.abc import Iterator
from typing import Final

from tasks.report.cut_plots import cut_plots, cut_rows, expected_cuts
from tasks.report.drawing.page import cut_convergence, qaoa_page
from tasks.report.markdown import code, spoken, table
from tasks.report.presenter import MAX_ROWS, Ended, Plots, Shown, about_run, charged

# To be copied.
_OUTCOMES: Final = (
    "SELECT bitstring, sum(count)::BIGINT AS shots\n"
    "  FROM counts JOIN executions USING (execution_id)\n"
    "  WHERE counts.run_id = '{run_id}'\n"
    "    AND purpose = 'estimate' AND variant = 'raw'\n"
    "  GROUP BY ALL ORDER BY shots DESC LIMIT 20"
)


def head(ended: Ended) -> Iterator[str]:
    """Yield the beginning of the page in the Prefect UI, as Markdown."""
    result = ended.result
    most = result["max_cut"]
    yield f"# {code(result['graph'])} on {code(result['target'])}"
    yield table(
        ("", "cut", "of the maximum"),
        [
            (
                "expected, mitigated",
                f"{result['expected_cut']:.4f} ± {result['stderr']:.4f}",
                _share(result["approximation_ratio"]),
            ),
            (
                "expected, raw",
                f"{result['raw_expected_cut']:.4f} ± {result['raw_stderr']:.4f}",
                _share(result["raw_approximation_ratio"]),
            ),
            (
                f"best seen, `{result['best_bitstring']}`",
                f"{result['best_cut']:g}",
                _share(result["best_cut"] / most if most else None),
            ),
            ("maximum", "not known" if most is None else f"{most:g}", ""),
        ],
    )
    yield f"{result['iterations']:,} iterations, {charged(result)} {spoken(result['reason'])}"


def pictures(ended: Ended) -> Iterator[tuple[str, str]]:
    """Yield how the expected cut went up."""
    found = expected_cuts(ended.run, runtime=ended.runtime)
    yield "convergence", cut_convergence(ended.result, *found)


def html(ended: Ended, plots: Plots, device: str) -> str:
    """Return the report."""
    expected, stderrs = expected_cuts(ended.run, runtime=ended.runtime)
    return qaoa_page(
        ended.result,
        parameters=ended.run.asked,
        expected_cuts=expected,
        stderrs=stderrs,
        plots=plots,
        about=about_run(ended.run),
        device=device,
    )


def _share(ratio: float | None) -> str:
    return "not known" if ratio is None else f"{ratio:.4f}"


QAOA: Final = Shown(
    head=head,
    sql=lambda ended: _OUTCOMES.format(run_id=ended.run.run_id),
    plots=lambda ended: cut_plots(ended.run, ended.result, runtime=ended.runtime),
    pictures=pictures,
    rows=lambda ended: cut_rows(ended.run, runtime=ended.runtime, most=MAX_ROWS),
    about="The {:,} most frequent outcomes, and what they cut".format,
    html=html,
)
