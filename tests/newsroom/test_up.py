"""`twtw up`, for real: the site, Prefect's server and the schedule, in processes of their own."""

import fcntl
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy

import pytest
from django.db import connection

from issues.approval import approve_issue
from issues.assembling import assemble
from issues.models import Publication
from newsroom.configuration import ROOT, configuration
from newsroom.prefect_environment import prefect_environment
from newsroom.serving import ServingError, up
from subscribers.models import Reader, ServiceMail
from subscribers.service_mails import put_out

UP = (
    "import sys\n"
    "from newsroom.configuration import configuration\n"
    "from newsroom.serving import up\n"
    "sys.exit(up(configuration()))"
)
# A first start takes 20 s on two cores, and a schedule is told in whole minutes.
DEADLINE = 240


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def eventually(found, process):
    """What `found` gives once it gives something, while the process runs."""
    deadline = time.monotonic() + DEADLINE
    while not (value := found()):
        assert process.poll() is None, "it ended"
        assert time.monotonic() < deadline, "it did not come true"
        threading.Event().wait(0.25)
    return value


class Newsroom:
    """A running `twtw up`, seen from outside."""

    def __init__(self, folder):
        self.port, self.prefect_port = free_port(), free_port()
        self.prints = folder / "prints"
        self.token = ""
        environment = {
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "TWTW_PORT": str(self.port),
            "TWTW_PREFECT_PORT": str(self.prefect_port),
        }
        with self.prints.open("w") as prints:
            self.process = subprocess.Popen(
                [sys.executable, "-c", UP], env=environment, stdout=prints, stderr=prints
            )

    def printed(self):
        return self.prints.read_text()

    @property
    def api(self):
        return f"http://127.0.0.1:{self.prefect_port}/api"

    def ask(self, path, body):
        if not self.token:
            got = urllib.request.Request(f"{self.api}/csrf-token?client=a-test")
            self.token = eventually(lambda: self._answer(got), self.process)[0]["token"]
        headers = {"Prefect-Csrf-Token": self.token, "Prefect-Csrf-Client": "a-test"}
        request = self.posting(path, body, **headers)
        return eventually(lambda: self._answer(request), self.process)[0]

    def posting(self, path, body, **headers):
        return urllib.request.Request(
            f"{self.api}/{path}",
            data=json.dumps(body).encode(),
            headers={"Content-Type": "application/json", **headers},
        )

    def answers_another_page(self, request):
        """How a page of another address fares that asks in the same browser, and if it may read."""
        request.add_header("Origin", "http://elsewhere.example")
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return answer.status, "Access-Control-Allow-Origin" in answer.headers
        except urllib.error.HTTPError as error:
            return error.code, "Access-Control-Allow-Origin" in error.headers

    @staticmethod
    def _answer(request):
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return [json.load(answer)]
        except urllib.error.HTTPError as error:
            # What the server says while its SQLite file is locked; its own client asks again too.
            if error.code != 503:
                raise
            return []

    def prefect(self, what):
        return self.ask(f"{what}/filter", {})

    def start_run(self, deployment, **parameters):
        [found] = [d for d in self.prefect("deployments") if d["name"] == deployment]
        path = f"deployments/{found['id']}/create_flow_run"
        return self.ask(path, {"parameters": parameters, "idempotency_key": "once"})["id"]

    def state_of(self, run):
        [found] = [found for found in self.prefect("flow_runs") if found["id"] == run]
        return found["name"], found["state_type"]

    def publishing_that_began_by_itself(self):
        runs = [
            run
            for run in self.prefect("flow_runs")
            if run["auto_scheduled"] and run["name"].startswith("publish ")
        ]
        return {run["name"]: run for run in runs if run["state_type"] in {"COMPLETED", "FAILED"}}

    def stop(self):
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(DEADLINE)


@pytest.fixture
def newsroom(transactional_db, tmp_path):
    started = Newsroom(tmp_path)
    yield started
    if started.process.poll() is None:
        started.process.terminate()
        started.process.wait(DEADLINE)


@pytest.fixture
def sister(twtw):
    """Another weekly, in another zone. Both come out on a day that is not near."""
    in_three_days = (datetime.now(UTC) + timedelta(days=3)).weekday()
    sister = Publication.objects.create(
        slug="sister",
        name="Sister Weekly",
        short_name="SW",
        sender_name="Sister Weekly",
        sender_address="sister@example.org",
        postal_address="1 Sample Road",
        time_zone="America/New_York",
    )
    Publication.objects.filter(numbered=True).update(weekday=in_three_days)
    return sister


def move_to(publication, moment):
    """Let a publication come out at a moment, as an editor would."""
    local = moment.astimezone(publication.zone)
    publication.weekday, publication.hour = local.weekday(), local.time()
    publication.save()


def mails_to(address):
    files = configuration().outbox.glob("new/*")
    mails = [message_from_bytes(file.read_bytes(), policy=policy.default) for file in files]
    return [mail for mail in mails if address in str(mail["To"])]


@pytest.mark.django_db(transaction=True)
def test_the_schedule_sends_an_approved_issue_and_no_unapproved_one(
    twtw, sister, write_note, subscribe, newsroom
):
    subscribe(twtw, "approved@example.org")
    subscribe(sister, "unapproved@example.org")
    for publication in (twtw, sister):
        write_note(publication=publication, day=datetime.now(UTC).date() - timedelta(days=1))
    connection.close()
    eventually(lambda: "Ctrl-C" in newsroom.printed(), newsroom.process)
    eventually(lambda: len(newsroom.prefect("deployments")) == 10, newsroom.process)

    token = urllib.request.Request(f"{newsroom.api}/csrf-token?client=another-page")
    assert newsroom.answers_another_page(token) == (200, False)
    change = newsroom.posting("deployments/filter", {})
    assert newsroom.answers_another_page(change) == (403, False)

    leaver = Reader.objects.create(address="left@example.org")
    put_out(ServiceMail.Kind.LEFT, leaver)
    eventually(lambda: mails_to("left@example.org"), newsroom.process)

    today = datetime.now(UTC).astimezone(sister.zone).date()
    by_hand = newsroom.start_run("prepare-sister", day=str(today), serial=1)
    eventually(
        lambda: newsroom.state_of(by_hand) == (f"prepare sister {today}", "COMPLETED"),
        newsroom.process,
    )
    unapproved = sister.issues.get()

    due = (datetime.now(UTC) + timedelta(seconds=75)).replace(second=0, microsecond=0)
    move_to(sister, due)
    move_to(twtw, due)
    issue = assemble(twtw, due.astimezone(twtw.zone).date(), serial=500).issue
    approve_issue(issue, by="An Editor", send_at=due)
    runs = eventually(
        lambda: len(runs := newsroom.publishing_that_began_by_itself()) == 2 and runs,
        newsroom.process,
    )

    published = twtw.issues.get()
    assert published.is_published
    sent, stopped = runs[f"publish {published.line}"], runs[f"publish {unapproved.line}"]
    assert (sent["state_name"], sent["state"]["message"]) == (
        "Completed",
        f"{published.line}: 1 candidate, 1 accepted.",
    )
    assert (stopped["state_type"], stopped["state_name"]) == ("FAILED", "NotApproved")
    assert "is not approved" in stopped["state"]["message"]
    assert len(mails_to("approved@example.org")) == 1
    assert mails_to("unapproved@example.org") == []
    assert not sister.issues.get().is_published
    shown = {artifact["key"]: artifact for artifact in newsroom.prefect("artifacts")}
    assert shown["delivery-twtw"]["data"] == 100
    assert f"## {published.line}" in shown["mailing-twtw"]["data"]

    with urllib.request.urlopen(f"http://127.0.0.1:{newsroom.port}/desk/login/") as desk:
        assert desk.status == 200
    assert newsroom.stop() == 0
    assert newsroom.printed().endswith("Stopped.\n")
    for port in (newsroom.port, newsroom.prefect_port):
        socket.create_server(("127.0.0.1", port)).close()


def settings(**changes):
    free = {"port": free_port(), "prefect_port": free_port()}
    return configuration().model_copy(update={**free, **changes})


@pytest.mark.parametrize(
    ("field", "setting"), [("port", "TWTW_PORT"), ("prefect_port", "TWTW_PREFECT_PORT")]
)
def test_a_port_that_is_in_use_is_answered_with_the_setting_to_change(field, setting):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ServingError, match=rf"Port {port} .* is in use; set {setting} to"):
            up(settings(**{field: port}))


def test_a_second_newsroom_in_one_state_folder_is_refused(tmp_path):
    with (tmp_path / "up.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(ServingError, match=r"runs already for .*TWTW_STATE"):
            up(settings(state=tmp_path))


def test_prefect_is_told_to_stay_in_the_state_folder_and_on_this_machine(tmp_path):
    environment = prefect_environment(settings(state=tmp_path, prefect_port=4321))
    assert environment["PREFECT_HOME"] == str(tmp_path / "prefect")
    assert environment["PREFECT_API_URL"] == "http://127.0.0.1:4321/api"
    assert environment["PREFECT_SERVER_UI_API_URL"] == "http://127.0.0.1:4321/api"
    assert environment["PREFECT_SERVER_ANALYTICS_ENABLED"] == "false"


def test_prefect_listens_to_no_page_but_its_own():
    environment = prefect_environment(settings(prefect_port=4321))
    own = environment["PREFECT_SERVER_CORS_ALLOWED_ORIGINS"].split(",")
    assert own == ["http://127.0.0.1:4321", "http://localhost:4321"]
    assert environment["PREFECT_SERVER_CSRF_PROTECTION_ENABLED"] == "true"
