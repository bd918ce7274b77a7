"""Programs as the engine takes them: steps on the places of one register, with free parameters."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from datasets.records.circuits import Angle
from tasks.errors import BadInput

Values = NDArray[np.float64]
Matrix = tuple[tuple[complex, ...], ...]

_AXES_OF_POINTS = 2

CHANNELS = frozenset(
    """
    amplitude_damping bit_flip depolarizing generalized_amplitude_damping kraus pauli_channel
    phase_damping phase_flip two_qubit_dephasing two_qubit_depolarizing
    """.split()  # noqa: SIM905  # a column of quoted words would be harder to read
)


class Uncovered(Exception):  # noqa: N818 - not a fault: another engine takes the program
    """A program that the engine leaves to Braket's own simulator; the text is the reason."""


def frozen(matrix: Any) -> Matrix:
    """Return a matrix as a value that compares and hashes."""
    return tuple(tuple(complex(entry) for entry in row) for row in np.asarray(matrix))


@dataclass(frozen=True, slots=True)
class Formula:
    """An angle in radians that is not affine in the parameters.

    `compute` takes the values of `names`, (n_points,) each; `text` stands for it in comparisons.
    """

    text: str
    names: tuple[str, ...]
    compute: Callable[..., Values] = field(compare=False, repr=False)


Expression = Angle | Formula


@dataclass(frozen=True, slots=True)
class Step:
    """A gate or a noise channel.

    `qubits` has the controls first; `controls` holds the value that each of them must have. The
    rates of a channel stand in `angles`. `matrices` is one for "unitary", the Kraus operators for
    "kraus"; the first of a step's qubits is the most significant bit of their indices.
    """

    name: str
    qubits: tuple[int, ...]
    angles: tuple[Expression, ...] = ()
    controls: tuple[int, ...] = ()
    power: float = 1.0
    matrices: tuple[Matrix, ...] = ()

    @property
    def is_constant(self) -> bool:
        """Whether no parameter occurs in it."""
        return all(isinstance(a, Angle) and not a.terms for a in self.angles)


@dataclass(frozen=True, slots=True)
class Program:
    """Steps from |0...0> to the measurement of some places.

    Bit i of an outcome is the i-th of `measured`. `readout` has for each of them the chances that
    a 0 is read as 1 and that a 1 is read as 0; when it is empty, readout is perfect.
    """

    n_qubits: int
    steps: tuple[Step, ...]
    measured: tuple[int, ...]
    readout: tuple[tuple[float, float], ...] = ()

    def __hash__(self) -> int:
        # A loop looks its programs up at every call: all steps would take as long as evolving.
        return hash((self.n_qubits, len(self.steps), self.steps[-1:], self.measured))

    @property
    def is_noisy(self) -> bool:
        """Whether it needs a density matrix."""
        return any(step.name in CHANNELS for step in self.steps)

    @property
    def parameters(self) -> tuple[str, ...]:
        """The names of the free parameters, sorted."""
        angles = [angle for step in self.steps for angle in step.angles]
        names = {name for angle in angles for name in names_of(angle)}
        return tuple(sorted(names))


@lru_cache(maxsize=256)
def interned(program: Program) -> Program:
    """Return the first of all programs that are equal to this one.

    What is kept for a program is then found without comparing it step by step at every call.
    """
    return program


@lru_cache(maxsize=64)
def parameters_of(programs: tuple[Program, ...]) -> frozenset[str]:
    """Return the names of the free parameters of all programs together."""
    return frozenset(name for program in programs for name in program.parameters)


def names_of(angle: Expression) -> tuple[str, ...]:
    """Return the parameters that occur in an angle, sorted."""
    return angle.names if isinstance(angle, Formula) else tuple(name for name, _ in angle.terms)


def evaluate(angle: Expression, columns: Mapping[str, Values]) -> float | Values:
    """Return an angle at every point, or once when no parameter occurs in it.

    Args:
        angle: the expression.
        columns: the values of each parameter, (n_points,).
    """
    if isinstance(angle, Formula):
        return angle.compute(*(columns[name] for name in angle.names))
    found: float | Values = angle.constant
    for name, weight in angle.terms:
        column = columns[name]
        part = column if weight == 1.0 else column * weight
        found = part if isinstance(found, float) and found == 0.0 else found + part
    return found


def check_points(points: Values, names: tuple[str, ...]) -> None:
    """Return when the points fit the parameters.

    Raises:
        BadInput: they are not (n_points, n_parameters).
    """
    if points.ndim != _AXES_OF_POINTS or points.shape[1] != len(names):
        message = (
            f"The points have the shape {points.shape}; the program has {len(names)} parameters "
            f"({', '.join(names) or 'none'}). Give one row a point and one column a parameter."
        )
        raise BadInput(message)


def columns_of(points: Values, names: tuple[str, ...]) -> dict[str, Values]:
    """Return the values of each parameter, contiguous, of some points.

    Raises:
        BadInput: a value is not a finite number.
    """
    if not np.isfinite(points).all():
        message = "A point has a value that is not a finite number. Correct the points."
        raise BadInput(message)
    return {name: np.ascontiguousarray(points[:, i]) for i, name in enumerate(names)}
