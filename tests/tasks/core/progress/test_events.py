"""Listeners hear what happens while they listen, and nothing else."""

from tasks.core.progress.events import Event, emit, listening


def test_a_listener_hears_events_with_their_fields_until_its_block_ends() -> None:
    heard: list[Event] = []
    emit("before")
    with listening(heard.append):
        emit("during", shots=3)
    emit("after")
    assert heard == [Event("during", {"shots": 3})]
