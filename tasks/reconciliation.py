"""Bring the journal and the targets together again."""

from datetime import timedelta
from typing import Any

from prefect import task
from prefect.artifacts import create_markdown_artifact
from prefect.cache_policies import NO_CACHE

from datasets.layout import home
from tasks.core.markdown import spoken
from tasks.lifecycle.findings import Reconciliation, plain, sentences
from tasks.lifecycle.reconciliation import reconcile as verb
from tasks.lifecycle.runtime import open_runtime


@task(name="reconcile", cache_policy=NO_CACHE)
def reconcile(*, days: int) -> Reconciliation:
    """Close open intents, adopt what is ours, settle what has ended, report strays."""
    return verb(open_runtime(home()), within=timedelta(days=days))


@task(name="tell", cache_policy=NO_CACHE)
def tell(reconciliation: Reconciliation) -> dict[str, Any]:
    """Show what was found in the Prefect UI, and return it as plain JSON types."""
    create_markdown_artifact(
        "\n".join(f"* {spoken(line)}" for line in sentences(reconciliation)) or "Nothing is open.",
        key="reconcile",
        description="Journal and providers",
    )
    return plain(reconciliation)
