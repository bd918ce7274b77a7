"""Numbers that a text declares and changes before anything runs: `int[8] k = 0; k = k + 1;`."""

from tasks.core.qasm.arithmetic import Value
from tasks.core.qasm.scope import Scope
from tasks.core.qasm.syntax import Assignment, Constant, Expression
from tasks.core.qasm.tokens import shown

_WHOLE = frozenset({"int", "uint"})
MAX_BITS = 1024
_BITS = 54  # of a whole number without a size


class Variables:
    """The numbers of a text, by name, in the mapping that its scopes look into."""

    def __init__(self, values: dict[str, Value]) -> None:
        self._values = values
        self._kinds: dict[str, tuple[str, int]] = {}  # name -> type, and its size in bits

    def declare(self, constant: Constant, scope: Scope) -> None:
        """Give a name its first value.

        Raises:
            BadInput: it is no value of its type.
        """
        size = _BITS
        if constant.size is not None:
            size = scope.integer(constant.size, at=constant.at, what="The size of a number")
            if not 1 <= size <= MAX_BITS:
                what = f"a number of {size} bits: it has 1 to {MAX_BITS}. Correct the size."
                raise scope.source.fault(constant.at, what)
        self._kinds[constant.name] = (constant.kind, size)
        self._set(constant.name, constant.value, scope, at=constant.at)

    def assign(self, assignment: Assignment, scope: Scope) -> None:
        """Give a number another value.

        Raises:
            BadInput: there is no such number, it may not change, or it is no value of its type.
        """
        name = assignment.name
        kind, _ = self._kinds.get(name, ("", 0))
        if kind in {"", "const"} or name in scope.values:
            named = {"": "is no number that was declared", "const": "is a constant"}.get(kind)
            what = (
                f"{shown(name)} {named or 'is the variable of a loop'}, so it takes no new value. "
                "Declare a number such as `int k = 0;`; bits take theirs from `measure`."
            )
            raise scope.source.fault(assignment.at, what)
        self._set(name, assignment.value, scope, at=assignment.at)

    def _set(self, name: str, expression: Expression, scope: Scope, *, at: int) -> None:
        value = scope.value(expression)
        kind, size = self._kinds[name]
        if kind in _WHOLE:
            low, high = (0, 2**size) if kind == "uint" else (-(2 ** (size - 1)), 2 ** (size - 1))
            if not isinstance(value, int) or not low <= value < high:
                what = f"{shown(name)} holds whole numbers from {low} to {high - 1}. Correct it."
                raise scope.source.fault(at, what)
        self._values[name] = value
