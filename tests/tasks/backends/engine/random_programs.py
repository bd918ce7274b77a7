"""Random OpenQASM programs over all that Braket's simulators know, and what those make of them."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from hypothesis import strategies as st

# How many qubits and angles each gate has.
GATES = {
    **dict.fromkeys(("i", "h", "x", "y", "z", "s", "si", "t", "ti", "v", "vi"), (1, 0)),
    **dict.fromkeys(("cnot", "cv", "cy", "cz", "ecr", "swap", "iswap"), (2, 0)),
    **dict.fromkeys(("ccnot", "cswap"), (3, 0)),
    **dict.fromkeys(("rx", "ry", "rz", "phaseshift", "gpi", "gpi2"), (1, 1)),
    **dict.fromkeys(("cphaseshift", "cphaseshift00", "cphaseshift01", "cphaseshift10"), (2, 1)),
    **dict.fromkeys(("xx", "yy", "zz", "xy", "pswap"), (2, 1)),
    "prx": (1, 2),
    "U": (1, 3),
    "ms": (2, 3),
}
RATES = {
    "bit_flip": (1, 1),
    "phase_flip": (1, 1),
    "depolarizing": (1, 1),
    "pauli_channel": (1, 3),
    "amplitude_damping": (1, 1),
    "generalized_amplitude_damping": (1, 2),
    "phase_damping": (1, 1),
    "two_qubit_depolarizing": (2, 1),
    "two_qubit_dephasing": (2, 1),
}
UNITARY = "[[0.6, 0.8im], [0.8im, 0.6]]"
KRAUS = "[[0.8, 0], [0, 0.8]], [[0, 0.6], [0.6, 0]]"
N_QUBITS = 4
NAMES = ("alpha", "beta")

numbers = st.floats(-7, 7, allow_nan=False).map(lambda x: repr(round(x, 6)))
angles = st.one_of(
    numbers,
    st.sampled_from(NAMES),
    st.builds("{}*{} + {}".format, numbers, st.sampled_from(NAMES), numbers),
    st.sampled_from(
        ["pi/3", "-alpha", "alpha*beta", "sin(alpha) - cos(beta)", "alpha**2/4", "exp(-beta**2)"]
    ),
    st.just("tan(alpha/5) + pi*beta/2"),
)
qubits = st.permutations(range(N_QUBITS))
powers = st.sampled_from(["pow(2)", "pow(-3)", "pow(0.5)", "pow(-0.3)", "inv"])
controls = st.sampled_from(["ctrl", "negctrl"])


@st.composite
def gates(draw: st.DrawFn) -> str:
    """Draw one gate with its modifiers."""
    name = draw(st.sampled_from(sorted(GATES)))
    width, n_angles = GATES[name]
    room = N_QUBITS - width
    leading = draw(st.lists(controls, max_size=min(room, 2)))
    modifiers = leading + draw(st.lists(powers, max_size=1))
    modifiers = draw(st.permutations(modifiers))
    chosen = draw(qubits)[: width + len(leading)]
    given = ", ".join(draw(angles) for _ in range(n_angles))
    where = ", ".join(f"q[{q}]" for q in chosen)
    prefix = "".join(f"{modifier} @ " for modifier in modifiers)
    return f"{prefix}{name}{f'({given})' if given else ''} {where};"


@st.composite
def others(draw: st.DrawFn) -> str:
    """Draw a statement that is no plain gate."""
    first, second, *_ = draw(qubits)
    return draw(
        st.sampled_from(
            [
                f"gphase({draw(angles)});",
                f"ctrl @ gphase({draw(angles)}) q[{first}];",
                f"#pragma braket unitary({UNITARY}) q[{first}]",
                f"mine({draw(angles)}) q[{first}], q[{second}];",
                f"inv @ mine({draw(angles)}) q[{first}], q[{second}];",
                f"for int i in [0:1] {{ ry(i*alpha) q[{first}]; }}",
                f"box {{ h q[{second}]; }}",
                "barrier q;",
            ]
        )
    )


@st.composite
def channels(draw: st.DrawFn) -> str:
    """Draw a noise pragma."""
    name = draw(st.sampled_from([*sorted(RATES), "kraus"]))
    first, second, *_ = draw(qubits)
    if name == "kraus":
        return f"#pragma braket noise kraus({KRAUS}) q[{first}]"
    width, n_rates = RATES[name]
    rates = ", ".join(str(round(draw(st.floats(0, 0.3)), 4)) for _ in range(n_rates))
    where = f"q[{first}]" if width == 1 else f"q[{first}], q[{second}]"
    return f"#pragma braket noise {name}({rates}) {where}"


def sources(*, noisy: bool) -> st.SearchStrategy[str]:
    """Draw whole programs."""
    kinds = [gates(), gates(), others(), *([channels(), channels()] if noisy else [])]
    body = st.lists(st.one_of(kinds), min_size=1, max_size=10 if noisy else 16)
    return body.map(text)


def text(body: list[str]) -> str:
    """Return a program with a gate of its own and every qubit touched."""
    head = [
        "OPENQASM 3.0;",
        *(f"input float {name};" for name in NAMES),
        f"qubit[{N_QUBITS}] q;",
        "gate mine(t) a, b { rx(t/2) a; ctrl @ ry(-t) a, b; gphase(t); }",
        *(f"h q[{q}];" for q in range(N_QUBITS)),
    ]
    return "\n".join([*head, *body]) + "\n"


# Of angles like 1e-308 the roots of matrices overflow in scipy, which Braket asks for them.
turns = st.floats(-math.pi, math.pi, allow_nan=False).map(lambda turn: round(turn, 12))
points = st.lists(
    st.tuples(*[turns] * len(NAMES)),
    min_size=1,
    max_size=3,
).map(np.array)


def by_braket(source: str, values: Mapping[str, float], *, noisy: bool) -> Any:
    """Return the state vector or density matrix that Braket's simulator ends with.

    It is given controlled gates and powers as whole matrices: release 1.41.2 loses a controlled
    gate whose control is not the first qubit, because it writes into a copy, and takes a power of
    cnot or swap for the gate itself.
    """
    from braket.default_simulator import DensityMatrixSimulator, StateVectorSimulator
    from braket.ir.openqasm import Program

    simulator = DensityMatrixSimulator() if noisy else StateVectorSimulator()
    program = Program(source=source, inputs=dict(values))
    circuit = simulator.parse_program(program).circuit
    simulation = simulator.initialize_simulation(qubit_count=N_QUBITS, shots=0, batch_size=1)
    simulation.evolve([whole(operation) for operation in circuit.instructions])
    return simulation.density_matrix if noisy else simulation.state_vector


def whole(operation: Any) -> Any:
    """Return an operation without controls and powers."""
    from braket.default_simulator.gate_operations import Unitary
    from braket.default_simulator.linalg_utils import controlled_matrix

    controls = getattr(operation, "control_state", ())
    if not controls and getattr(operation, "_power", 1) == 1:
        return operation
    # The function's last control is the outermost; the modifiers' first one is.
    return Unitary(operation.targets, controlled_matrix(operation.matrix, controls[::-1]))
