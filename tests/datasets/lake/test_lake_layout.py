"""A file's name is a function of its key, and the home folder one of the environment."""

from pathlib import Path, PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datasets.home import home
from datasets.lake.naming import file_path
from datasets.lake.schema.schemas import SCHEMA_VERSIONS
from datasets.lake.schema.tables import TABLES
from tasks.errors import BadInput, UnknownName

KEYS = st.lists(st.text(max_size=200), min_size=1, max_size=4).map(tuple)


@given(st.sampled_from(sorted(TABLES)), KEYS)
def test_every_key_names_a_file_below_its_table_that_any_file_system_takes(
    table: str, key: tuple[str, ...]
) -> None:
    path = file_path(table, key)
    assert path.parts[:2] == (table, f"v{SCHEMA_VERSIONS[table]}")
    assert len(path.parts) == 2 + len(key)
    for part in path.parts:
        assert part not in {"", ".", ".."}
        assert not part.startswith((".", " "))
        assert not set(part) & set('/\\:*?"<>|=\0')
        assert part == part.lower()
        assert len(part.encode()) <= 100


@given(KEYS, KEYS)
def test_two_keys_name_one_file_only_when_they_are_equal(
    one: tuple[str, ...], other: tuple[str, ...]
) -> None:
    assert (file_path("counts", one) == file_path("counts", other)) == (one == other)


@pytest.mark.parametrize(
    ("one", "other"),
    [(("A",), ("a",)), (("a/b",), ("a", "b")), (("..",), (".",)), (("a" * 300,), ("a" * 301,))],
)
def test_keys_that_look_alike_to_a_file_system_are_kept_apart(
    one: tuple[str, ...], other: tuple[str, ...]
) -> None:
    first, second = (str(file_path("runs", key)).lower() for key in (one, other))
    assert first != second


def test_a_plain_key_is_readable_in_the_path() -> None:
    path = file_path("counts", ("1b4e28ba-2fa1", "chunk_0"))
    assert path == PurePosixPath("counts/v1/1b4e28ba-2fa1/chunk_0.parquet")


def test_an_unknown_table_is_named_with_the_known_ones() -> None:
    with pytest.raises(UnknownName, match=r"'count'.*counts"):
        file_path("count", ("a",))


@pytest.mark.parametrize("key", [(), "text"])
def test_a_key_without_parts_is_refused(key: tuple[str, ...]) -> None:
    with pytest.raises(BadInput, match="at least one part"):
        file_path("counts", key)


def test_the_home_folder_follows_the_environment_at_the_time_of_the_call(tmp_path: Path) -> None:
    assert home({}).root == Path.home() / ".quantum-runtime"
    there = home({"QRT_HOME": str(tmp_path)})
    assert there.lake == tmp_path / "lake"
    assert there.journal == tmp_path / "journal.db"
    assert home({"QRT_HOME": "relative"}).root == Path.cwd() / "relative"


@pytest.mark.parametrize(
    "text",
    ["~nobody-of-this-name/home", "/", "/srv/what?", "/srv/" + "a" * 300, "/srv" + "/abc" * 300,
     "/srv/a\nb", "/srv/\udcff"],
)  # fmt: skip
def test_a_home_that_cannot_be_one_is_refused_in_one_line(text: str) -> None:
    with pytest.raises(BadInput, match=r"^QRT_HOME is .*Set it to another folder\.$") as caught:
        home({"QRT_HOME": text})
    assert len(str(caught.value)) < 300


@pytest.mark.parametrize("name", ["a b", "[x]*{1,2}", "50%20$HOME", "é 日本", "it's;&", "#1"])
def test_a_home_may_have_any_other_name(name: str, tmp_path: Path) -> None:
    assert home({"QRT_HOME": str(tmp_path / name)}).root == tmp_path / name


def test_a_lake_is_in_the_home_or_in_a_bucket_and_nowhere_else(tmp_path: Path) -> None:
    place = {"QRT_HOME": str(tmp_path)}
    assert home(place).lake == tmp_path / "lake"
    assert home(place | {"QRT_LAKE": " s3://bucket/lake/ "}).lake == "s3://bucket/lake"
    with pytest.raises(BadInput, match="s3://BUCKET/PREFIX"):
        home(place | {"QRT_LAKE": "/mnt/lake"})
