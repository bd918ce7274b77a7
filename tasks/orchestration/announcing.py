"""Tell Prefect of each state change of a run's executions, so that automations can act on them.

Events go through the queue of Prefect's own client, in a thread: a run neither waits for the server
nor fails without it. An event's id is made of what it says: telling it again, after a crash, adds
nothing. One process never does, for Prefect's queue fails on an id that it holds already.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final
from uuid import NAMESPACE_URL, UUID, uuid5

from prefect.client.schemas.objects import FlowRun, State
from prefect.events import emit_event

from tasks.core.progress.events import Event, listen

MOST_APART: Final = 20  # executions that change together, each with an event of its own
_OFF: Final = "QRT_EVENTS"  # set to "off" where nobody could hear them
_CHANGES: Final = {
    "execution.intended": "intent",
    "execution.submitted": "submitted",
    "execution.adopted": "adopted",
}


def announce(flow: Any, flow_run: FlowRun, state: State[Any]) -> None:
    """Begin to tell, once in this process; Prefect calls this when a flow runs."""
    del flow, flow_run, state
    if is_heard():
        _begin()


def is_heard() -> bool:
    """Whether anybody could hear what is told: nobody can on a server that ends with a command."""
    return os.environ.get(_OFF) != "off"


@cache
def _begin() -> None:
    listen(Announcer().hear)


@dataclass(slots=True)
class Announcer:
    """Translates our events to Prefect's; knows which run they are of."""

    emit: Callable[..., object] = emit_event
    run_id: str = ""
    target: str = ""
    _told: set[UUID] = field(default_factory=set)  # of this run

    def hear(self, event: Event) -> None:
        """Pass on what an automation could act on."""
        fields = event.fields
        match event.name:
            case "run.opened":
                self._open(str(fields["run_id"]), target=str(fields["target"]))
                self._tell("qrt.run.opened", f"qrt.run.{self.run_id}")
            case "run.ended":
                self._tell(f"qrt.run.{fields['state']}", f"qrt.run.{self.run_id}")
            case "executions.changed":
                self._tell_all(fields["execution_ids"], str(fields["state"]))
            case name if name in _CHANGES:
                self._tell_all((fields["execution_id"],), _CHANGES[name])

    def _open(self, run_id: str, *, target: str) -> None:
        if run_id != self.run_id:
            self._told.clear()
        self.run_id, self.target = run_id, target

    def _tell_all(self, execution_ids: Sequence[str], state: str) -> None:
        for resource, payload in _told(execution_ids, run_id=self.run_id):
            self._tell(f"qrt.execution.{state}", resource, **payload)

    def _tell(self, event: str, resource: str, **payload: Any) -> None:
        labels = {
            "prefect.resource.id": resource,
            "prefect.resource.name": resource.rpartition(".")[2][:12],
            "qrt.run-id": self.run_id,
            "qrt.target": self.target,
        }
        said = f"{event} {resource} {sorted(payload.items())}"
        # A run may open again; an execution is in each state once.
        once = uuid5(NAMESPACE_URL, said) if event.startswith("qrt.execution.") else None
        if once not in self._told:
            self.emit(event, resource=labels, payload=payload, id=once)
        if once:
            self._told.add(once)


def _told(execution_ids: Sequence[str], *, run_id: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the resource and payload of each event: one for all where many change together."""
    if len(execution_ids) <= MOST_APART:
        yield from ((f"qrt.execution.{each}", {}) for each in execution_ids)
    else:
        yield f"qrt.run.{run_id}", {"executions": len(execution_ids), "first": execution_ids[0]}
