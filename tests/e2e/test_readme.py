"""What the README shows is what its commands print; `python -m tests.readme` writes it anew."""

import pytest

from tests.readme import Shown, shown

EXAMPLES = list(shown())
MARKED = [pytest.param(each, id=each.command) for each in EXAMPLES]


@pytest.mark.e2e
@pytest.mark.parametrize("example", MARKED)
def test_the_output_in_the_readme_is_the_command_s(example: Shown) -> None:
    assert example.said() == example.lines


def test_the_examples_of_the_readme_are_found() -> None:
    assert [each.command.split()[1] for each in EXAMPLES] == ["vqe", "qaoa"]
    assert all(len(each.lines) >= 3 for each in EXAMPLES)
