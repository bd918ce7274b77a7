"""One setting says who works on the pieces of a run; what cannot be meant is refused in a line."""

from collections.abc import Iterator
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.errors import BadInput
from tasks.orchestration import task_runners
from tasks.orchestration.task_runners import MAX_PROCESSES, Choice, choice, configured

KINDS = st.sampled_from(["dask", "ray"])


@pytest.fixture(autouse=True, scope="module")
def _installed() -> Iterator[None]:
    """Have both runners installed, wherever this is run."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(task_runners, "find_spec", lambda name: name)
        yield


@given(kind=KINDS, processes=st.integers(1, MAX_PROCESSES))
def test_a_number_is_so_many_processes_of_this_machine(kind: str, processes: int) -> None:
    found = choice(f" {kind}:{processes} ")
    assert (found.kind, found.processes, found.address) == (kind, processes, "")
    assert found.elsewhere


@given(
    kind=KINDS,
    address=st.from_regex(r"(tcp|tls|ray)://[a-z0-9.-]{1,30}:[0-9]{1,5}|[a-z0-9.-]{1,30}:[0-9]{1,5}",
                          fullmatch=True),
)  # fmt: skip
def test_an_address_is_a_cluster_that_is_there_already(kind: str, address: str) -> None:
    found = choice(f"{kind}:{address}")
    assert (found.kind, found.processes, found.address) == (kind, 0, address)


@pytest.mark.parametrize("text", ["", "threads", "  "])
def test_nothing_is_said_and_nothing_leaves_the_process(
    text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QRT_TASK_RUNNER", text)
    assert not configured().elsewhere


@given(text=st.text(max_size=30))
def test_any_text_is_a_choice_or_one_line_that_says_why_not(text: str) -> None:
    with suppress(BadInput):
        assert isinstance(choice(text), Choice)
        return
    with pytest.raises(BadInput) as refused:
        choice(text)
    assert len(str(refused.value).splitlines()) == 1


@pytest.mark.parametrize("text", ["dask:0", "ray:257", "dask:here", "threads:4", "ray:-1", "spark"])
def test_what_cannot_be_meant_is_refused(text: str) -> None:
    with pytest.raises(BadInput):
        choice(text)


def test_a_runner_that_is_not_installed_says_how_to_get_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(task_runners, "find_spec", lambda _: None)
    with pytest.raises(BadInput, match="make cluster"):
        choice("dask:2")
    assert choice("threads").kind == "threads"
