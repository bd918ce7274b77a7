"""What a run may cost is told before it is opened, to the cent of what its quote says."""

from decimal import Decimal
from unittest.mock import ANY

import pytest
from pydantic import ValidationError

from datasets.devices.catalogue import resolve
from datasets.layout import home
from flows.batch_parameters import BatchParameters
from flows.parameters import CanaryParameters, RunParameters, SweepParameters
from flows.search_parameters import QaoaParameters, VqeParameters
from flows.unbought import asked_piece, ceiling_usd
from tasks.core.canaries.suite import ghz_program
from tasks.core.grouping import group
from tasks.errors import BadInput
from tasks.lifecycle import canaries
from tasks.lifecycle.compile_cache import compile_once
from tasks.lifecycle.experiment import Experiment
from tasks.lifecycle.offers import offer
from tasks.lifecycle.price_ceiling import check_cap
from tasks.lifecycle.runtime import open_runtime

CIRCUIT = "OPENQASM 3.0; input float theta; qubit[2] q; rx(theta) q[0]; cnot q[0], q[1];"
FIXED = "OPENQASM 3.0; qubit[2] q; rx(1.5) q[0]; cnot q[0], q[1];"
POINTS = ["theta=0:3:150"]
ASKED: tuple[tuple[str, RunParameters], ...] = (
    ("vqe", VqeParameters()),
    ("vqe", VqeParameters(target="emulator:forte-enterprise", mitigate="none", iterations=2)),
    ("qaoa", QaoaParameters(graph="ring:5", target="emulator:emerald", mitigate="readout,zne")),
    ("sweep", SweepParameters(circuit=CIRCUIT, points=POINTS, target="emulator:garnet")),
    (
        "sweep",
        SweepParameters(
            circuit=CIRCUIT,
            points=POINTS,
            observables=["X0*X1", "Z0"],
            target=["emulator:garnet", "emulator:cepheus", "local:sv"],
            mitigate="readout,zne",
            repetitions=3,
        ),
    ),
    ("batch", BatchParameters(circuits=[FIXED] * 3, target="emulator:garnet", mitigate="readout")),
    ("canary", CanaryParameters(target="emulator:garnet")),
)


@pytest.mark.slow
@pytest.mark.parametrize(("flow", "parameters"), ASKED)
def test_the_price_without_compiling_is_that_of_the_quote(
    flow: str, parameters: RunParameters, qrt_home: object
) -> None:
    del qrt_home
    ahead = ceiling_usd(flow, parameters)
    assert not home().root.exists()
    runtime = open_runtime(home())
    with asked_piece(flow, parameters, runtime=runtime) as (run, piece):
        told = offer(run, piece, runtime=runtime)
    assert float(ahead) == told["at_most_usd"]


@pytest.mark.slow
def test_canaries_are_priced_as_they_are_designed(qrt_home: object) -> None:
    del qrt_home
    program = ghz_program(5)
    groups, snapshot = group(program.observable), resolve("emulator:garnet")
    asked = CanaryParameters(target="emulator:garnet", mirrors=3, layers=2).model_dump()
    with asked_piece("canary", CanaryParameters(), runtime=None) as (run, _):
        experiment = Experiment(
            run_id=run.run_id,
            seed=1,
            target=run.target,
            program=program,
            groups=groups,
            snapshot=snapshot,
            compiled=compile_once(
                program,
                snapshot=snapshot,
                bases=[each.basis for each in groups],
                home=home(),
            ),
        )
    designed = canaries.quoted(canaries.designed(experiment, asked=asked)).plain()
    assert canaries.priced(snapshot, asked=asked).plain() == designed | {"unpacked": ANY}


@pytest.mark.parametrize("cap", ["7.499999", "0.3", "0"])
def test_a_cap_is_held_to_the_millionth(cap: str) -> None:
    allowed, asked = VqeParameters(max_usd=Decimal("7.5")), VqeParameters(max_usd=Decimal(cap))
    assert asked.model_dump()["max_usd"] == float(cap)
    with asked_piece("vqe", allowed, runtime=None) as (run, _):
        check_cap(Decimal("7.500000"), run)
    with (
        asked_piece("vqe", asked, runtime=None) as (run, _),
        pytest.raises(BadInput, match=r"may cost up to 7\.50 USD"),
    ):
        check_cap(Decimal("7.500000"), run)


@pytest.mark.parametrize("cap", ["NaN", "Infinity", "-1", "1e400", "0.0000001"])
def test_a_cap_that_is_no_amount_is_refused(cap: str) -> None:
    with pytest.raises(ValidationError):
        VqeParameters.model_validate({"max_usd": cap})
