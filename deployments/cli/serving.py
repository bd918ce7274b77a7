"""Serve: a working system with one command, and registration alone."""

import json
import os
import sys
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from datasets.home import home
from deployments.cli.terminal import say
from tasks.errors import BadInput

if TYPE_CHECKING:
    from deployments.register.manifest import Manifest
    from deployments.server.up import System


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    for command in (up, deploy):
        app.command()(command)


def up(
    port: Annotated[int, typer.Option(help="Of the UI and the API.", min=1, max=65535)] = 4200,
    runs_at_once: Annotated[
        int, typer.Option(help="How many runs the worker takes at once.", min=1, max=64)
    ] = 2,
    no_worker: Annotated[
        bool, typer.Option("--no-worker", help="Run nothing here; others may.")
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Say in JSON where it is, once it works.")
    ] = False,
) -> None:
    """Start a Prefect server with everything registered, and a worker; Ctrl-C stops them."""
    from deployments.register.manifest import read

    if named := os.environ.get("PREFECT_API_URL"):
        message = (
            f"PREFECT_API_URL names {named} already. `qrt deploy` registers there; or unset it."
        )
        raise BadInput(message)
    say("starting the Prefect server", err=True)
    _serve(read(), port=port, runs_at_once=runs_at_once, worker=not no_worker, as_json=as_json)


def _serve(
    manifest: "Manifest", *, port: int, runs_at_once: int, worker: bool, as_json: bool
) -> None:
    from deployments.server.environment import prefect_home, quietly
    from deployments.server.password import GIVEN, given
    from deployments.server.up import keep, stop_on_signals, system
    from tasks.context.runtime import open_runtime

    where = home()
    open_runtime(where)
    stopped = stop_on_signals()
    with system(
        where, port=port, pool=manifest.pool, runs_at_once=runs_at_once, say=partial(say, err=True)
    ) as running:
        quietly()
        own = not given()
        os.environ |= {
            "PREFECT_HOME": str(prefect_home(where)),
            "PREFECT_API_URL": running.url,
            GIVEN: running.password,
        }

        def prepare() -> None:
            from deployments.register.preparation import prepare as verb

            verb(manifest, running=running, worker=worker)
            told = _told(manifest, running, own=own, worker=worker)
            say(json.dumps(told) if as_json else told["url"])
            sys.stdout.flush()
            where_from = f"the text in {told['auth_file']}" if own else f"that of {GIVEN}"
            say(f"Sign in with {where_from}, user and all. Ctrl-C stops it.", err=True)

        def take_up() -> None:
            from deployments.register.leftovers import take_up as verb

            verb(manifest, worker=running.worker_name, server_is_new=False)

        keep(running, prepare=prepare, take_up=take_up, look=_amiss, stopped=stopped)
        say("stopping", err=True)


def _amiss() -> str:
    """Say what should come of the server and does not."""
    from deployments.register.planned import unplanned

    return unplanned()


def _told(
    manifest: "Manifest", running: "System", *, own: bool, worker: bool
) -> dict[str, str | list[str] | None]:
    """Return where everything is; the password itself is only where it is kept."""
    from deployments.register.manifest import flow_of
    from deployments.server.password import auth_file

    return {
        "url": running.url.removesuffix("/api"),
        "api_url": running.url,
        "auth_file": str(auth_file(running.home)) if own else None,
        "deployments": [f"{flow_of(each).name}/{each['name']}" for each in manifest.deployments],
        "worker": running.worker_name if worker else None,
    }


def deploy() -> None:
    """Register every deployment of prefect.yaml at PREFECT_API_URL, or on this home's server."""
    import asyncio

    from deployments.register import manifest
    from deployments.register.changes import sentence
    from deployments.server.address import check_usable
    from deployments.server.environment import quietly
    from deployments.server.ephemeral import home_server

    quietly()
    if server := home_server(home()):
        server.ready()
        os.environ |= server.settings
    check_usable(_named())
    from deployments.register.registration import register as verb

    say(sentence(asyncio.run(verb(manifest.read()))))


def _named() -> str:
    if url := os.environ.get("PREFECT_API_URL"):
        return url
    message = "No Prefect server is named. Set PREFECT_API_URL, or start one with `qrt up`."
    raise BadInput(message)
