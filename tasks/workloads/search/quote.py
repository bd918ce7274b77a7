"""What a run buys at most, planned in full before any of it is bought."""

from datasets.records.executions import Purpose
from tasks.core.mitigation.composition import Technique
from tasks.core.money.quotes import Quote, quote_executions
from tasks.core.optimisers.registry import points_per_iteration
from tasks.program.experiment import Experiment, Search


def quote_search(experiment: Experiment, *, search: Search, learnt: bool = False) -> Quote:
    """Return what a variational run buys when it uses all its iterations.

    `learnt` says that how its qubits are misread is known already, and not bought.

    Raises:
        BadInput: fewer shots than the device takes.
    """
    frequencies = experiment.program.frequencies
    points = [search.start] * points_per_iteration(search.optimizer, frequencies)
    loop, whole = search.mitigation.in_loop, search.mitigation
    step = experiment.energies(
        points, mitigation=loop, shots=search.shots, purpose=Purpose.ITERATION
    )
    final = experiment.energies(
        points[:1], mitigation=whole, shots=search.final_shots, purpose=Purpose.ESTIMATE
    )
    bought = Technique.READOUT in whole.techniques and not learnt
    readout = experiment.readout(shots=search.readout_shots) if bought else ()
    of_readout, of_step, of_final = (
        quote_executions(planned, snapshot=experiment.snapshot)
        for planned in (readout, step, final)
    )
    return of_readout + of_step.times(search.iterations) + of_final
