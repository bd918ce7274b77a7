"""Serve: a working system with one command, and registration alone."""

import os
import sys
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from datasets.layout import home
from deployments.cli.terminal import say
from tasks.errors import BadInput

if TYPE_CHECKING:
    from deployments.register.manifest import Manifest


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
) -> None:
    """Start a Prefect server with everything registered, and a worker; Ctrl-C stops them."""
    from deployments.register.manifest import read

    if named := os.environ.get("PREFECT_API_URL"):
        message = (
            f"PREFECT_API_URL names {named} already. `qrt deploy` registers there; or unset it."
        )
        raise BadInput(message)
    _serve(read(), port=port, runs_at_once=runs_at_once, worker=not no_worker)


def _serve(manifest: "Manifest", *, port: int, runs_at_once: int, worker: bool) -> None:
    from deployments.server.environment import prefect_home, quietly
    from deployments.server.up import keep, stop_on_signals, system
    from tasks.lifecycle.runtime import open_runtime

    where = home()
    open_runtime(where)
    stopped = stop_on_signals()
    with system(
        where, port=port, pool=manifest.pool, runs_at_once=runs_at_once, say=partial(say, err=True)
    ) as running:
        quietly()
        os.environ |= {"PREFECT_HOME": str(prefect_home(where)), "PREFECT_API_URL": running.url}

        def prepare() -> None:
            from deployments.register.preparation import prepare as verb

            verb(manifest, running=running, worker=worker)
            say(running.url.removesuffix("/api"))
            sys.stdout.flush()
            say("Ctrl-C stops it.", err=True)

        def take_up() -> None:
            from deployments.register.leftovers import take_up as verb

            verb(manifest, worker=running.worker_name, server_is_new=False)

        keep(running, prepare=prepare, take_up=take_up, stopped=stopped)
        say("stopping", err=True)


def deploy() -> None:
    """Register every deployment of prefect.yaml at PREFECT_API_URL, or on this home's server."""
    import asyncio

    from deployments.register import manifest
    from deployments.register.changes import sentence
    from deployments.server.address import check_usable
    from deployments.server.environment import quietly

    quietly()
    url = os.environ.get("PREFECT_API_URL") or _url_of_home()
    check_usable(url)
    os.environ["PREFECT_API_URL"] = url
    from deployments.register.registration import register as verb

    say(sentence(asyncio.run(verb(manifest.read()))))


def _url_of_home() -> str:
    from deployments.server.ephemeral import HomeServer
    from deployments.server.lease import serving

    found = serving(home())
    if found is None:
        message = "No Prefect server is named. Set PREFECT_API_URL, or start one with `qrt up`."
        raise BadInput(message)
    HomeServer(found, home()).ready()
    return found.url
