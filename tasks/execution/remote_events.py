"""What happens in a process of a cluster, kept until somebody takes it to the flow."""

from collections import deque
from functools import cache

from tasks.core.progress.events import Event, listen


class Away:
    """Listens in this process; each event is taken once, by whichever piece ends next."""

    def __init__(self) -> None:
        self._heard: deque[Event] = deque()

    def hear(self, event: Event) -> None:
        """Keep an event."""
        self._heard.append(event)

    def taken(self) -> tuple[Event, ...]:
        """Return what was heard and not taken yet."""
        return tuple(self._heard.popleft() for _ in range(len(self._heard)))


@cache
def away() -> Away:
    """Return the one who listens, from the first call on."""
    made = Away()
    listen(made.hear)
    return made
