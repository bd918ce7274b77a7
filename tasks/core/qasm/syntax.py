"""What OpenQASM text says, statement by statement; `at` is where in the text, for messages."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Number:
    """A literal; whole numbers stay `int`."""

    value: int | float
    at: int = 0


@dataclass(frozen=True, slots=True)
class Name:
    """A constant, a parameter or a loop's variable."""

    text: str
    at: int


@dataclass(frozen=True, slots=True)
class Operation:
    """An operator or a function with its operands: `+`, `-`, `*`, `/`, `%`, `**`, `neg`, `sin`."""

    name: str
    operands: tuple["Expression", ...]
    at: int


Expression = Number | Name | Operation


@dataclass(frozen=True, slots=True)
class Range:
    """`start:step:stop`, both ends included."""

    start: Expression
    step: Expression
    stop: Expression


@dataclass(frozen=True, slots=True)
class Listed:
    """`{0, 2, 3}`, in this order."""

    values: tuple[Expression, ...]


Index = Expression | Range | Listed


@dataclass(frozen=True, slots=True)
class Operand:
    """Qubits or bits: a register, a part of it, a gate's argument, or `$3`."""

    name: str
    index: Index | None
    at: int


@dataclass(frozen=True, slots=True)
class Modifier:
    """`inv`, `ctrl`, `negctrl` or `pow`, with its argument."""

    kind: str
    argument: Expression | None
    at: int


@dataclass(frozen=True, slots=True)
class GateCall:
    """A gate applied to qubits."""

    name: str
    angles: tuple[Expression, ...]
    operands: tuple[Operand, ...]
    modifiers: tuple[Modifier, ...]
    at: int


@dataclass(frozen=True, slots=True)
class GateDefinition:
    """A gate made of others."""

    name: str
    parameters: tuple[str, ...]
    qubits: tuple[str, ...]
    body: tuple["Statement", ...]
    at: int

    @property
    def shape(self) -> tuple[int, int]:
        """How many qubits and angles it takes."""
        return len(self.qubits), len(self.parameters)


@dataclass(frozen=True, slots=True)
class Register:
    """Qubits or bits with a name; without a size there is one. Bits may be measured at once.

    `initial` are the bits' first values, the last bit's leftmost.
    """

    quantum: bool
    name: str
    size: Expression | None
    at: int
    measured: Operand | None = None
    initial: str = ""  # bits, the first one last


@dataclass(frozen=True, slots=True)
class Alias:
    """Another name for qubits or for bits, which may be of several registers."""

    name: str
    parts: tuple[Operand, ...]
    at: int


@dataclass(frozen=True, slots=True)
class Input:
    """A free parameter."""

    name: str
    at: int


@dataclass(frozen=True, slots=True)
class Constant:
    """A name for a value; `kind` is `const`, or the type of a number that may change."""

    name: str
    value: Expression
    at: int
    kind: str = "const"
    size: Expression | None = None


@dataclass(frozen=True, slots=True)
class Assignment:
    """Another value for a number that was declared, as in `k = k + 1`."""

    name: str
    value: Expression
    at: int


@dataclass(frozen=True, slots=True)
class Measurement:
    """Qubits measured in Z, into bits or into none."""

    qubits: Operand
    bits: Operand | None
    at: int


@dataclass(frozen=True, slots=True)
class Reset:
    """Qubits put back to 0."""

    qubits: Operand
    at: int


@dataclass(frozen=True, slots=True)
class Barrier:
    """A line that a compiler moves nothing across; it changes no expectation value."""

    operands: tuple[Operand, ...]
    at: int


@dataclass(frozen=True, slots=True)
class Loop:
    """A body repeated for every value of a variable."""

    variable: str
    values: Range | tuple[Expression, ...]
    body: tuple["Statement", ...]
    at: int


@dataclass(frozen=True, slots=True)
class Compound:
    """Conditions that are compared or joined: `!` of one, and `==`, `<`, `&&`, `|`... of two."""

    name: str
    parts: tuple["Condition", ...]
    at: int


Condition = Number | Operand | Compound


@dataclass(frozen=True, slots=True)
class Conditional:
    """What happens where bits that were measured fulfil a condition, and what where they do not."""

    condition: Condition
    then: tuple["Statement", ...]
    otherwise: tuple["Statement", ...]
    at: int


@dataclass(frozen=True, slots=True)
class Include:
    """The gates of a standard library."""

    library: str
    at: int


Statement = (
    GateCall
    | GateDefinition
    | Register
    | Alias
    | Input
    | Constant
    | Assignment
    | Measurement
    | Reset
    | Barrier
    | Loop
    | Conditional
    | Include
)


@dataclass(frozen=True, slots=True)
class Document:
    """A whole text; `version` is 2 or 3."""

    version: int
    statements: tuple[Statement, ...]
