"""Every error of the provider has a place in the tree, and the tree survives pickling."""

import pickle

import pytest

from tasks.backends.braket import faults as braket_faults
from tasks.errors import (
    CredentialsExpired,
    CredentialsMissing,
    InvalidRequest,
    NotFound,
    Refused,
    ResultUnreadable,
    RuntimeFault,
    Terminal,
    Throttled,
    Transient,
    Unavailable,
)


def leaves(kind: type[RuntimeFault]) -> list[type[RuntimeFault]]:
    below = [leaf for child in kind.__subclasses__() for leaf in leaves(child)]
    return below or [kind]


def test_every_error_of_the_braket_model_has_a_place() -> None:
    import botocore.session

    model = botocore.session.get_session().get_service_model("braket")
    shapes = {shape.name for shape in model.error_shapes}
    assert shapes == set(braket_faults.BRAKET)


def test_an_error_is_transient_when_the_service_failed_or_throttled_and_only_then() -> None:
    import botocore.session

    model = botocore.session.get_session().get_service_model("braket")
    for shape in model.error_shapes:
        status = shape.metadata["error"]["httpStatusCode"]
        transient = issubclass(braket_faults.BRAKET[shape.name], Transient)
        assert transient == (status == 429 or status >= 500), shape.name


@pytest.mark.parametrize(
    ("code", "status", "fault"),
    [
        ("ExpiredTokenException", 403, CredentialsExpired),
        ("ExpiredToken", 400, CredentialsExpired),
        ("UnrecognizedClientException", 403, CredentialsMissing),
        ("SlowDown", 503, Throttled),
        ("Throttling", 400, Throttled),
        ("NoSuchKey", 404, NotFound),
        ("403", 403, braket_faults.AccessDenied),
        ("NewException", 429, Throttled),
        ("NewException", 503, Unavailable),
        ("NewException", 400, InvalidRequest),
    ],
)
def test_a_code_of_any_service_has_a_place(
    code: str, status: int, fault: type[RuntimeFault]
) -> None:
    assert braket_faults.of_code(code, status=status) is fault


def test_every_error_of_the_client_has_a_place() -> None:
    from botocore import exceptions

    kinds = [kind for kind in vars(exceptions).values() if isinstance(kind, type)]
    of_botocore = [kind for kind in kinds if issubclass(kind, exceptions.BotoCoreError)]
    assert len(of_botocore) > 50
    for kind in of_botocore:
        assert issubclass(braket_faults.of_client(kind), Refused | Unavailable)
    for kind in (
        exceptions.EndpointConnectionError,
        exceptions.ConnectTimeoutError,
        exceptions.ReadTimeoutError,
        exceptions.ConnectionClosedError,
        exceptions.ProxyConnectionError,
    ):
        assert braket_faults.of_client(kind) is Unavailable
    assert braket_faults.of_client(exceptions.UnauthorizedSSOTokenError) is CredentialsExpired
    assert braket_faults.of_client(exceptions.NoCredentialsError) is CredentialsMissing


def test_no_error_is_both_transient_and_terminal() -> None:
    for leaf in leaves(RuntimeFault):
        assert issubclass(leaf, Transient) != issubclass(leaf, Terminal), leaf


@pytest.mark.parametrize(
    "kind", sorted({*braket_faults.BRAKET.values(), CredentialsExpired}, key=str), ids=str
)
def test_what_the_provider_said_survives_pickling_and_is_one_line(kind: type[Refused]) -> None:
    fault = kind("CreateQuantumTask", "SomeException", "It says no.")
    again = pickle.loads(pickle.dumps(fault))  # noqa: S301 - our own bytes
    assert (type(again), again.args, str(again)) == (kind, fault.args, str(fault))
    assert str(fault).startswith("CreateQuantumTask: It says no (SomeException). ")
    assert "\n" not in str(fault)
    assert "resume" not in fault.plainly


def test_a_damaged_result_says_where_and_what_to_do() -> None:
    fault = ResultUnreadable("s3://bucket/key", "it is not JSON")
    assert str(pickle.loads(pickle.dumps(fault))) == str(fault)  # noqa: S301 - our own bytes
    assert "s3://bucket/key" in str(fault)
    assert "qrt resume" in str(fault)
