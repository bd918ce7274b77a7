"""What a run may cost is told before it is opened, to the cent of what its quote says."""

from decimal import Decimal
from unittest.mock import ANY

import pytest
from pydantic import ValidationError

from datasets.devices.catalogue import resolve
from datasets.home import home
from tasks.context.runtime import open_runtime
from tasks.core.canaries.suite import ghz_program
from tasks.core.physics.grouping import group
from tasks.errors import BadInput
from tasks.program.compile_cache import compile_once
from tasks.program.experiment import Experiment
from tasks.quotes.comparison import offer
from tasks.quotes.price_ceiling import check_cap
from tasks.requests.batch import BatchRequest
from tasks.requests.canary import CanaryRequest
from tasks.requests.run import RunRequest
from tasks.requests.search import QaoaRequest, VqeRequest
from tasks.requests.sweep import SweepRequest
from tasks.workloads.canary import canaries
from tasks.workloads.quote_request import asked_piece, ceiling_usd

CIRCUIT = "OPENQASM 3.0; input float theta; qubit[2] q; rx(theta) q[0]; cnot q[0], q[1];"
FIXED = "OPENQASM 3.0; qubit[2] q; rx(1.5) q[0]; cnot q[0], q[1];"
POINTS = ["theta=0:3:150"]
ASKED: tuple[tuple[str, RunRequest], ...] = (
    ("vqe", VqeRequest()),
    ("vqe", VqeRequest(target="emulator:forte-enterprise", mitigate="none", iterations=2)),
    ("qaoa", QaoaRequest(graph="ring:5", target="emulator:emerald", mitigate="readout,zne")),
    ("sweep", SweepRequest(circuit=CIRCUIT, points=POINTS, target="emulator:garnet")),
    (
        "sweep",
        SweepRequest(
            circuit=CIRCUIT,
            points=POINTS,
            observables=["X0*X1", "Z0"],
            target=["emulator:garnet", "emulator:cepheus", "local:sv"],
            mitigate="readout,zne",
            repetitions=3,
        ),
    ),
    ("batch", BatchRequest(circuits=[FIXED] * 3, target="emulator:garnet", mitigate="readout")),
    ("canary", CanaryRequest(target="emulator:garnet")),
)


@pytest.mark.slow
@pytest.mark.parametrize(("flow", "parameters"), ASKED)
def test_the_price_without_compiling_is_that_of_the_quote(
    flow: str, parameters: RunRequest, qrt_home: object
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
    asked = CanaryRequest(target="emulator:garnet", mirrors=3, layers=2)
    with asked_piece("canary", CanaryRequest(), runtime=None) as (run, _):
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
    designed = canaries.quoted(canaries.designed(experiment, request=asked)).plain()
    assert canaries.priced(snapshot, request=asked).plain() == designed | {"unpacked": ANY}


@pytest.mark.parametrize("cap", ["7.499999", "0.3", "0"])
def test_a_cap_is_held_to_the_millionth(cap: str) -> None:
    allowed, asked = VqeRequest(max_usd=Decimal("7.5")), VqeRequest(max_usd=Decimal(cap))
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
        VqeRequest.model_validate({"max_usd": cap})
