"""Where a deployment's run begins: blocks are read, wrong requests refused, before anything runs.

The command line has neither: a run without a deployment, which names no block, is as it was asked.
"""

import os
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeVar
from uuid import UUID

from prefect import runtime
from prefect.blocks.core import Block
from prefect.client.orchestration import get_client
from prefect.context import FlowRunContext
from prefect.exceptions import ObjectNotFound

from blocks.account import BraketAccount
from blocks.journal import Journal
from blocks.lake import Lake
from blocks.policy import Policy
from blocks.tenant import Tenant
from datasets.contracts.checking import warm
from datasets.files.named import confine, input_folders
from datasets.home import home
from datasets.records.executions import RunId
from datasets.records.runs import Run, each
from tasks.backends.targets import is_bought
from tasks.context.run_lock import is_held
from tasks.context.runtime import open_runtime
from tasks.errors import BadInput, UnknownName
from tasks.orchestration.task_runners import configured
from tasks.requests.run import RunRequest
from tasks.run.openings import restored
from tasks.workloads.quote_request import check_affordable

DEFAULT: Final = "default"
Asked = TypeVar("Asked", bound=RunRequest)
Found = TypeVar("Found", bound=Block)


async def settled(
    parameters: Asked, *, run_id: str | None, check: Callable[[Asked], None]
) -> Asked:
    """Return the parameters with what the run's policy and tenant say; its account takes effect.

    A run that was begun before, as `run_id` or by this flow run, is as it was settled then. One
    that was not may name files of the operator's folders alone, where it comes from a form.

    Raises:
        UnknownName: nobody has begun a run of that `run_id`.
        BadInput: there is no block of a name that was given, the request cannot succeed, or the
            task runner that the environment names cannot be had.
    """
    deployed = runtime.deployment.id is not None
    if deployed:  # the command line has done so already
        warm()
    configured()
    as_asked = not deployed and not parameters.policy and not parameters.account
    if not as_asked:
        await take_place()
    begun = await begun_before(run_id)
    if as_asked:
        return parameters
    os.environ |= await settings_of(parameters.account)
    before = type(parameters).model_validate(begun.asked) if begun else None
    if parameters != before:
        confined()
    if before:
        return parameters if run_id else before
    policy = await _named(Policy, parameters.policy)
    tenant = await _load(Tenant, parameters.tenant)
    final = laid_over(parameters, policy.chosen() if policy else {}, tenant)
    check(final)
    check_affordable(str(runtime.flow_run.flow_name), final)
    return final


async def begun_before(run_id: str | None) -> Run | None:
    """Return the run to go on with, or that of this flow run where that was begun before.

    A run that its flow run never opened is in no journal: Prefect knows it, or this process has
    made its id. Nothing is begun, and bought, under an id that somebody has mistyped.

    Raises:
        UnknownName: nobody knows the run.
    """
    place = open_runtime(home())
    journal = place.journal
    begun = restored(RunId(run_id or str(runtime.flow_run.id)), runtime=place)
    if run_id is None:
        return begun
    if begun is None and not is_held(RunId(run_id)) and not await _is_of_this_flow(run_id):
        kind, known = "run", [each.run_id for each in journal.runs(limit=3)]
        raise UnknownName(kind, run_id, known or ["none yet"])
    return begun


async def _is_of_this_flow(run_id: str) -> bool:
    """Whether Prefect has a run of this very flow under that id."""
    here = FlowRunContext.get()
    async with get_client() as client:
        try:
            found = await client.read_flow_run(UUID(run_id))
        except ObjectNotFound:
            return False
    return here is not None and here.flow_run is not None and found.flow_id == here.flow_run.flow_id


def confined() -> None:
    """Confine the files that a deployment's run may name to the operator's folders.

    Raises:
        BadInput: QRT_INPUTS cannot be meant.
    """
    if runtime.deployment.id is not None:
        confine(input_folders(home().inputs))


async def settings_of(account: str) -> Mapping[str, str]:
    """Return what blocks set in the environment of a run: its lake, its journal, its account.

    Raises:
        BadInput: there is no account of that name.
    """
    found = await _named(BraketAccount, account)
    return {**await _places(), **(found.settings() if found else {})}


async def take_place() -> None:
    """Use the lake and the journal of the default blocks, where this process names none itself."""
    os.environ |= await _places()


async def _places() -> Mapping[str, str]:
    places: dict[str, str] = {}
    if not os.environ.get("QRT_HOME") and (lake := await _load(Lake, DEFAULT)):
        places |= lake.settings()
    if not os.environ.get("QRT_JOURNAL_URL") and (journal := await _load(Journal, DEFAULT)):
        places |= journal.settings()
    return places


def laid_over(parameters: Asked, chosen: Mapping[str, Any], tenant: Tenant | None) -> Asked:
    """Return the parameters with a policy's values in place of defaults; explicit values stay."""
    fields = type(parameters).model_fields
    open_still = {
        name: value
        for name, value in chosen.items()
        if name in fields and getattr(parameters, name) == fields[name].default
    }
    tags = dict(tenant.tags) if tenant and _buys(parameters) else {}
    return parameters.model_copy(update={**open_still, "tags": tags | parameters.tags})


def _buys(parameters: RunRequest) -> bool:
    """Whether the run goes to AWS, which alone takes tags."""
    return all(map(is_bought, each(parameters.target)))


async def _named(kind: type[Found], name: str) -> Found | None:
    """Return the document of that name; without a name, the default one if there is one."""
    found = await _load(kind, name or DEFAULT)
    if name and found is None:
        what = (kind.get_block_type_name() or kind.__name__).removeprefix("QRT ")
        message = (
            f"There is no {what} block {name!r}. Save one in the UI, or leave the field empty."
        )
        raise BadInput(message)
    return found


async def _load(kind: type[Found], name: str) -> Found | None:
    try:
        return await kind.aload(name, validate=False)
    except ValueError:  # Prefect's word for a document that is not there
        return None
