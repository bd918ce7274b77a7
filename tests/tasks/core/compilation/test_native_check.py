"""The last look at a circuit before it is run."""

import math
import re

import pytest
from device_forms import IONQ, IQM, RIGETTI

from datasets.records.circuits import Angle, Circuit, Gate
from datasets.records.devices import DeviceSnapshot
from tasks.core.compilation.checks import check_native
from tasks.errors import Terminal

FREE = Angle(0.0, (("a", 1.0),))
HALF = Angle(math.pi)


@pytest.mark.parametrize(
    ("snapshot", "gate", "says"),
    [
        (IQM, Gate("rx", (1,), (HALF,)), "native gates are cz, prx"),
        (IQM, Gate("cz", (1, 9)), "no coupler 1-9"),
        (IQM, Gate("prx", (0,), (HALF, HALF)), "qubit 0 is not among its 9"),
        (IQM, Gate("cz", (1, 40)), "qubit 40"),
        (IQM, Gate("prx", (1,), (HALF,)), "takes 1 qubits and 2 angles"),
        (IQM, Gate("cz", (1, 1)), "no coupler 1-1"),
        (IQM, Gate("prx", (1,), (Angle(math.nan), HALF)), "not a finite number"),
        (RIGETTI, Gate("rx", (1,), (Angle(0.3),)), "multiples of pi/2"),
        (RIGETTI, Gate("rx", (1,), (FREE,)), "multiples of pi/2"),
        (IONQ, Gate("cz", (0, 1)), "native gates are gpi, gpi2, zz"),
    ],
)
def test_a_gate_that_the_device_cannot_run_is_named_with_the_reason(
    snapshot: DeviceSnapshot, gate: Gate, says: str
) -> None:
    with pytest.raises(Terminal, match=re.escape(says)):
        check_native(Circuit(2, (gate,)), snapshot=snapshot)


def test_native_gates_on_couplers_in_either_direction_pass() -> None:
    check_native(Circuit(2, (Gate("prx", (1,), (FREE, HALF)), Gate("cz", (2, 1)))), snapshot=IQM)
    check_native(
        Circuit(2, (Gate("rx", (1,), (-HALF,)), Gate("rz", (1,), (FREE,)))), snapshot=RIGETTI
    )
    check_native(Circuit(2, (Gate("zz", (6, 0), (FREE,)),)), snapshot=IONQ)
