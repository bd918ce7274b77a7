"""A name that is cut keeps its beginning, whether or not it has blanks."""

from hypothesis import given
from hypothesis import strategies as st

from tasks.core.text.shortening import fault_line, shortened


@given(st.text(), st.integers(4, 30))
def test_a_text_keeps_what_fits_of_it(text: str, most: int) -> None:
    found, line = shortened(text, most), " ".join(text.split())
    assert len(found) <= most
    assert found == line if len(line) <= most else found[:-3] == line[: most - 3]


def test_a_long_word_is_not_lost() -> None:
    assert shortened("x" * 240, 20) == "x" * 17 + "..."
    assert shortened("theta=0.1,0.2,0.3,0.4", 12) == "theta=0.1..."


def test_a_fault_is_its_type_and_its_text_in_one_line() -> None:
    assert fault_line(ValueError("two\n  lines"), 40) == "ValueError: two lines"
    assert fault_line(ValueError("x" * 99), 20) == "ValueError: xxxxx..."
