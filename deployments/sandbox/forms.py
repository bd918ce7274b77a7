"""How each vendor's capabilities document is headed, and what it says that no snapshot does.

Operations, pragmas and result types are those of the documents of Garnet, Cepheus-1-108Q and
Forte-Enterprise-1 of 2026-05 and SV1 of 2022-06 in github.com/amazon-braket/amazon-braket-examples
at 9b71ff6b (Apache-2.0); DM1's noise pragmas are from the AWS developer guide.
"""

from dataclasses import dataclass

SCHEMAS = "braket.device_schema"

_SAMPLED = ("sample", "expectation", "variance", "probability")
_EXACT = ("state_vector", "density_matrix", "amplitude")
_NOISES = (
    "amplitude_damping",
    "bit_flip",
    "depolarizing",
    "kraus",
    "pauli_channel",
    "generalized_amplitude_damping",
    "phase_flip",
    "phase_damping",
    "two_qubit_dephasing",
    "two_qubit_depolarizing",
)


@dataclass(frozen=True, slots=True)
class Form:
    """One kind of document. Schema names are without `braket.device_schema.`."""

    capabilities: tuple[str, str]
    parameters: str
    location: str
    operations: tuple[str, ...]
    pragmas: tuple[str, ...]
    forbidden: tuple[str, ...]
    result_types: tuple[str, ...]
    observables: tuple[str, ...]
    whole_device: bool = False
    upper_case_gates: bool = False
    one_qubit_benchmarks: tuple[str, ...] = ("RANDOMIZED_BENCHMARKING",)
    provider: tuple[tuple[str, str], ...] = ()
    extra_natives: tuple[str, ...] = ()
    unassigned_measurements: bool = False
    partial_verbatim: bool = True
    contiguous: bool = False


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


def _result_pragmas(kinds: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(f"braket_result_type_{kind}" for kind in kinds)


def _noise_pragmas() -> tuple[str, ...]:
    return tuple(f"braket_noise_{noise}" for noise in _NOISES)


_QPU_PRAGMAS = ("verbatim", *_result_pragmas(_SAMPLED))
_QPU_FORBIDDEN = ("braket_unitary_matrix", *_result_pragmas(_EXACT))
_QPU_RESULTS = ("Sample", "Expectation", "Variance", "Probability")
_PAULIS = ("x", "y", "z", "h", "i")
_SIMULATED = _words(
    "ccnot cnot cphaseshift cphaseshift00 cphaseshift01 cphaseshift10 cswap cy cz ecr h i iswap "
    "pswap phaseshift rx ry rz s si swap t ti v vi x xx xy y yy z zz gpi gpi2 ms"
)

IQM = Form(
    capabilities=("iqm.iqm_device_capabilities", "1"),
    parameters="iqm.iqm_device_parameters",
    location="Espoo, Finland",
    operations=_words(
        "ccnot cnot cphaseshift cphaseshift00 cphaseshift01 cphaseshift10 cswap swap iswap pswap "
        "ecr cy cz xy xx yy zz h i phaseshift rx ry rz s si t ti v vi x y z prx barrier"
    ),
    pragmas=_QPU_PRAGMAS,
    forbidden=_QPU_FORBIDDEN,
    result_types=_QPU_RESULTS,
    observables=_PAULIS,
    one_qubit_benchmarks=("SIMULTANEOUS_RANDOMIZED_BENCHMARKING",),
    provider=(("iqm.iqm_provider_properties", "1"),),
    extra_natives=("barrier",),
)
RIGETTI = Form(
    capabilities=("rigetti.rigetti_device_capabilities", "2"),
    parameters="rigetti.rigetti_device_parameters",
    location="California, USA",
    operations=_words(
        "cz xy ccnot cnot cphaseshift cphaseshift00 cphaseshift01 cphaseshift10 cswap h i iswap "
        "phaseshift pswap rx ry rz s si swap t ti x y z barrier"
    ),
    pragmas=_QPU_PRAGMAS,
    forbidden=(*_QPU_FORBIDDEN, "braket_result_type_adjoint_gradient"),
    result_types=_QPU_RESULTS,
    observables=_PAULIS,
    one_qubit_benchmarks=("RANDOMIZED_BENCHMARKING", "SIMULTANEOUS_RANDOMIZED_BENCHMARKING"),
    extra_natives=("barrier",),
)
IONQ = Form(
    capabilities=("ionq.ionq_device_capabilities", "1"),
    parameters="ionq.ionq_device_parameters",
    location="Basel, Switzerland",
    operations=_words("x y z h s si t ti v vi rx ry rz cnot swap xx yy zz"),
    pragmas=_QPU_PRAGMAS,
    forbidden=(*_QPU_FORBIDDEN, "braket_result_type_adjoint_gradient"),
    result_types=_QPU_RESULTS,
    observables=_PAULIS,
    whole_device=True,
    upper_case_gates=True,
    unassigned_measurements=True,
    partial_verbatim=False,
)
SV1 = Form(
    capabilities=("simulators.gate_model_simulator_device_capabilities", "1"),
    parameters="simulators.gate_model_simulator_device_parameters",
    location="",
    operations=_SIMULATED,
    pragmas=(
        "braket_unitary_matrix",
        "braket_basis_rotation",
        *_result_pragmas((*_SAMPLED, "state_vector", "amplitude")),
    ),
    forbidden=(
        *_result_pragmas(("density_matrix", "adjoint_gradient")),
        *_noise_pragmas(),
    ),
    result_types=(*_QPU_RESULTS, "StateVector", "Amplitude"),
    observables=(*_PAULIS, "hermitian"),
    unassigned_measurements=True,
    contiguous=True,
)
DM1 = Form(
    capabilities=SV1.capabilities,
    parameters=SV1.parameters,
    location="",
    operations=_SIMULATED,
    pragmas=(
        "braket_unitary_matrix",
        "braket_basis_rotation",
        *_result_pragmas((*_SAMPLED, "density_matrix")),
        *_noise_pragmas(),
    ),
    forbidden=_result_pragmas(("state_vector", "amplitude", "adjoint_gradient")),
    result_types=(*_QPU_RESULTS, "DensityMatrix"),
    observables=(*_PAULIS, "hermitian"),
    unassigned_measurements=True,
    contiguous=True,
)
BY_VENDOR = {"IQM": IQM, "Rigetti": RIGETTI, "IonQ": IONQ}
BY_SIMULATOR = {"SV1": SV1, "DM1": DM1}
