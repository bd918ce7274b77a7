"""What begins a run and compiles its batch of circuits, which the fixture `opened` returns."""

from collections.abc import Callable

from tasks.lifecycle.batches import Batch
from tasks.lifecycle.runtime import Runtime

Opened = Callable[..., tuple[Runtime, Batch]]
