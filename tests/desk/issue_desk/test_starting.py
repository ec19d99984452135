"""The desk's buttons start what the schedule starts; without a schedule nothing is lost."""

import http.cookiejar
import json
import os
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request
from datetime import timedelta

import pytest
from django.utils import timezone
from wagtail.models import ModelLogEntry

from delivery.models import Mailing
from flows.watching import GRACE, Watch
from issues.approval import approval_in_force, approve_issue
from issues.models import Volume
from newsroom.configuration import ROOT, configuration
from newsroom.serving import prefect_server
from tests.desk.issue_desk.conftest import SUNDAY
from tests.desk.issue_desk.pages import at, fields_of, press, text_of, told
from tests.standins.site import free_port, gunicorn

pytestmark = pytest.mark.django_db

IN_A_WEEK = timedelta(days=7)
REGISTER = """
import flows
from flows.deployments import deployments
for deployment in deployments():
    deployment.apply()
"""
RUNS = """
import json
from prefect.client.orchestration import get_client
with get_client(sync_client=True) as client:
    print(json.dumps([
        [run.idempotency_key, run.parameters, client.read_deployment(run.deployment_id).name]
        for run in client.read_flow_runs() if not run.auto_scheduled
    ]))
"""


@pytest.fixture
def approved(issue, publisher):
    """The issue, approved to leave in a week."""
    approve_issue(issue, "Paul", timezone.now() + IN_A_WEEK, readers=2)
    return issue


def test_send_now_asks_with_the_count_and_changes_nothing(publisher, approved):
    page = text_of(publisher.client.get(at("send-now")))
    assert "2 readers get it; 1 does not: 1 not confirmed." in page
    assert approval_in_force(approved).send_at > timezone.now()


def test_without_a_schedule_it_says_so_and_the_schedule_sends_it_when_it_runs_again(
    publisher, approved
):
    before = approval_in_force(approved)
    done = press(publisher.client, at("send-now"))
    assert "The schedule does not run at this moment. Nothing is lost" in told(
        publisher.client, done
    )
    after = approval_in_force(approved)
    assert after == before
    assert after.send_at <= timezone.now()
    assert ModelLogEntry.objects.get(action="issues.send_now").user == publisher.user
    started = []
    watch = Watch(None, lambda name, parameters: started.append((name, parameters)))
    watch.start_what_waits(timezone.now() + GRACE)
    assert started == [("publish/publish-twtw", {"publication": "twtw", "quiet": True})]


def test_without_a_schedule_nothing_is_prepared_and_it_says_what_to_do(editor, issue, twtw):
    # The newsroom's own volume of the year in which the tests run begins later than #317.
    twtw.volumes.exclude(pk=issue.volume_id).delete()
    done = press(editor.client, at("prepare"))
    said = told(editor.client, done)
    assert "The schedule does not run at this moment. Nothing was changed" in said
    assert "press the button again" in said
    assert not ModelLogEntry.objects.filter(action="issues.prepare").exists()


def test_an_approved_issue_is_prepared_anew_only_after_a_question_about_it(editor, approved):
    page = editor.client.get(at("prepare"))
    assert "To prepare it anew takes the approval back" in text_of(page)
    fields = fields_of(page)
    assert fields.pop("reopen") == "yes"
    done = editor.client.post(at("prepare"), fields)
    assert "was approved meanwhile" in told(editor.client, done)


def test_what_can_not_be_prepared_says_why_at_once_and_changes_nothing(editor, issue, twtw):
    Volume.objects.create(publication=twtw, number=99, begins_on=SUNDAY, first_serial=9000)
    before = issue.date, list(issue.entries.values_list("note", "position"))
    said = told(editor.client, press(editor.client, at("prepare")))
    assert "#317 can't" in said
    assert "takes a few seconds" not in said
    issue.refresh_from_db()
    assert (issue.date, list(issue.entries.values_list("note", "position"))) == before


def test_there_need_be_no_issue_to_prepare_one(editor, twtw):
    page = editor.client.get(at("prepare"))
    assert "put together as the next issue" in text_of(page)
    assert press(editor.client, at("prepare")).status_code == 302


def test_who_may_only_look_starts_nothing(somebody, approved):
    looker = somebody("lena", rights=["issues.view_issue"])
    for name in ("prepare", "send-now", "trial"):
        assert looker.client.post(at(name), {"issue": approved.pk}).status_code == 302
    assert approval_in_force(approved).send_at > timezone.now()


def test_the_desk_is_ready_without_prefect():
    script = (
        "import sys, django; django.setup(); import newsroom.urls; "
        "from django.urls import reverse; reverse('issue_desk:issue', args=['twtw']); "
        "print([name for name in sys.modules if name.partition('.')[0] == 'prefect'])"
    )
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "newsroom.settings"}
    done = subprocess.run(
        [sys.executable, "-c", script], env=environment, cwd=ROOT, capture_output=True, text=True
    )
    assert done.stdout.strip() == "[]", done.stderr


def run(script):
    """What a Python process of the newsroom prints."""
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def signed_in(person, address):
    """A browser at the site that a person is signed in with."""
    cookies = http.cookiejar.CookieJar()
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(cookies))
    opener.addheaders = [("Cookie", f"sessionid={person.client.cookies['sessionid'].value}")]

    def ask(path, fields=None):
        if fields is None:
            with opener.open(f"{address}{path}", timeout=60) as answer:
                return answer.read().decode()
        token = next(cookie.value for cookie in cookies if cookie.name == "csrftoken")
        session = person.client.cookies["sessionid"].value
        request = urllib.request.Request(
            f"{address}{path}",
            urllib.parse.urlencode(fields).encode(),
            {"Cookie": f"sessionid={session}; csrftoken={token}"},
        )
        with opener.open(request, timeout=60) as answer:
            return answer.read().decode()

    return ask


@pytest.mark.django_db(transaction=True)
def test_the_buttons_start_recorded_runs_of_the_schedules_deployments_once_each(
    publisher, approved
):
    own = configuration().model_copy(update={"prefect_port": free_port()})
    with prefect_server(own):
        run(REGISTER)
        with gunicorn() as address:
            ask = signed_in(publisher, address)
            for name in ("send-now", "prepare"):
                fields = fields_of(ask(at(name)))
                pages = [ask(at(name), fields) for _ in range(2)]
                assert all("does not run" not in page for page in pages)
        started = json.loads(run(RUNS))
    assert {name: parameters for _, parameters, name in started} == {
        "publish-twtw": {"publication": "twtw", "quiet": True},
        "prepare-twtw": {"publication": "twtw", "reopen": True},
    }
    assert len(started) == 2
    assert Mailing.objects.count() == 0
