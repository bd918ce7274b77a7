"""Blocks: Prefect's own suite, and what ours promise beyond it."""

import inspect
import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prefect.blocks.core import Block
from prefect.testing.standard_test_suites.blocks import BlockStandardTestSuite
from pydantic import SecretStr

import blocks
from blocks import BraketAccount, Journal, Lake, Policy
from tasks.requests.search import QaoaRequest, VqeRequest
from tasks.requests.sweep import SweepRequest

pytestmark = pytest.mark.slow

KINDS = [getattr(blocks, name) for name in blocks.__all__]
SECRET = "recognisable"  # noqa: S105 - of nobody


def online() -> bool:
    """Whether Prefect's pictures can be fetched here."""
    try:
        socket.create_connection(("raw.githubusercontent.com", 443), timeout=2).close()
    except OSError:
        return False
    return True


class TestOurBlocks(BlockStandardTestSuite):  # type: ignore[misc]  # Prefect's is untyped
    """What Prefect asks of every block."""

    @pytest.fixture(params=KINDS, ids=lambda kind: kind.__name__)
    def block(self, request: pytest.FixtureRequest) -> type[Block]:
        kind: type[Block] = request.param
        return kind

    def test_has_a_valid_image(self, block: type[Block]) -> None:
        if not online():
            pytest.skip("the picture is on the network, which cannot be reached")
        super().test_has_a_valid_image(block)


@pytest.mark.parametrize("kind", KINDS)
def test_every_block_can_be_made_of_nothing_and_then_asks_for_nothing(kind: type[Block]) -> None:
    made = kind()
    settings = getattr(made, "settings", None) or getattr(made, "chosen", dict)
    assert settings() == {}


@pytest.mark.parametrize("kind", KINDS)
def test_a_block_does_nothing_when_it_is_made(kind: type[Block]) -> None:
    source = inspect.getsource(inspect.getmodule(kind))  # type: ignore[arg-type]
    assert not {"boto3", "requests", "httpx", "open("} & set(source.split())
    assert "validator" not in source


@given(st.text(min_size=8, alphabet="abcdefghijklmnop0123456789"))
def test_a_secret_is_in_no_text_of_a_block(secret: str) -> None:
    hidden = f"{SECRET}-{secret}"
    made = [
        BraketAccount(secret_access_key=SecretStr(hidden), session_token=SecretStr(hidden)),
        Journal(url=SecretStr(hidden)),
    ]
    assert all(hidden not in f"{block!r} {block} {block.model_dump_json()}" for block in made)
    assert hidden in made[0].settings().values()
    assert hidden in made[1].settings().values()


def test_what_a_policy_says_is_a_parameter_of_some_flow() -> None:
    known = SweepRequest.model_fields.keys() | VqeRequest.model_fields.keys()
    assert set(Policy.model_fields) <= known
    assert VqeRequest.model_fields.keys() - QaoaRequest.model_fields.keys() == {
        "problem",
        "ansatz",
    }


@pytest.mark.parametrize("wrong", [{"region": "Frankfurt"}, {"endpoint_url": "localhost:1"}])
def test_an_account_refuses_what_cannot_be_meant(wrong: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="pattern"):
        BraketAccount(**wrong)  # type: ignore[arg-type]


def test_a_lake_is_an_absolute_folder() -> None:
    with pytest.raises(ValueError, match="pattern"):
        Lake(folder="relative")
