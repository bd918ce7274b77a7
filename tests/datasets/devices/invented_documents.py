"""Capabilities documents of invented devices, for tests."""

import json
from typing import Any

from datasets.devices.capabilities import import_capabilities
from datasets.records.devices import DeviceSnapshot, Flag

Document = dict[str, Any]
RB, SRB = "RANDOMIZED_BENCHMARKING", "SIMULTANEOUS_RANDOMIZED_BENCHMARKING"


def fidelity(value: object, kind: str, stderr: object = None) -> Document:
    return {"fidelityType": {"name": kind}, "fidelity": value, "standardError": stderr}


def pair(value: object, gate: str = "CZ", stderr: object = 0.001) -> Document:
    return {"gateName": gate} | fidelity(value, "INTERLEAVED_" + RB, stderr)


def qubit(one: object = 0.999, readout: object = 0.97) -> Document:
    return {
        "T1": {"value": 3e-5, "standardError": 1e-6, "unit": "S"},
        "T2": {"value": 1e-5, "standardError": None, "unit": "S"},
        "oneQubitFidelity": [fidelity(one, RB, 0.0001), fidelity(readout, "READOUT")],
    }


def square() -> Document:
    """Return the document of an invented Rigetti device: four qubits in a square."""
    edges = {"0-1": 0.99, "1-2": 0.98, "2-3": 0.97, "0-3": 0.96}
    return {
        "braketSchemaHeader": {
            "name": "braket.device_schema.rigetti.rigetti_device_capabilities",
            "version": "2",
        },
        "service": {
            "executionWindows": [
                {
                    "executionDay": "Everyday",
                    "windowStartHour": "12:00",
                    "windowEndHour": "03:00",
                }
            ],
            "shotsRange": [10, 50000],
            "deviceCost": {"price": 0.000425, "unit": "shot"},
            "updatedAt": "2026-05-05T21:32:03+00:00",
        },
        "action": {
            "braket.ir.openqasm.program_set": {
                "maximumExecutables": 100,
                "maximumTotalShots": 200000,
            }
        },
        "paradigm": {
            "qubitCount": 4,
            "nativeGateSet": ["RX", "rz", "cz", "barrier"],
            "connectivity": {
                "fullyConnected": False,
                "connectivityGraph": {
                    "0": ["1", "3"],
                    "1": ["0", "2"],
                    "2": ["1", "3"],
                    "3": ["0", "2"],
                },
            },
        },
        "standardized": {
            "oneQubitProperties": {str(label): qubit() for label in range(4)},
            "twoQubitProperties": {
                key: {"twoQubitGateFidelity": [pair(value)]} for key, value in edges.items()
            },
        },
    }


def ion_trap(vendor: str = "ionq", **changes: object) -> Document:
    """Return the document of an invented trapped-ion device with figures for all at once."""
    document = square()
    document["braketSchemaHeader"]["name"] = f"braket.device_schema.{vendor}.capabilities"
    document["paradigm"] = {
        "qubitCount": 3,
        "nativeGateSet": ["GPI", "GPI2", "ZZ"],
        "connectivity": {"fullyConnected": True, "connectivityGraph": {}},
    }
    document["standardized"] = {
        "T1": {"value": 100.0, "unit": "s"},
        "T2": {"value": 900.0, "unit": "ms"},
        "readoutFidelity": [fidelity(0.995, RB)],
        "singleQubitFidelity": [fidelity(0.9998, RB)],
        "twoQubitGateFidelity": [fidelity(0.99, RB, 0.0)],
    }
    return document | changes


def imported(document: Document, **options: Any) -> DeviceSnapshot:
    return import_capabilities(json.dumps(document), **({"name": "Square"} | options))


def reasons(snapshot: DeviceSnapshot) -> dict[tuple[str, str], Flag]:
    return {(entry.element, entry.metric): entry.flag for entry in snapshot.dropped}


def couplers(snapshot: DeviceSnapshot) -> list[tuple[int, int]]:
    return [entry.labels for entry in snapshot.pairs]


def labels(snapshot: DeviceSnapshot) -> list[int]:
    return [entry.label for entry in snapshot.qubits]


def figures_of(document: Document, edge: str) -> list[Document]:
    listed: list[Document] = document["standardized"]["twoQubitProperties"][edge][
        "twoQubitGateFidelity"
    ]
    return listed
