"""Rebuild the capabilities document that Braket's GetDevice gives, from a device snapshot.

Reading the document back gives the same snapshot: figures that cleaning has dropped are published
again as they were.
"""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from datasets.records.devices import DeviceKind, DeviceSnapshot, Figure
from deployments.sandbox import figures
from deployments.sandbox.forms import BY_SIMULATOR, BY_VENDOR, SCHEMAS, Form

Document = dict[str, Any]


def form_of(snapshot: DeviceSnapshot) -> Form:
    """Return the form of the device's document."""
    if snapshot.kind is DeviceKind.SIMULATOR:
        return BY_SIMULATOR[snapshot.name]
    return BY_VENDOR[snapshot.vendor]


def document(snapshot: DeviceSnapshot) -> Document:
    """Return the capabilities document of the device."""
    form = form_of(snapshot)
    found: Document = {
        "service": _service(snapshot, form=form),
        "action": _actions(snapshot, form=form),
        "deviceParameters": _parameters(form),
        "braketSchemaHeader": header(*form.capabilities),
    }
    if snapshot.kind is DeviceKind.SIMULATOR:
        return found | {"paradigm": _simulator_paradigm(snapshot)}
    return found | {
        "paradigm": _paradigm(snapshot, form=form),
        "provider": _provider(snapshot, form=form),
        "standardized": _standardized(snapshot, form=form),
    }


def header(name: str, version: str) -> Document:
    """Return the header of a device schema."""
    return {"name": f"{SCHEMAS}.{name}", "version": version}


def _service(snapshot: DeviceSnapshot, *, form: Form) -> Document:
    prices, limits = snapshot.prices, snapshot.limits
    per_minute = snapshot.kind is DeviceKind.SIMULATOR
    found: Document = {
        "braketSchemaHeader": header("device_service_properties", "1"),
        "executionWindows": [
            {
                "executionDay": window.day,
                "windowStartHour": window.start.isoformat(),
                "windowEndHour": window.end.isoformat(),
            }
            for window in snapshot.windows
        ],
        "shotsRange": [limits.shots_min, limits.shots_max],
        "deviceCost": {
            "price": float(prices.usd_per_minute if per_minute else prices.usd_per_shot),
            "unit": "minute" if per_minute else "shot",
        },
        "deviceDocumentation": {"summary": f"{snapshot.name}, emulated from {snapshot.source}"},
        "updatedAt": snapshot.published_at.isoformat(),
    }
    return found | ({"deviceLocation": form.location} if form.location else {})


def _actions(snapshot: DeviceSnapshot, *, form: Form) -> Document:
    limits = snapshot.limits
    actions: Document = {"braket.ir.openqasm.program": _program(snapshot, form=form)}
    if limits.program_set_executables and limits.program_set_shots:
        actions["braket.ir.openqasm.program_set"] = {
            "version": ["1"],
            "actionType": "braket.ir.openqasm.program_set",
            "maximumExecutables": limits.program_set_executables,
            "maximumTotalShots": limits.program_set_shots,
        }
    return actions


def _program(snapshot: DeviceSnapshot, *, form: Form) -> Document:
    return {
        "version": ["1.0"],
        "actionType": "braket.ir.openqasm.program",
        "supportedOperations": list(form.operations),
        "supportedModifiers": [],
        "supportedPragmas": list(form.pragmas),
        "forbiddenPragmas": list(form.forbidden),
        "maximumQubitArrays": 1,
        "maximumClassicalArrays": 1,
        "requiresAllQubitsMeasurement": form.contiguous,
        "supportPhysicalQubits": not form.contiguous,
        "requiresContiguousQubitIndices": form.contiguous,
        "supportsPartialVerbatimBox": form.partial_verbatim,
        "supportsUnassignedMeasurements": form.unassigned_measurements,
        "disabledQubitRewiringSupported": False,
        "supportedResultTypes": [_result_type(n, snapshot, form) for n in form.result_types],
    }


def _result_type(name: str, snapshot: DeviceSnapshot, form: Form) -> Document:
    limits = snapshot.limits
    if name in {"StateVector", "Amplitude", "DensityMatrix"}:
        return {"name": name, "minShots": 0, "maxShots": 0}
    least = max(1, limits.shots_min) if name in {"Sample", "Probability"} else limits.shots_min
    found: Document = {"name": name, "minShots": least, "maxShots": limits.shots_max}
    return found if name == "Probability" else found | {"observables": list(form.observables)}


def _parameters(form: Form) -> Document:
    name = form.parameters.rpartition(".")[2]
    return {
        "title": "".join(word.capitalize() for word in name.split("_")),
        "type": "object",
        "properties": {
            "braketSchemaHeader": {"const": header(form.parameters, "1")},
            "paradigmParameters": {"type": "object"},
        },
        "required": ["paradigmParameters"],
    }


def _simulator_paradigm(snapshot: DeviceSnapshot) -> Document:
    return {
        "braketSchemaHeader": header("simulators.gate_model_simulator_paradigm_properties", "1"),
        "qubitCount": snapshot.n_qubits,
    }


def _paradigm(snapshot: DeviceSnapshot, *, form: Form) -> Document:
    labels = figures.labels(snapshot)
    neighbours = {str(label): list[str]() for label in labels}
    for first, second in figures.couplers(snapshot):
        neighbours[str(first)].append(str(second))
        neighbours[str(second)].append(str(first))
    natives = snapshot.native_gates
    gates = [gate.upper() if form.upper_case_gates else gate for gate in natives]
    return {
        "braketSchemaHeader": header("gate_model_qpu_paradigm_properties", "1"),
        "connectivity": {
            "fullyConnected": snapshot.fully_connected,
            "connectivityGraph": neighbours,
        },
        "qubitCount": len(labels),
        "nativeGateSet": [*gates, *form.extra_natives],
    }


def _provider(snapshot: DeviceSnapshot, *, form: Form) -> Document | None:
    if form.whole_device:
        qubit, pair = snapshot.qubits[0], snapshot.pairs[0]
        means = {
            "1Q": qubit.one_qubit_fidelity,
            "2Q": pair.fidelity,
            "spam": qubit.readout_fidelity,
        }
        times = {"T1": qubit.t1_s, "T2": qubit.t2_s}
        return {
            "braketSchemaHeader": header("ionq.ionq_provider_properties", "1"),
            "fidelity": {name: {"mean": mean.value} for name, mean in means.items() if mean},
            "timing": {name: time.value for name, time in times.items() if time},
        }
    if form.provider:
        empty: Document = {"properties": {"one_qubit": {}, "two_qubit": {}}}
        return {"braketSchemaHeader": header(*form.provider[0]), **empty}
    return None


def _standardized(snapshot: DeviceSnapshot, *, form: Form) -> Document:
    if form.whole_device:
        return _means(snapshot)
    ones, twos = figures.of_qubits(snapshot), figures.of_pairs(snapshot)
    return {
        "braketSchemaHeader": header("standardized_gate_model_qpu_device_properties", "1"),
        "oneQubitProperties": {str(label): _one_qubit(ones[label], form) for label in ones},
        "twoQubitProperties": {
            f"{first}-{second}": {"twoQubitGateFidelity": [_gate(*entry) for entry in entries]}
            for (first, second), entries in twos.items()
        },
    }


def _means(snapshot: DeviceSnapshot) -> Document:
    qubit, pair = snapshot.qubits[0], snapshot.pairs[0]

    def mean(figure: Figure | None) -> list[Document]:
        kind = {"name": "RANDOMIZED_BENCHMARKING"}
        return [{"fidelityType": kind, "unit": "fraction", **_number("fidelity", figure)}]

    return {
        "braketSchemaHeader": header("standardized_gate_model_qpu_device_properties", "3"),
        "T1": {"unit": "s", **_number("value", qubit.t1_s)},
        "T2": {"unit": "s", **_number("value", qubit.t2_s)},
        "singleQubitFidelity": mean(qubit.one_qubit_fidelity),
        "readoutFidelity": mean(qubit.readout_fidelity),
        "twoQubitGateFidelity": mean(pair.fidelity),
        "updatedAt": snapshot.published_at.isoformat(),
    }


def _one_qubit(metrics: dict[str, list[Figure]], form: Form) -> Document:
    names = defaultdict(
        lambda: ("READOUT",) * 2,
        one_qubit_fidelity=form.one_qubit_benchmarks,
        p1_given_0=("READOUT_ERROR_0_TO_1",) * 2,
        p0_given_1=("READOUT_ERROR_1_TO_0",) * 2,
    )
    fidelities = [
        {"fidelityType": {"name": name}, **_number("fidelity", figure)}
        for metric in ("one_qubit_fidelity", "readout_fidelity", "p1_given_0", "p0_given_1")
        for name, figure in zip(names[metric], metrics.get(metric, ()), strict=False)
    ]
    found: Document = {"oneQubitFidelity": fidelities}
    for name, metric in (("T1", "t1_s"), ("T2", "t2_s")):
        published: Iterable[Figure] = metrics.get(metric) or (Figure(0.0),)
        found[name] = {"unit": "S", **_number("value", next(iter(published)))}
    return found


def _gate(name: str, figure: Figure) -> Document:
    kind = {"name": "INTERLEAVED_RANDOMIZED_BENCHMARKING"}
    return {"gateName": name.upper(), "fidelityType": kind, **_number("fidelity", figure)}


def _number(name: str, figure: Figure | None) -> Document:
    if figure is None:
        return {}
    stderr = {} if figure.stderr is None else {"standardError": figure.stderr}
    return {name: figure.value, **stderr}
