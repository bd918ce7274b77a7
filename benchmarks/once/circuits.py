"""What both ways buy: so many different circuits on IQM Garnet, a task each."""

ARN = "arn:aws:braket:eu-north-1::device/qpu/iqm/Garnet"
SHOTS = 100


def sources(number: int) -> list[str]:
    """Return native OpenQASM 3 programs on two coupled qubits, no two alike."""
    return [
        "OPENQASM 3.0;\nbit[2] b;\n#pragma braket verbatim\nbox{\n"
        f"prx({0.1 + 0.01 * i}, 0.0) $3;\nprx({0.2 + 0.01 * i}, 0.5) $4;\ncz $3, $4;\n}}\n"
        "b[0] = measure $3;\nb[1] = measure $4;\n"
        for i in range(number)
    ]
