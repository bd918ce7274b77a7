"""Refuse, before anything starts, a run for which no device could be chosen."""

from datetime import UTC, datetime

from datasets.home import home
from datasets.records.circuits import Circuit
from datasets.records.runs import named
from tasks.context.device_options import check_tags, options_in
from tasks.core.selection.decision import refusal
from tasks.core.selection.feasibility import Demand, impossible
from tasks.core.selection.ranking import Rejected, rank
from tasks.devices.candidates import candidates, fit, policy_of, said_of, targets_for
from tasks.devices.known_devices import said
from tasks.errors import BadInput
from tasks.requests.run import RunRequest

_FOR_ONE_DEVICE = ("reservation", "debias", "device_parameters")


def check_auto(
    request: RunRequest, circuit: Circuit, *, shots: int, corrected: bool = False
) -> None:
    """Return when at least one device can do the work, as far as is known without compiling.

    `corrected` says that the readout is learnt too, with the shots that are asked for it.

    Raises:
        BadInput: an option that needs a named device, or what excludes each device.
    """
    target = named(request.target)
    policy = policy_of(target)
    for name in _FOR_ONE_DEVICE:
        if getattr(request, name):
            option = f"--{name.replace('_', '-')}"
            message = f"{option} is for a device that is named, not for {target}. Name the device."
            raise BadInput(message)
    check_tags(options_in(request), target=target)
    found, silent = candidates(targets_for(target), journal=None, named=False)
    now = datetime.now(UTC)
    readout_shots = request.readout_shots if corrected else None
    demand = Demand(circuit.n_qubits, shots, readout_shots)
    told = said(home(), now=now)
    able = [
        said_of(each, told[each.target], now=now) if each.target in told else each for each in found
    ]
    reasons = [
        impossible(fit(candidate, circuit, request=request), demand=demand, now=now)
        for candidate in able
    ]
    if not all(reasons):
        return
    rejected = [
        Rejected(candidate.target, reason) for candidate, reason in zip(found, reasons, strict=True)
    ]
    raise BadInput(refusal(rank([], policy=policy, rejected=[*silent, *rejected])))
