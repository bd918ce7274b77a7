"""Actions: the bytes that a target gets, in the form of Braket's program sets and programs.

A program of a set runs once for each value of its inputs; a program without inputs runs once. The
bytes are made once, written down and hashed; nothing serialises them a second time.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from tasks.core.identity import canonical

PROGRAM = {"name": "braket.ir.openqasm.program", "version": "1"}
PROGRAM_SET = {"name": "braket.ir.openqasm.program_set", "version": "1"}


@dataclass(frozen=True, slots=True)
class Unit:
    """One run of one circuit: its OpenQASM text and the value of each of its parameters."""

    source: str
    inputs: tuple[tuple[str, float], ...]


def program(unit: Unit) -> bytes:
    """Return the action that runs one circuit once."""
    return canonical(_program(unit.source, dict(unit.inputs)))


def program_set(units: Sequence[Unit]) -> bytes:
    """Return the action that runs `units` in their order; neighbours of one source share it."""
    return canonical({"braketSchemaHeader": PROGRAM_SET, "programs": list(_programs(units))})


def units(action: bytes) -> tuple[Unit, ...]:
    """Return the units of an action in their order."""
    document = json.loads(action)
    if document["braketSchemaHeader"]["name"] == PROGRAM["name"]:
        return (Unit(document["source"], tuple(sorted(document["inputs"].items()))),)
    return tuple(unit for entry in document["programs"] for unit in _units(entry))


def _programs(units: Sequence[Unit]) -> Iterator[Mapping[str, object]]:
    start = 0
    while start < len(units):
        source, names = units[start].source, [name for name, _ in units[start].inputs]
        end = start + 1
        while names and end < len(units) and units[end].source == source:
            end += 1
        columns = {name: [dict(unit.inputs)[name] for unit in units[start:end]] for name in names}
        yield _program(source, columns)
        start = end


def _program(source: str, inputs: Mapping[str, object]) -> dict[str, object]:
    return {"braketSchemaHeader": PROGRAM, "source": source, "inputs": inputs}


def _units(entry: Mapping[str, object]) -> Iterator[Unit]:
    source, inputs = str(entry["source"]), entry["inputs"]
    if not isinstance(inputs, Mapping) or not inputs:
        yield Unit(source, ())
        return
    names = sorted(inputs)
    for values in zip(*(inputs[name] for name in names), strict=True):
        yield Unit(source, tuple(zip(names, values, strict=True)))
