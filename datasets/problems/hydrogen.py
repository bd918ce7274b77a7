"""The Hamiltonian of H2 in STO-3G at any bond length, from integrals in closed form.

All four orbitals are sums of s Gaussians, whose integrals need exponentials and the error function
alone (Szabo and Ostlund, Modern Quantum Chemistry, appendix A). Symmetry fixes the molecular
orbitals, g = (1 + 2) / sqrt(2 + 2S) and u = (1 - 2) / sqrt(2 - 2S), so that nothing is iterated.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import product
from typing import Final

from datasets.records.problems import Problem
from tasks.core.physics.hamiltonian import merge

LEAST_ANGSTROM: Final = 0.1
MOST_ANGSTROM: Final = 10.0
_ANGSTROM: Final = 1 / 0.52917721092  # bohr; CODATA 2010, as of the bundled files
_EXPONENTS: Final = (3.42525091, 0.62391373, 0.16885540)
_WEIGHTS: Final = (0.15432897, 0.53532814, 0.44463454)
_SOURCE: Final = "computed in closed form, STO-3G, Jordan-Wigner"

_Centres = tuple[int, ...]  # of each function of an integral: 0 or 1


@dataclass(frozen=True, slots=True)
class _Gaussian:
    """A contracted primitive on the axis: weight with its norm, exponent, place in bohr."""

    weight: float
    exponent: float
    place: float

    def of(self, other: "_Gaussian") -> tuple[float, float, float]:
        """Return the product of two: its factor, exponent and centre."""
        total = self.exponent + other.exponent
        reduced = self.exponent * other.exponent / total
        factor = math.exp(-reduced * (self.place - other.place) ** 2)
        centre = (self.exponent * self.place + other.exponent * other.place) / total
        return self.weight * other.weight * factor, total, centre


@dataclass(frozen=True, slots=True)
class _Integrals:
    """Integrals in hartree over the molecular orbitals g and u; `j_gu` is (gg|uu), `k` (gu|gu)."""

    h_g: float
    h_u: float
    j_gg: float
    j_uu: float
    j_gu: float
    k: float
    repulsion: float


def hydrogen(distance_angstrom: float) -> Problem:
    """Return H2 with its nuclei that far apart, with its exact energy of two electrons."""
    found = _integrals(distance_angstrom * _ANGSTROM)
    name = f"h2@{distance_angstrom:.15g}"
    source = f"H2 at {distance_angstrom:.15g} angstrom; {_SOURCE}"
    hamiltonian = merge(_terms(found), n_qubits=4)
    return Problem(name, hamiltonian, 2, _ground(found), source, "2 electrons")


def _terms(found: _Integrals) -> Iterator[tuple[str, float]]:
    """Yield Pauli strings of the qubits g alpha, g beta, u alpha, u beta; 1 is occupied."""
    yield "IIII", found.repulsion
    for qubit, energy in enumerate((found.h_g, found.h_g, found.h_u, found.h_u)):
        yield "IIII", energy / 2
        yield _z(qubit), -energy / 2
    pairs = {(0, 1): found.j_gg, (2, 3): found.j_uu, (0, 3): found.j_gu, (1, 2): found.j_gu}
    pairs |= {(0, 2): found.j_gu - found.k, (1, 3): found.j_gu - found.k}
    for (one, other), energy in pairs.items():
        yield "IIII", energy / 4
        yield _z(one), -energy / 4
        yield _z(other), -energy / 4
        yield _z(one, other), energy / 4
    for string, sign in (("XXYY", -1), ("XYYX", 1), ("YXXY", 1), ("YYXX", -1)):
        yield string, sign * found.k / 4


def _z(*qubits: int) -> str:
    return "".join("Z" if qubit in qubits else "I" for qubit in range(4))


def _ground(found: _Integrals) -> float:
    """Return the lower energy of gg and uu, which alone mix: two electrons, no net spin."""
    low, high = 2 * found.h_g + found.j_gg, 2 * found.h_u + found.j_uu
    return (low + high) / 2 - math.hypot((high - low) / 2, found.k) + found.repulsion


def _integrals(distance: float) -> _Integrals:
    atoms = tuple(tuple(_atom(place)) for place in (0.0, distance))

    def summed(kind: Callable[..., float], centres: _Centres) -> float:
        return math.fsum(kind(*each) for each in product(*(atoms[at] for at in centres)))

    overlap = summed(_overlap, (0, 1))
    norms = {1: math.sqrt(2 + 2 * overlap), -1: math.sqrt(2 - 2 * overlap)}  # of g and u

    def core(one: _Gaussian, other: _Gaussian) -> float:
        return _kinetic(one, other) + sum(_attraction(one, other, at) for at in (0.0, distance))

    def molecular(kind: Callable[..., float], *signs: int) -> float:
        places = product((0, 1), repeat=len(signs))
        known = {
            at: summed(kind, at) * math.prod(s for s, c in zip(signs, at, strict=True) if c)
            for at in places
        }
        return math.fsum(known.values()) / math.prod(norms[sign] for sign in signs)

    return _Integrals(
        h_g=molecular(core, 1, 1),
        h_u=molecular(core, -1, -1),
        j_gg=molecular(_repulsion, 1, 1, 1, 1),
        j_uu=molecular(_repulsion, -1, -1, -1, -1),
        j_gu=molecular(_repulsion, 1, 1, -1, -1),
        k=molecular(_repulsion, 1, -1, 1, -1),
        repulsion=1 / distance,
    )


def _atom(place: float) -> Iterator[_Gaussian]:
    """Yield the primitives of a normalised orbital."""
    pairs = list(zip(_EXPONENTS, _WEIGHTS, strict=True))
    raw = [_Gaussian(weight * math.pow(2 * a / math.pi, 0.75), a, place) for a, weight in pairs]
    norm = math.sqrt(math.fsum(_overlap(*each) for each in product(raw, repeat=2)))
    for each in raw:
        yield replace(each, weight=each.weight / norm)


def _overlap(one: _Gaussian, other: _Gaussian) -> float:
    factor, total, _ = one.of(other)
    return factor * math.pow(math.pi / total, 1.5)


def _kinetic(one: _Gaussian, other: _Gaussian) -> float:
    reduced = one.exponent * other.exponent / (one.exponent + other.exponent)
    return reduced * (3 - 2 * reduced * (one.place - other.place) ** 2) * _overlap(one, other)


def _attraction(one: _Gaussian, other: _Gaussian, nucleus: float) -> float:
    factor, total, centre = one.of(other)
    return -2 * math.pi / total * factor * _boys(total * (centre - nucleus) ** 2)


def _repulsion(a: _Gaussian, b: _Gaussian, c: _Gaussian, d: _Gaussian) -> float:
    """Return (ab|cd), in the order of chemists: a and b belong to one electron."""
    left, p, at_left = a.of(b)
    right, q, at_right = c.of(d)
    between = _boys(p * q / (p + q) * (at_left - at_right) ** 2)
    return 2 * math.pow(math.pi, 2.5) / (p * q * math.sqrt(p + q)) * left * right * between


def _boys(argument: float) -> float:
    """Return the integral of exp(-argument x^2) over x from 0 to 1."""
    root = math.sqrt(argument)
    return 1.0 if root < 1e-9 else math.sqrt(math.pi) / 2 * math.erf(root) / root  # noqa: PLR2004
