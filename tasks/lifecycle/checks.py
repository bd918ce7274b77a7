"""Refuse a request that cannot succeed, in a second and before anything starts."""

import tempfile
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from datasets.devices.catalogue import resolve
from datasets.problems.catalogue import load
from datasets.records.devices import DeviceSnapshot
from tasks.backends.braket_devices import is_braket, preflight
from tasks.core.ansatz import build
from tasks.core.grouping import group
from tasks.core.mitigation.composition import Mitigation
from tasks.core.optimisers.registry import known
from tasks.errors import BadInput, TooLarge, UnknownName
from tasks.lifecycle.admission import check_age
from tasks.lifecycle.options import applied, check_options, options_in
from tasks.lifecycle.sweep_inputs import SweepInputs, inputs_of

MAX_BOUGHT: Final = 1_000_000  # circuits: some 10,000 tasks, which are submitted in 10 minutes


def check_vqe(asked: Mapping[str, Any]) -> None:
    """Check everything that can be known of a variational run without compiling.

    Raises:
        BadInput: what is wrong, the limit, and what to do.
    """
    target, optimizer = asked["target"], asked["optimizer"]
    mitigation = Mitigation.parse(asked["mitigate"])
    if optimizer not in known():
        raise UnknownName("optimizer", optimizer, known())
    loaded = load(asked["problem"])
    snapshot = _usable(asked, target=target)
    if loaded.hamiltonian.n_qubits > snapshot.n_qubits:
        raise TooLarge(target, snapshot.n_qubits, loaded.hamiltonian.n_qubits)
    program = build(loaded, kind=asked["ansatz"], layers=asked["layers"])
    groups = len(group(program.observable))
    least = max(snapshot.limits.shots_min, 1)
    for name, given, each in (
        ("shots", asked["shots"], groups),
        ("final-shots", asked["final_shots"], groups * len(mitigation.scales)),
    ):
        if given < each * least:
            message = (
                f"--{name} {given} is too few: {each} circuits of at least {least} shots are "
                f"needed on {target}. Ask for {each * least} or more."
            )
            raise BadInput(message)


def check_sweep(asked: Mapping[str, Any]) -> None:
    """Check everything that can be known of a sweep without compiling; its points are all read.

    Raises:
        BadInput: what is wrong, the limit, and what to do.
    """
    with tempfile.TemporaryDirectory() as folder:
        inputs = inputs_of(asked, folder=Path(folder))
    for target in inputs.spec.targets:
        _check_fits(inputs, asked, target=target)
    bought = sum(map(is_braket, inputs.spec.targets))
    circuits = bought * inputs.spec.n_circuits(len(inputs.groups))
    if circuits > MAX_BOUGHT:
        message = (
            f"The sweep has {circuits:,} circuits; at most {MAX_BOUGHT:,} are bought in one run. "
            "Ask for fewer points, or simulate them: --target emulator:garnet."
        )
        raise BadInput(message)


def _check_fits(inputs: SweepInputs, asked: Mapping[str, Any], *, target: str) -> None:
    """Refuse what one of a sweep's targets could not run."""
    snapshot = _usable(asked, target=target)
    if inputs.read.n_qubits > snapshot.n_qubits:
        raise TooLarge(target, snapshot.n_qubits, inputs.read.n_qubits)
    least = max(snapshot.limits.shots_min, 1)
    if asked["shots"] < least:
        message = (
            f"--shots {asked['shots']} is too few: {target} takes at least {least} for a "
            f"circuit. Ask for {least} or more."
        )
        raise BadInput(message)


def _usable(asked: Mapping[str, Any], *, target: str) -> DeviceSnapshot:
    """Return a target as a run with these parameters can use it."""
    options = options_in(asked)
    check_options(options, target=target)
    snapshot = _snapshot(target)
    check_age(asked, snapshot, target=target, now=datetime.now(UTC))
    return applied(options, snapshot)


def _snapshot(target: str) -> DeviceSnapshot:
    """Return the target as it stands, once it is known that it can be used."""
    return preflight(target) if is_braket(target) else resolve(target)
