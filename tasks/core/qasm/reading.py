"""Read a circuit from the text of OpenQASM 2 or 3, without opening any file.

OpenQASM 2 has no free parameters: a name that stands in an angle and means nothing else is one.
OpenQASM 3 declares them: `input float theta;`. Definitions in the text come before those of the
included library and of Braket. `U` has no global phase of its own, as with Braket; global phases
are dropped, and kept where a modifier controls them.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import assert_never

from datasets.records.circuits import BARRIER, Gate
from datasets.records.parameters import composed
from tasks.core.circuits.barriers import effective
from tasks.core.qasm.arithmetic import Arithmetic, Value
from tasks.core.qasm.branches import Branches
from tasks.core.qasm.circuit import ReadCircuit
from tasks.core.qasm.library import PHASE
from tasks.core.qasm.measuring import Wires
from tasks.core.qasm.modifiers import Step
from tasks.core.qasm.parser import parse
from tasks.core.qasm.registers import Registers
from tasks.core.qasm.scope import Free, Scope
from tasks.core.qasm.spelling import Spelling
from tasks.core.qasm.syntax import (
    Alias,
    Assignment,
    Barrier,
    Conditional,
    Constant,
    Document,
    GateCall,
    GateDefinition,
    Include,
    Input,
    Loop,
    Measurement,
    Operand,
    Register,
    Reset,
    Statement,
)
from tasks.core.qasm.tokens import Source, shown
from tasks.core.qasm.variables import Variables
from tasks.errors import BadInput


def read_circuit(text: str, *, origin: str) -> ReadCircuit:
    """Return the circuit in `text`; `origin` names it in messages, as a file's name does.

    Raises:
        BadInput: the first thing that is wrong or refused, with its line and column.
    """
    try:
        source = Source(composed(text), origin)
    except BadInput as error:
        message = f"{origin}: {error}"
        raise BadInput(message) from error
    return _Reading(source, parse(source)).outcome()


class _Reading:
    """Follows the statements of a text and keeps what they make."""

    def __init__(self, source: Source, document: Document) -> None:
        self._source = source
        self._document = document
        self._values: dict[str, Value] = {}
        free = Free(open=document.version == 2)  # noqa: PLR2004 - OpenQASM 2 declares none
        known = self._values
        self._scope = Scope(source, document.version, Arithmetic(), free, known, {})
        self._spelling = Spelling(source)
        self._qubits, self._bits = Registers("qubits"), Registers("bits")
        self._wires = Wires(source)
        self._branches = Branches(self._wires, self._bits, self._spelling)
        self._variables = Variables(known)

    def outcome(self) -> ReadCircuit:
        for statement in self._document.statements:
            self._take(statement, self._scope)
        end = len(self._source.text.rstrip())
        if not self._qubits.size:
            raise self._source.fault(end, "there are no qubits.")
        circuit, measured = self._wires.finished(self._qubits.size, at=end)
        return ReadCircuit(
            replace(circuit, gates=effective(circuit.gates)),
            tuple(sorted(self._scope.free.names)),
            self._scope.arithmetic.derivations,
            measured,
            self._qubits.size,
        )

    def _take(self, statement: Statement, scope: Scope) -> None:
        match statement:
            case GateCall():
                self._call(statement, scope)
            case Loop():
                self._repeat(statement, scope)
            case Conditional():
                self._branch(statement, scope)
            case Barrier():
                self._bar(statement, scope)
            case _ if self._branches.inside:
                what = "`if` is taken with gates in it. Move everything else out of it."
                raise self._source.fault(statement.at, what)
            case Assignment():
                self._variables.assign(statement, scope)
            case Measurement():
                self._measure(statement, scope)
            case Reset():
                self._wires.reset(statement, self._qubits.find(statement.qubits, scope))
            case _:
                self._declare(statement, scope)

    def _repeat(self, loop: Loop, scope: Scope) -> None:
        for inner in scope.rounds(loop):
            for each in loop.body:
                self._take(each, inner)

    def _bar(self, statement: Barrier, scope: Scope) -> None:
        places = [self._qubits.find(operand, scope) for operand in statement.operands]
        every = {qubit for found in places for qubit in found}
        wires = self._wires.on(sorted(every or range(self._qubits.size)))
        self._wires.apply([Gate(BARRIER, tuple(sorted(wires)))], at=statement.at)

    def _branch(self, statement: Conditional, scope: Scope) -> None:
        """Take both sides of a condition, each where it holds."""
        for body, wanted in ((statement.then, True), (statement.otherwise, False)):
            with self._branches.into(statement, scope, wanted=wanted):
                for each in body:
                    self._take(each, scope)

    def _declare(
        self,
        statement: Include | GateDefinition | Register | Alias | Input | Constant,
        scope: Scope,
    ) -> None:
        if scope is not self._scope:
            raise self._source.fault(statement.at, "declarations in a loop are not taken. Move it.")
        match statement:
            case Include():
                self._spelling.include(statement.library)
            case GateDefinition():
                self._spelling.define(statement, scope)
            case Register():
                self._register(statement, scope)
            case Alias():
                self._check_new(statement.name, statement.at)
                of_bits = statement.parts[0].name in self._bits.names
                (self._bits if of_bits else self._qubits).alias(statement, scope)
            case Input():
                self._check_new(statement.name, statement.at)
                scope.declare(statement.name, statement.at)
            case Constant():
                self._check_new(statement.name, statement.at)
                self._variables.declare(statement, scope)
            case _:
                assert_never(statement)

    def _register(self, register: Register, scope: Scope) -> None:
        self._check_new(register.name, register.at)
        if register.quantum:
            self._qubits.add(register, scope)
            return
        self._bits.add(register, scope)
        if register.initial:
            self._start(register, scope)
        if register.measured is not None:
            bits = Operand(register.name, None, register.at)
            self._measure(Measurement(register.measured, bits, register.at), scope)

    def _start(self, register: Register, scope: Scope) -> None:
        """Give bits their first values, of which the text has the last bit's first."""
        bits = self._bits.find(Operand(register.name, None, register.at), scope)
        values = register.initial.replace("_", "")
        if len(values) != len(bits) or not set(values) <= {"0", "1"}:
            what = f"{register.name} has {len(bits)} bits; give it as many of 0 and 1."
            raise self._source.fault(register.at, what)
        self._wires.start(bits, [int(value) for value in reversed(values)])

    def _check_new(self, name: str, at: int) -> None:
        names = (self._values, self._scope.free.names, self._qubits.names, self._bits.names)
        if any(name in taken for taken in names):
            raise self._source.fault(at, f"{shown(name)} is declared twice. Rename one.")

    def _measure(self, statement: Measurement, scope: Scope) -> None:
        qubits = self._qubits.find(statement.qubits, scope)
        bits = None if statement.bits is None else self._bits.find(statement.bits, scope)
        self._wires.measure(statement, qubits, bits)

    def _call(self, call: GateCall, scope: Scope) -> None:
        """Apply a gate once, or to each of its registers' qubits in turn."""
        places = [self._qubits.find(operand, scope) for operand in call.operands]
        whole = [self._qubits.is_whole(operand) for operand in call.operands]
        widths = {len(found) for found, many in zip(places, whole, strict=True) if many}
        if len(widths) > 1:
            what = f"{call.name} is given registers of different sizes. Make them equal."
            raise self._source.fault(call.at, what)
        for turn in range(widths.pop() if widths else 1):
            qubits = [
                found[turn] if many else found[0] for found, many in zip(places, whole, strict=True)
            ]
            steps = self._spelling.steps(call, self._wires.on(qubits), scope)
            if inside := self._branches.inside:
                steps = self._branches.steps(steps, at=call.at)
            self._wires.apply(_gates(steps), at=call.at, controlled=inside)


def _gates(steps: Sequence[Step]) -> list[Gate]:
    """Return the steps on the circuit's qubits, where a global phase means nothing."""
    return [Gate(step.name, _places(step), step.angles) for step in steps if step.name != PHASE]


def _places(step: Step) -> tuple[int, ...]:
    """Return the qubits of a step; a barrier has no order of them."""
    places = [int(qubit) for qubit in step.qubits]
    return tuple(sorted(places) if step.name == BARRIER else places)
