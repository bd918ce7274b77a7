"""What begins a run and compiles its batch of circuits, which the fixture `opened` returns."""

from collections.abc import Callable

from tasks.context.runtime import Runtime
from tasks.workloads.batch.batch import Batch

Opened = Callable[..., tuple[Runtime, Batch]]
