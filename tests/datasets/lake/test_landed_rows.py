"""What the lake holds under other names is left out of a landing, table by table."""

from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from datasets.lake import landed_rows
from datasets.lake.batches import Batch, prepare, publish
from datasets.lake.stores import LocalStore
from tests.datasets.lake.lake_rows import RUN_ID, good_rows

NAMES = [f"{number:040x}" for number in range(6)]
CHUNKS = st.lists(st.sets(st.sampled_from(NAMES), min_size=1), min_size=1, max_size=6)


def rows_of(names: set[str]) -> list[dict[str, Any]]:
    row = good_rows("counts")[0]
    return [row | {"execution_id": one, "outcome": bit} for one in sorted(names) for bit in (0, 1)]


def left(store: LocalStore, names: set[str], *, called: str) -> list[Batch]:
    batch = prepare("counts", (RUN_ID, called), rows_of(names))
    return list(landed_rows.not_landed(store, [batch], folders=[RUN_ID]))


def landed(store: LocalStore) -> list[str]:
    rows = landed_rows.rows_of(store, "counts", RUN_ID)
    return sorted(f"{row['execution_id']} {row['outcome']}" for row in rows)


@given(chunks=CHUNKS, one_name=st.booleans())
def test_however_work_is_divided_it_is_in_the_lake_once(
    tmp_path_factory: Any, chunks: list[set[str]], *, one_name: bool
) -> None:
    store = LocalStore(tmp_path_factory.mktemp("lake"))
    for number, names in enumerate(chunks):
        for batch in left(store, names, called="one" if one_name else f"chunk-{number}"):
            publish(store, batch)
    wanted = sorted(f"{one} {bit}" for one in set().union(*chunks) for bit in (0, 1))
    assert landed(store) == wanted


def test_the_same_again_is_checked_against_what_is_there(tmp_path: Path) -> None:
    store = LocalStore(tmp_path)
    (first,) = left(store, set(NAMES[:2]), called="one")
    publish(store, first)
    (again,) = left(store, set(NAMES[:2]), called="one")
    assert again.label == first.label


def test_what_is_known_in_part_is_left_as_it_is(tmp_path: Path) -> None:
    store = LocalStore(tmp_path)
    (first,) = left(store, set(NAMES[:2]), called="one")
    publish(store, first)
    assert left(store, {NAMES[0]}, called="one") == []
    assert left(store, {NAMES[1]}, called="another") == []


def test_nothing_is_read_where_nothing_is_landed(tmp_path: Path) -> None:
    (batch,) = left(LocalStore(tmp_path), set(NAMES), called="one")
    assert len(batch.rows) == 2 * len(NAMES)
