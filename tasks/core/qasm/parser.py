"""Parse OpenQASM 2 and 3 into statements; what a sweep cannot run is refused where it stands."""

from collections.abc import Callable
from typing import Final

from tasks.core.qasm.conditions import condition
from tasks.core.qasm.cursor import Cursor
from tasks.core.qasm.expressions import arguments, expression
from tasks.core.qasm.operands import bit_string, joined, modifiers, operand, operands, values
from tasks.core.qasm.refusals import REFUSED, of_pragma
from tasks.core.qasm.syntax import (
    Alias,
    Assignment,
    Barrier,
    Conditional,
    Constant,
    Document,
    Expression,
    GateCall,
    GateDefinition,
    Include,
    Input,
    Loop,
    Measurement,
    Name,
    Operand,
    Operation,
    Register,
    Reset,
    Statement,
)
from tasks.core.qasm.tokens import Source, Token, shown

LIBRARIES: Final = ("qelib1.inc", "stdgates.inc")

_ASSIGNING: Final = frozenset({"+=", "-=", "*=", "/=", "%=", "**="})
_NUMBERS: Final = frozenset({"int", "uint", "float", "angle"})
_VERSIONS: Final = {"2": 2, "2.0": 2, "3": 3, "3.0": 3, "3.1": 3}


def parse(source: Source) -> Document:
    """Return the statements of a text; without a version line it is OpenQASM 3.

    Raises:
        BadInput: the first thing that is wrong or refused, with its line and column.
    """
    return _Parser(source).document()


class _Parser:
    """Recursive descent over the tokens, one method for each form of statement."""

    def __init__(self, source: Source) -> None:
        self._cursor = Cursor(source)
        self._forms: dict[str, Callable[[Token], Statement]] = {
            "include": self._include,
            "qubit": self._qubits,
            "bit": self._bits,
            "qreg": self._old_register,
            "creg": self._old_register,
            "let": self._alias,
            "input": self._input,
            "const": self._constant,
            "gate": self._gate,
            "measure": self._measure,
            "reset": self._reset,
            "barrier": self._barrier,
            "for": self._loop,
            "if": self._conditional,
            **dict.fromkeys(_NUMBERS, self._number),
        }

    def document(self) -> Document:
        self._take_version()
        found: list[Statement] = []
        while self._cursor.token.kind != "end":
            if not self._cursor.accept(";"):
                found.append(self._statement())
        return Document(self._cursor.version, tuple(found))

    def _take_version(self) -> None:
        if not self._cursor.accept("OPENQASM"):
            return
        token = self._cursor.take()
        version = _VERSIONS.get(token.text)
        if version is None:
            what = f"{shown(token.text)} is no version that is read here. Use 2.0 or 3.0."
            raise self._cursor.fault(what, at=token.at)
        self._cursor.version = version
        self._cursor.expect(";")

    def _statement(self) -> Statement:
        token = self._cursor.token
        if token.kind == "pragma":
            raise self._cursor.fault(of_pragma(token.text))
        if token.kind not in ("name", "qubit"):
            what = f"a statement must begin here, not {shown(token.text)}."
            raise self._cursor.fault(what)
        if token.text in REFUSED:
            what = f"`{token.text}` is not taken: {REFUSED[token.text]}"
            raise self._cursor.fault(what)
        form = self._forms.get(token.text)
        return self._call_or_assignment() if form is None else form(self._cursor.take())

    def _include(self, token: Token) -> Include:
        library = self._cursor.expect_kind("string", what="the name of a library in quotes")
        name = library.text[1:-1]
        if name not in LIBRARIES:
            what = (
                f"include of {shown(name)} is refused; files are not opened. Include "
                f"{' or '.join(LIBRARIES)}, or write the gates into this file."
            )
            raise self._cursor.fault(what, at=token.at)
        self._cursor.expect(";")
        return Include(name, token.at)

    def _qubits(self, token: Token) -> Register:
        size = self._size()
        name = self._name("a name for the qubits")
        self._cursor.expect(";")
        return Register(quantum=True, name=name, size=size, at=token.at)

    def _bits(self, token: Token) -> Register:
        size = self._size()
        name = self._name("a name for the bits")
        measured, initial = None, ""
        if self._cursor.accept("="):
            if self._cursor.token.text == "measure":
                measured = self._measured()
            else:
                initial = bit_string(self._cursor)
        self._cursor.expect(";")
        return Register(False, name, size, token.at, measured, initial)

    def _old_register(self, token: Token) -> Register:
        name = self._name("a name for the register")
        size = self._size()
        self._cursor.expect(";")
        return Register(quantum=token.text == "qreg", name=name, size=size, at=token.at)

    def _size(self) -> Expression | None:
        if not self._cursor.accept("["):
            return None
        size = expression(self._cursor)
        self._cursor.expect("]")
        return size

    def _alias(self, token: Token) -> Alias:
        name = self._name("another name for qubits or bits")
        self._cursor.expect("=")
        parts = joined(self._cursor)
        self._cursor.expect(";")
        return Alias(name, parts, token.at)

    def _input(self, token: Token) -> Input:
        kind = self._cursor.take()
        if kind.text not in ("float", "angle"):
            what = f"an input is a `float` or an `angle` here, not {shown(kind.text)}."
            raise self._cursor.fault(what, at=kind.at)
        self._size()
        name = self._name("a name for the parameter")
        self._cursor.expect(";")
        return Input(name, token.at)

    def _constant(self, token: Token) -> Constant:
        kind = self._cursor.take()
        if kind.text not in _NUMBERS:
            what = f"a constant is an int, uint, float or angle here, not {shown(kind.text)}."
            raise self._cursor.fault(what, at=kind.at)
        return self._number(token)

    def _number(self, token: Token) -> Constant:
        size = self._size()
        name = self._name("a name for the number")
        self._cursor.expect("=")
        value = expression(self._cursor)
        self._cursor.expect(";")
        return Constant(name, value, token.at, token.text, size)

    def _gate(self, token: Token) -> GateDefinition:
        name = self._name("a name for the gate")
        parameters = self._names(closing=")") if self._cursor.accept("(") else ()
        qubits = self._names(closing="{")
        return GateDefinition(name, parameters, qubits, self._body(), token.at)

    def _names(self, *, closing: str) -> tuple[str, ...]:
        """Take names up to the symbol that closes their list, which is taken too."""
        found: list[str] = []
        while not self._cursor.accept(closing):
            if found:
                self._cursor.expect(",")
            found.append(self._name("a name"))
        return tuple(found)

    def _body(self) -> tuple[Statement, ...]:
        """Take statements up to the closing brace; the opening one is taken."""
        found: list[Statement] = []
        self._cursor.source.enter(at=self._cursor.token.at)
        while not self._cursor.accept("}"):
            if self._cursor.token.kind == "end":
                self._cursor.expect("}")
            if not self._cursor.accept(";"):
                found.append(self._statement())
        self._cursor.source.leave()
        return tuple(found)

    def _loop(self, token: Token) -> Loop:
        kind = self._cursor.take()
        if kind.text not in ("int", "uint"):
            what = f"a loop runs over an int or uint here, not {shown(kind.text)}."
            raise self._cursor.fault(what, at=kind.at)
        self._size()
        variable = self._name("the loop's variable")
        self._cursor.expect("in")
        found = values(self._cursor)
        return Loop(variable, found, self._block(), token.at)

    def _conditional(self, token: Token) -> Conditional:
        self._cursor.expect("(")
        found = condition(self._cursor)
        self._cursor.expect(")")
        then = self._block()
        otherwise = self._block() if self._cursor.accept("else") else ()
        return Conditional(found, then, otherwise, token.at)

    def _block(self) -> tuple[Statement, ...]:
        """Take a block in braces, or one statement."""
        if self._cursor.accept("{"):
            return self._body()
        self._cursor.source.enter(at=self._cursor.token.at)
        found = self._statement()
        self._cursor.source.leave()
        return (found,)

    def _measure(self, token: Token) -> Measurement:
        qubits = operand(self._cursor)
        bits = operand(self._cursor) if self._cursor.accept("->") else None
        self._cursor.expect(";")
        return Measurement(qubits, bits, token.at)

    def _measured(self) -> Operand:
        if not self._cursor.accept("measure"):
            what = "bits take their value from `measure` only. Correct it."
            raise self._cursor.fault(what)
        return operand(self._cursor)

    def _reset(self, token: Token) -> Reset:
        qubits = operand(self._cursor)
        self._cursor.expect(";")
        return Reset(qubits, token.at)

    def _barrier(self, token: Token) -> Barrier:
        targets = () if self._cursor.token.text == ";" else operands(self._cursor)
        self._cursor.expect(";")
        return Barrier(targets, token.at)

    def _call_or_assignment(self) -> GateCall | Measurement | Assignment:
        """Take `name(angles) qubits;` with modifiers, `bits = measure qubits;` or `k = k + 1;`."""
        token = self._cursor.token
        modified = modifiers(self._cursor)
        first = self._cursor.expect_kind("name", what="a gate") if modified else token
        if not modified:
            bits = operand(self._cursor)
            if (symbol := self._cursor.token.text) in _ASSIGNING:
                return self._assignment(bits, symbol)
            if self._cursor.accept("="):
                if self._cursor.token.text != "measure":
                    return self._assignment(bits, "")
                qubits = self._measured()
                self._cursor.expect(";")
                return Measurement(qubits, bits, token.at)
            if bits.index is not None or token.kind != "name":
                what = f"a gate or `= measure` must follow {shown(token.text)}."
                raise self._cursor.fault(what)
        angles = arguments(self._cursor) if self._cursor.accept("(") else ()
        targets = () if self._cursor.accept(";") else operands(self._cursor)
        if targets:
            self._cursor.expect(";")
        return GateCall(first.text, angles, targets, modified, first.at)

    def _assignment(self, target: Operand, symbol: str) -> Assignment:
        """Take the new value of a number; `symbol` is what changes it, as `+=` does, or nothing."""
        if target.index is not None:
            what = "bits take their value from `measure` only. Correct it."
            raise self._cursor.fault(what)
        if symbol:
            self._cursor.take()
        value = expression(self._cursor)
        self._cursor.expect(";")
        if symbol:
            old = Name(target.name, target.at)
            value = Operation(symbol.removesuffix("="), (old, value), target.at)
        return Assignment(target.name, value, target.at)

    def _name(self, what: str) -> str:
        return self._cursor.expect_kind("name", what=what).text
