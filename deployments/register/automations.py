"""What the server does by itself: resume what crashed, find what died silently, say what failed."""

from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.objects import StateType
from prefect.events.actions import ChangeFlowRunState, RunDeployment
from prefect.events.schemas.automations import AutomationCore, EventTrigger, Posture

from deployments.register.changes import Change, made

MEASUREMENT: Final = "measurement"  # the tag of deployments whose runs are resumed
SILENT_FOR: Final = timedelta(seconds=90)  # three heartbeats
_ENDINGS: Final = {
    "prefect.flow-run.Completed",
    "prefect.flow-run.Failed",
    "prefect.flow-run.Cancelled",
    "prefect.flow-run.Crashed",
}


async def register_automations(*, client: PrefectClient) -> list[Change]:
    """Register the three of ours; whether somebody has switched one off stays."""
    resume = (await client.read_deployment_by_name("resume/resume")).id
    notify = (await client.read_deployment_by_name("notify/notify")).id
    every = (resume_on_crash(resume), crash_when_silent(), notify_on_failure(notify))
    return [await _register(automation, client=client) for automation in every]


def resume_on_crash(resume: UUID) -> AutomationCore:
    """Have a worker go on with a measurement whose process has died."""
    return AutomationCore(
        name="qrt: resume on crash",
        description="Goes on with a measurement whose process died; at most three times a run.",
        trigger=_measurements(expect={"prefect.flow-run.Crashed"}),
        actions=[
            RunDeployment(
                source="selected",
                deployment_id=resume,
                parameters={"run_id": _filled("{{ flow_run.id }}")},
            )
        ],
    )


def crash_when_silent() -> AutomationCore:
    """Mark a run as crashed when its heartbeats stop: its worker died too, and cannot say so."""
    return AutomationCore(
        name="qrt: crash when silent",
        description="A measurement without a heartbeat for 90 s has died, whatever its state says.",
        trigger=_measurements(
            after={"prefect.flow-run.heartbeat"},
            expect={"prefect.flow-run.heartbeat", *_ENDINGS},
            posture=Posture.Proactive,
            within=SILENT_FOR,
        ),
        actions=[
            ChangeFlowRunState(
                state=StateType.CRASHED, message="No heartbeat for 90 s: its process has died."
            )
        ],
    )


def notify_on_failure(notify: UUID) -> AutomationCore:
    """Say that a measurement failed: in the home's log, and where a block says."""
    return AutomationCore(
        name="qrt: notify on failure",
        description="Tells of failed and crashed measurements, as the flow notify does.",
        trigger=_measurements(expect={"prefect.flow-run.Failed", "prefect.flow-run.Crashed"}),
        actions=[
            RunDeployment(
                source="selected",
                deployment_id=notify,
                parameters={
                    "name": _filled("{{ flow_run.name }}"),
                    "state": _filled("{{ flow_run.state.name }}"),
                    "message": _filled("{{ flow_run.state.message | truncate(3900) }}"),
                    "flow_run_id": _filled("{{ flow_run.id }}"),
                    "attempt": _filled("{{ flow_run.run_count }}"),
                },
            )
        ],
    )


def _measurements(**trigger: Any) -> EventTrigger:
    """Return a trigger on each flow run of a deployment that measures."""
    return EventTrigger(
        match={"prefect.resource.id": "prefect.flow-run.*"},
        match_related={
            "prefect.resource.id": f"prefect.tag.{MEASUREMENT}",
            "prefect.resource.role": "tag",
        },
        for_each={"prefect.resource.id"},
        threshold=1,
        **trigger,
    )


def _filled(template: str) -> dict[str, str]:
    """Return a parameter that the server fills in when the automation acts."""
    return {"__prefect_kind": "jinja", "template": template}


async def _register(wanted: AutomationCore, *, client: PrefectClient) -> Change:
    found = await client.read_automations_by_name(wanted.name)
    if not found:
        await client.create_automation(wanted)
        return made("automation", wanted.name, there=False, equal=False)
    there, *_ = found
    equal = _said(there) == _said(wanted)
    if not equal:
        kept = wanted.model_copy(update={"enabled": there.enabled})
        await client.update_automation(there.id, kept)
    return made("automation", wanted.name, there=True, equal=equal)


def _said(automation: AutomationCore) -> dict[str, Any]:
    """Return what an automation says, without what the server or people add."""
    parts = {"description", "trigger", "actions"}
    said = automation.model_dump(mode="json", include=parts)
    said["trigger"].pop("id", None)
    return {**said, "trigger": _sorted(said["trigger"])}


def _sorted(trigger: dict[str, Any]) -> dict[str, Any]:
    return {k: sorted(v) if isinstance(v, list) else v for k, v in trigger.items() if v}
