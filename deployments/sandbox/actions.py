"""Read the action of a quantum task: a program, or a set of programs with many inputs."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from deployments.sandbox.circuits import includes_files
from deployments.sandbox.wire import Refusal, invalid

PROGRAM = "braket.ir.openqasm.program"
PROGRAM_SET = "braket.ir.openqasm.program_set"


@dataclass(frozen=True, slots=True)
class Program:
    """One OpenQASM program and the inputs of each of its executables."""

    source: str
    inputs: tuple[tuple[tuple[str, float], ...], ...]
    document: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Action:
    """What a task does."""

    kind: str
    programs: tuple[Program, ...]

    @property
    def executables(self) -> int:
        """How many circuits it runs."""
        return sum(len(program.inputs) for program in self.programs)


def read_action(text: str) -> Action:
    """Return the action in a JSON text.

    Raises:
        Refusal: ValidationException for an action that the service does not take.
    """
    found = json.loads(text)
    header = found.get("braketSchemaHeader") if isinstance(found, dict) else None
    kind = header.get("name") if isinstance(header, dict) else None
    if kind == PROGRAM:
        return Action(PROGRAM, (_single(found),))
    if kind == PROGRAM_SET:
        return Action(PROGRAM_SET, tuple(_set(found.get("programs"))))
    message = f"The action is not one of {PROGRAM}, {PROGRAM_SET}; its header names {kind!r}."
    raise invalid(message)


def _single(found: Mapping[str, Any]) -> Program:
    errors = _source_errors(found)
    inputs = found.get("inputs") or {}
    if not errors and not _all_numbers(inputs):
        errors = ["The inputs of a program are numbers by name."]
    if errors:
        raise invalid(errors[0])
    return Program(found["source"], (tuple(inputs.items()),), found)


def _set(entries: Any) -> Iterator[Program]:
    if not isinstance(entries, list) or not entries:
        message = "A program set holds at least one program."
        raise invalid(message)
    failures = [
        {"programIndex": index, "errors": errors}
        for index, entry in enumerate(entries)
        if (errors := _entry_errors(entry))
    ]
    if failures:
        raise set_refusal(failures)
    for entry in entries:
        columns = entry.get("inputs") or {}
        rows = zip(*columns.values(), strict=True)
        inputs = [tuple(zip(columns, row, strict=True)) for row in rows] if columns else [()]
        yield Program(entry["source"], tuple(inputs), entry)


def set_refusal(failures: list[dict[str, Any]]) -> Refusal:
    """Return the refusal of a program set, with what is wrong with each program."""
    message = "Program set validation failed."
    reason = "ProgramSetValidationFailed"
    return invalid(message, reason=reason, programSetValidationFailures=failures)


def _entry_errors(entry: Any) -> list[str]:
    if not isinstance(entry, dict):
        return ["A program is a JSON object."]
    columns = entry.get("inputs") or {}
    if not isinstance(columns, dict) or not all(_is_column(c) for c in columns.values()):
        return [*_source_errors(entry), "The inputs of a program are lists of numbers by name."]
    if len({len(column) for column in columns.values()}) > 1:
        return [*_source_errors(entry), "All inputs of a program have the same number of values."]
    return _source_errors(entry)


def _source_errors(entry: Mapping[str, Any]) -> list[str]:
    source = entry.get("source")
    if not isinstance(source, str) or not source.strip():
        return ["A program has a source."]
    if includes_files(source):
        return ["Include statements are not supported."]
    return []


def _is_column(column: Any) -> bool:
    return isinstance(column, list) and bool(column) and all(_is_number(c) for c in column)


def _all_numbers(inputs: Any) -> bool:
    return isinstance(inputs, dict) and all(_is_number(value) for value in inputs.values())


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
