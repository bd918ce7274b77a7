"""Refuse a request that cannot succeed, in a second and before anything starts."""

from datasets.devices.catalogue import resolve
from datasets.problems.catalogue import load
from datasets.records.devices import DeviceSnapshot
from datasets.records.options import DeviceOptions
from tasks.backends.braket_devices import is_braket, preflight
from tasks.core.ansatz import Kind, build
from tasks.core.grouping import group
from tasks.core.mitigation.composition import Mitigation
from tasks.core.optimisers.registry import known
from tasks.errors import BadInput, TooLarge, UnknownName
from tasks.lifecycle.options import applied, check_options


def check_vqe(
    *,
    problem: str,
    target: str,
    ansatz: Kind,
    layers: int,
    optimizer: str,
    mitigate: str,
    shots: int,
    final_shots: int,
    options: DeviceOptions,
) -> None:
    """Check everything that can be known without compiling.

    Raises:
        BadInput: what is wrong, the limit, and what to do.
    """
    mitigation = Mitigation.parse(mitigate)
    if optimizer not in known():
        raise UnknownName("optimizer", optimizer, known())
    loaded = load(problem)
    check_options(options, target=target)
    snapshot = applied(options, _snapshot(target))
    if loaded.hamiltonian.n_qubits > snapshot.n_qubits:
        raise TooLarge(target, snapshot.n_qubits, loaded.hamiltonian.n_qubits)
    program = build(loaded, kind=ansatz, layers=layers)
    groups = len(group(program.observable))
    least = max(snapshot.limits.shots_min, 1)
    for name, asked, each in (
        ("shots", shots, groups),
        ("final-shots", final_shots, groups * len(mitigation.scales)),
    ):
        if asked < each * least:
            message = (
                f"--{name} {asked} is too few: {each} circuits of at least {least} shots are "
                f"needed on {target}. Ask for {each * least} or more."
            )
            raise BadInput(message)


def _snapshot(target: str) -> DeviceSnapshot:
    """Return the target as it stands, once it is known that it can be used."""
    return preflight(target) if is_braket(target) else resolve(target)
