"""The price of a piece of work on a device, packed into as few tasks as it allows."""

from dataclasses import dataclass

from datasets.records.devices import DeviceSnapshot
from tasks.core.mitigation.composition import Mitigation, Technique
from tasks.core.mitigation.readout import VARIANTS
from tasks.core.money.quotes import Quote, quote_circuits


@dataclass(frozen=True, slots=True)
class Work:
    """What is to be measured: `circuits` of `shots` shots each, and how errors are mitigated.

    `readout_shots` are spent on each readout calibration circuit, where that is asked for.
    """

    circuits: int
    shots: int
    mitigation: Mitigation
    readout_shots: int = 8000


def quote_work(work: Work, *, snapshot: DeviceSnapshot) -> Quote:
    """Return what the work buys on a device: every noise scale is a circuit of its own.

    Raises:
        BadInput: fewer shots than the device takes.
    """
    scales = len(work.mitigation.scales)
    quoted = quote_circuits(
        work.circuits * scales,
        shots=work.shots,
        snapshot=snapshot,
        noisier=work.circuits * (scales - 1),
    )
    if Technique.READOUT not in work.mitigation.techniques:
        return quoted
    return quoted + quote_circuits(
        len(VARIANTS), shots=work.readout_shots, snapshot=snapshot, readout=True
    )
