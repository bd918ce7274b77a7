"""What happens inside a run, told to whoever listens: progress, logs, tests.

An event is a name and fields. Emitting one with nobody listening costs a tuple lookup.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Event:
    """Something that has just happened, such as `execution.submitted`."""

    name: str
    fields: dict[str, Any]


Listener = Callable[[Event], None]
_listeners: list[Listener] = []


def emit(name: str, **fields: Any) -> None:
    """Tell every listener, in the order in which they came."""
    for listener in tuple(_listeners):
        listener(Event(name, fields))


def listen(listener: Listener) -> None:
    """Have `listener` told of every event in this process until it ends."""
    _listeners.append(listener)


@contextmanager
def listening(listener: Listener) -> Iterator[None]:
    """Have `listener` told of every event in this process until the block ends."""
    _listeners.append(listener)
    try:
        yield
    finally:
        _listeners.remove(listener)
