"""Zero-noise extrapolation: run the circuit with its noise scaled up, extrapolate to none.

`expand` folds every native gate G into G (G^-1 G)^k, which multiplies its noise by 2k + 1 and
leaves its action unchanged; it works on compiled circuits, where no compiler can undo it.
`combine` fits value(scale) = asymptote + amplitude * exp(-rate * scale), with the value that a
fully depolarised state gives as the asymptote (arXiv:2005.10921, section IV), and falls back to a
straight line where the values do not decay towards it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from datasets.records.circuits import Angle, Circuit, Gate
from tasks.errors import BadInput

SCALES = (1, 3, 5)
SIGNIFICANT = 3.0  # standard errors that a value must keep from the asymptote to take its logarithm
SELF_INVERSE = frozenset({"cz", "cnot", "h", "x", "y", "z", "swap", "gpi", "i"})
NEGATED = frozenset({"rx", "ry", "rz", "zz", "xx", "yy", "phaseshift"})


@dataclass(frozen=True, slots=True)
class Extrapolation:
    """The fit: its value at scale 0, and each scale's weight in it (d value / d value(scale))."""

    value: float
    weights: tuple[float, ...]
    model: str


def variant(scale: int) -> str:
    """Return the name of the variant whose noise is scaled by `scale`."""
    return "raw" if scale == 1 else f"zne:{scale}"


def expand(circuit: Circuit, *, scale: int) -> Circuit:
    """Return `circuit` with the noise of each gate multiplied by `scale`, an odd number.

    Raises:
        BadInput: the scale is not a positive odd number, or a gate has no native inverse.
    """
    if scale < 1 or scale % 2 == 0:
        message = f"A noise scale of {scale} cannot be folded. Use odd numbers such as 1, 3, 5."
        raise BadInput(message)
    folds = (scale - 1) // 2
    gates = [folded for gate in circuit.gates for folded in (gate, *(*inverse(gate), gate) * folds)]
    return Circuit(circuit.n_qubits, tuple(gates))


def inverse(gate: Gate) -> tuple[Gate, ...]:
    """Return the inverse of a native gate, in native gates of the same device.

    Raises:
        BadInput: there is none for this gate.
    """
    match gate.name:
        case name if name in SELF_INVERSE:
            return (gate,)
        case name if name in NEGATED:
            return (Gate(name, gate.qubits, (-gate.angles[0],)),)
        case "prx":
            theta, phi = gate.angles
            return (Gate("prx", gate.qubits, (-theta, phi)),)
        case "gpi2":
            return (Gate("gpi2", gate.qubits, (gate.angles[0] + Angle(np.pi),)),)
        case "ms":
            first, second, theta = gate.angles
            return (Gate("ms", gate.qubits, (first + Angle(np.pi), second, theta)),)
        case "iswap":
            # iSWAP's own adjoint would be three iSWAPs; a half turn before and after is free.
            turn = Gate("rz", gate.qubits[:1], (Angle(np.pi),))
            return (turn, gate, turn)
        case name:
            message = f"Zero-noise extrapolation cannot fold {name}. Use --mitigate readout."
            raise BadInput(message)


def planned_weights(scales: Sequence[int]) -> tuple[float, ...]:
    """Return how much each scale counts in a straight-line fit: what its shots are worth."""
    return _line(np.asarray(scales, dtype=float), np.ones(len(scales)))


def combine(
    scales: Sequence[int],
    values: Sequence[float],
    stderrs: Sequence[float],
    *,
    asymptote: float,
) -> Extrapolation:
    """Extrapolate `values` at `scales` to scale 0; `stderrs` weigh them (0 counts as exact)."""
    x = np.asarray(scales, dtype=float)
    y = np.asarray(values, dtype=float) - asymptote
    floor = max(*stderrs, 1e-12) * 1e-3
    sigma = np.maximum(np.asarray(stderrs, dtype=float), floor)
    if _decays(y, sigma):
        return _exponential(x, y, sigma, asymptote)
    weights = _line(x, sigma)
    return Extrapolation(float(np.dot(weights, y)) + asymptote, weights, "linear")


def _decays(y: np.ndarray, sigma: np.ndarray) -> bool:
    one_sign = bool(np.all(y > 0) or np.all(y < 0))
    return one_sign and bool(np.all(np.abs(y) > SIGNIFICANT * sigma))


def _exponential(
    x: np.ndarray, y: np.ndarray, sigma: np.ndarray, asymptote: float
) -> Extrapolation:
    log_weights = np.asarray(_line(x, sigma / np.abs(y)))
    amplitude = float(np.sign(y[0]) * np.exp(np.dot(log_weights, np.log(np.abs(y)))))
    weights = tuple(float(w) for w in amplitude * log_weights / y)
    return Extrapolation(asymptote + amplitude, weights, "exponential")


def _line(x: np.ndarray, sigma: np.ndarray) -> tuple[float, ...]:
    share = sigma**-2 / np.sum(sigma**-2)
    mean = np.dot(share, x)
    spread = np.dot(share, (x - mean) ** 2)
    if spread == 0.0:
        message = "Zero-noise extrapolation needs at least two different noise scales."
        raise BadInput(message)
    return tuple(float(w) for w in share * (1.0 - mean * (x - mean) / spread))
