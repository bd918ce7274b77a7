"""The search that vqe and qaoa share: one loop, one final estimate, one answer."""

from collections.abc import Sequence
from dataclasses import dataclass

from datasets.records.executions import Collected
from datasets.records.runs import Run
from tasks.program.experiment import Prepared, Search
from tasks.requests.search import SearchRequest
from tasks.stages.device import admit, calibrate_readout, compile_for_target, record_device
from tasks.stages.run import settle
from tasks.stages.search import choose, estimate, land, optimise, plan, quote, summarise
from tasks.stages.work import collect, submit
from tasks.workloads.search.result import VqeResult


@dataclass(frozen=True, slots=True)
class Searched:
    """What a search found, and the counts of its final estimate."""

    result: VqeResult
    collected: Sequence[Collected]


def search(run: Run, *, request: SearchRequest, prepared: Prepared) -> Searched:
    """Compile once for the device, minimise the energy, then estimate it with all mitigation."""
    search = Search.of(request, start=prepared.start)
    run = choose(run, prepared=prepared, search=search)
    experiment = compile_for_target(run, program=prepared.program, groups=prepared.groups)
    record_device(experiment)
    quoted = quote(experiment, search=search)
    admit(run)

    confusion = calibrate_readout(
        experiment, mitigation=search.mitigation, shots=search.readout_shots
    )
    optimum = optimise(experiment, search=search, confusion=confusion)
    executions = plan(experiment, optimum=optimum, search=search)
    submit(executions)
    collected = collect(executions)
    estimated = estimate(experiment, collected=collected, search=search, confusion=confusion)
    land(collected, estimates=(*estimated.energies, *estimated.terms))
    settle(run)

    result = summarise(
        experiment,
        run=run,
        problem=prepared.problem,
        optimum=optimum,
        estimated=estimated,
        confusion=confusion,
        quoted=quoted,
    )
    return Searched(result, collected)
