"""What is shown of a search for a ground state: its energies, and how it came to them."""

from collections.abc import Iterator
from typing import Final

from tasks.core.physics.spectrum import exact_words
from tasks.report.count_plots import counts_plot
from tasks.report.drawing.figures import convergence
from tasks.report.drawing.page import vqe_page
from tasks.report.markdown import code, spoken, table
from tasks.report.presenter import Ended, Plots, Shown, about_run, charged

# To be copied.
_ITERATIONS: Final = (
    "SELECT iteration, value, stderr FROM iterations\n"
    "  WHERE run_id = '{run_id}' ORDER BY iteration"
)


def head(ended: Ended) -> Iterator[str]:
    """Yield the beginning of the page in the Prefect UI, as Markdown."""
    result = ended.result
    yield f"# {code(result['problem'])} on {code(result['target'])}"
    yield table(
        ("", "energy"),
        [
            ("mitigated", f"{result['energy']:.5f} ± {result['stderr']:.5f} hartree"),
            ("raw", f"{result['raw_energy']:.5f} ± {result['raw_stderr']:.5f} hartree"),
            ("exact", exact_words(result["exact_energy"], result.get("exact_of"))),
        ],
    )
    yield f"{result['iterations']:,} iterations, {charged(result)} {spoken(result['reason'])}"


def pictures(ended: Ended) -> Iterator[tuple[str, str]]:
    """Yield how the energy went down, and what was counted where it ended."""
    result = ended.result
    values, stderrs = _stood(ended)
    final = (result["energy"], result["stderr"])
    yield "convergence", convergence(values, stderrs, exact=result["exact_energy"], final=final)
    yield from counts_plot(ended, place="the optimum")


def html(ended: Ended, plots: Plots, device: str) -> str:
    """Return the report."""
    del plots  # it has none but those of its page
    energies, stderrs = _stood(ended)
    return vqe_page(
        ended.result,
        parameters=ended.run.asked,
        energies=energies,
        stderrs=stderrs,
        about=about_run(ended.run),
        device=device,
    )


def _stood(ended: Ended) -> tuple[list[float], list[float]]:
    """Return the energy of each iteration, and its standard error."""
    iterations = ended.runtime.journal.iterations(ended.run.run_id)
    stood = [iteration.energies[0] for iteration in iterations]
    return [value for value, _ in stood], [stderr for _, stderr in stood]


VQE: Final = Shown(
    head=head,
    sql=lambda ended: _ITERATIONS.format(run_id=ended.run.run_id),
    pictures=pictures,
    html=html,
)
