"""Names and sentences in Markdown are read as they were written, whatever letters they hold."""

from collections.abc import Iterator

from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from tasks.report.markdown import code, picture, spoken, table

TEXTS = st.text(st.sampled_from("aZ0 .`*_~@|<>[]&;#\n\t"), max_size=20)
READER = MarkdownIt("commonmark").enable("table")


def inline(markdown: str) -> Iterator[list[Token]]:
    """Yield the parts of each line, heading and cell."""
    yield from (token.children or [] for token in READER.parse(markdown) if token.type == "inline")


def squeezed(text: str) -> str:
    return " ".join(text.split())


@given(TEXTS)
def test_a_name_is_one_code_span_of_itself(name: str) -> None:
    ((text, span, *_),) = inline(f"on {code(name)}")
    assert (text.content, span.type) == ("on ", "code_inline")
    assert squeezed(span.content) == squeezed(name)


@given(TEXTS)
def test_a_sentence_keeps_its_words_and_none_of_them_is_read_otherwise(sentence: str) -> None:
    (parts,) = inline(f"so: {spoken(sentence)}")
    assert {part.type for part in parts} <= {"text", "code_inline"}
    said = "".join(part.content for part in parts)
    assert squeezed(said) == squeezed(f"so: {sentence}")
    plain = "".join(part.content for part in parts if part.type == "text")
    assert not set("@*_|<~`") & set(plain)


def test_a_sentence_without_such_words_stays_as_it_is() -> None:
    assert spoken("all 26 canaries passed (p = 0.01)") == "all 26 canaries passed (p = 0.01)"


def test_the_sign_after_a_name_is_not_of_the_name() -> None:
    assert spoken("garnet@2025-07-06: as before") == "`garnet@2025-07-06`: as before"


@given(st.lists(st.tuples(TEXTS, TEXTS), min_size=1, max_size=4))
def test_a_table_has_the_cells_that_it_was_given(rows: list[tuple[str, str]]) -> None:
    cells = [(code(name), spoken(f"so: {said}")) for name, said in rows]
    found = ["".join(part.content for part in parts) for parts in inline(table(("a", "b"), cells))]
    wanted = ["a", "b", *(each for name, said in rows for each in (name, f"so: {said}"))]
    assert [*map(squeezed, found)] == [*map(squeezed, wanted)]


@given(st.text(st.sampled_from("ab []"), max_size=12))
def test_a_picture_has_its_name(name: str) -> None:
    ((found,),) = inline(picture(name, "https://a.example/b.png"))
    assert found.type == "image"
    assert found.content.replace("\\", "") == name
