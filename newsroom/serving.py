"""`twtw up`: the site, Prefect's server and the scheduled deployments, as processes of one machine.

Either all of it runs, or nothing is left running.
"""

from __future__ import annotations

import fcntl
import os
import signal
import socket
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from types import FrameType
from typing import TYPE_CHECKING

import typer

from newsroom.configuration import PREFIX, ROOT, Configuration
from newsroom.prefect_environment import prefect_environment
from newsroom.processes import LOOK_SECONDS, Child, ChildFailed, Running, wait_until
from newsroom.state import make_ready

if TYPE_CHECKING:
    from issues.models import Publication

# A first start makes Prefect's database: 12 s on two slow cores.
PREFECT_SECONDS = 120.0
SITE_SECONDS = 60.0


class ServingError(Exception):
    """Not everything can run; the message says what to change."""


@contextmanager
def prefect_server(configuration: Configuration) -> Iterator[str]:
    """Prefect's server for a while, on another port where the configured one is taken.

    Yields the address of its API. In between, the environment of this process is such that
    a Prefect that is imported then finds the server.

    Raises:
        ServingError: if it does not start.
    """
    if not _is_free("127.0.0.1", configuration.prefect_port):
        configuration = configuration.model_copy(update={"prefect_port": _free_port()})
    environment = prefect_environment(configuration)
    before = {name: os.environ.get(name) for name in environment}
    os.environ.update(environment)
    server = Running(_prefect(configuration))
    try:
        server.start()
        wait_until(
            lambda: _answers(f"{configuration.prefect_url}/api/health"),
            server,
            threading.Event(),
            PREFECT_SECONDS,
        )
        yield environment["PREFECT_API_URL"]
    except ChildFailed as error:
        raise ServingError(str(error)) from None
    finally:
        server.stop()
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def up(configuration: Configuration, *, site_only: bool = False) -> int:
    """Run everything until Ctrl-C or SIGTERM; the exit status.

    Args:
        site_only: run no Prefect, so no schedule either.

    Raises:
        ServingError: if a port is taken, or it runs already.
    """
    _check_ports(configuration, site_only=site_only)
    with _once(configuration), _stop_signals() as stopping:
        running: list[Running] = []
        try:
            _start(configuration, running, stopping, site_only=site_only)
            if not stopping.is_set():
                _say_where(configuration, site_only=site_only)
            while not stopping.wait(LOOK_SECONDS):
                for process in running:
                    process.look()
        except ChildFailed as error:
            typer.echo(f"twtw: {error}", err=True)
            return 1
        finally:
            _stop(running)
        typer.echo("Stopped.")
        return 0


def _start(
    configuration: Configuration,
    running: list[Running],
    stopping: threading.Event,
    *,
    site_only: bool,
) -> None:
    def start(child: Child) -> Running:
        running.append(Running(child))
        running[-1].start()
        return running[-1]

    # Prefect's server takes longest, so it comes first and the rest is made meanwhile.
    prefect = None if site_only else start(_prefect(configuration))
    for folder in ("static", "media"):
        (configuration.state / folder).mkdir(parents=True, exist_ok=True)
    make_ready()
    site = start(_site(configuration))
    if not wait_until(lambda: _listens(configuration), site, stopping, SITE_SECONDS):
        return
    if prefect is not None:
        health = f"{configuration.prefect_url}/api/health"
        if wait_until(lambda: _answers(health), prefect, stopping, PREFECT_SECONDS):
            start(_schedules(configuration))


def _stop(running: list[Running]) -> None:
    """Prefect's server goes last: the schedules tell it how their runs ended."""
    for process in running[1:]:
        process.ask_to_stop()
    for process in reversed(running):
        process.stop()


def _site(configuration: Configuration) -> Child:
    command = (
        *(sys.executable, "-m", "gunicorn", "newsroom.wsgi:application"),
        *("--bind", f"{configuration.host}:{configuration.port}"),
        *("--workers", "2", "--threads", "4", "--no-control-socket"),
        *("--log-level", "warning"),
    )
    return _child(configuration, "site", command)


def _prefect(configuration: Configuration) -> Child:
    command = (
        *(sys.executable, "-m", "prefect", "server", "start"),
        *("--host", "127.0.0.1", "--port", str(configuration.prefect_port)),
        *("--log-level", "WARNING"),
    )
    return _child(configuration, "prefect", command)


def _schedules(configuration: Configuration) -> Child:
    command = (sys.executable, "-m", "flows.serve")
    return _child(configuration, "schedules", command, PREFECT_LOGGING_LEVEL="INFO")


def _child(
    configuration: Configuration, name: str, command: tuple[str, ...], **environment: str
) -> Child:
    python_path = os.environ.get("PYTHONPATH")
    return Child(
        name=name,
        command=command,
        environment={
            **os.environ,
            **prefect_environment(configuration),
            f"{PREFIX}STATE": str(configuration.state),
            "DJANGO_SETTINGS_MODULE": "newsroom.settings",
            "PYTHONPATH": f"{ROOT}{os.pathsep}{python_path}" if python_path else str(ROOT),
            **environment,
        },
        folder=ROOT,
        log=configuration.state / "logs" / f"{name}.log",
    )


def _check_ports(configuration: Configuration, *, site_only: bool) -> None:
    wanted = [("TWTW_PORT", configuration.host, configuration.port)]
    if not site_only:
        wanted.append(("TWTW_PREFECT_PORT", "127.0.0.1", configuration.prefect_port))
    for setting, host, port in wanted:
        if not _is_free(host, port):
            raise ServingError(
                f"Port {port} of {host} is in use; set {setting} to a free one, "
                f"as in {setting}={_free_port()}, or stop what uses it."
            )


def _is_free(host: str, port: int) -> bool:
    try:
        with socket.create_server((host, port)):
            return True
    except OSError:
        return False


def _listens(configuration: Configuration) -> bool:
    try:
        with socket.create_connection((configuration.host, configuration.port), timeout=2):
            return True
    except OSError:
        return False


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:  # noqa: S310 - our own server
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


@contextmanager
def _once(configuration: Configuration) -> Iterator[None]:
    """Two Prefect servers in one state folder would both schedule and spoil each other's runs."""
    configuration.state.mkdir(parents=True, exist_ok=True)
    with (configuration.state / "up.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ServingError(
                f"`twtw up` runs already for {configuration.state}; stop that one, or set "
                "TWTW_STATE to another folder."
            ) from None
        yield


@contextmanager
def _stop_signals() -> Iterator[threading.Event]:
    stopping = threading.Event()

    def stop(_number: int, _frame: FrameType | None) -> None:
        stopping.set()

    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.signal(number, stop) for number in numbers}
    try:
        yield stopping
    finally:
        for number, action in before.items():
            signal.signal(number, action)


def _say_where(configuration: Configuration, *, site_only: bool) -> None:
    site = f"http://{configuration.host}:{configuration.port}"
    lines = [f"desk       {site}/desk/", f"site       {site}/"]
    if not site_only:
        lines.append(f"Prefect    {configuration.prefect_url}/")
        lines += _next_runs()
    lines += [f"logs       {configuration.state / 'logs'}", "Ctrl-C stops all of it."]
    for line in lines:
        typer.echo(line)


def _next_runs() -> list[str]:
    from django.db import connection

    from issues.models import Publication

    lines = [
        f"next       {story} {publication} {moment:%A %-d %B, %H:%M} ({publication.time_zone})"
        for publication in Publication.objects.filter(numbered=True)
        for story, moment in _moments(publication, datetime.now(publication.zone))
    ]
    connection.close()
    return lines


def _moments(publication: Publication, now: datetime) -> list[tuple[str, datetime]]:
    from issues.assembling import next_issue_day

    due = publication.due(next_issue_day(publication, now))
    prepared = due.replace(tzinfo=None) - timedelta(hours=publication.prepare_hours_before)
    at = prepared.replace(tzinfo=publication.zone)
    if at <= now:
        at += timedelta(days=7)
    return sorted([("prepare", at), ("publish", due)], key=lambda run: run[1])
