"""What happens in a cluster's process is told to the flow once, and in its order."""

from hypothesis import given
from hypothesis import strategies as st

from tasks.core.progress.events import Event
from tasks.execution.remote_events import Away


@given(parts=st.lists(st.lists(st.text(max_size=3), max_size=5), max_size=5))
def test_every_event_is_taken_once_in_the_order_it_came(parts: list[list[str]]) -> None:
    away, taken = Away(), []
    for part in parts:
        for name in part:
            away.hear(Event(name, {}))
        taken.extend(event.name for event in away.taken())
    assert taken == [name for part in parts for name in part]
    assert away.taken() == ()
