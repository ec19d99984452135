"""Reading the mailbox: a run says in a sentence what came of it, or why nothing did."""

from itertools import takewhile

import pytest
import yaml

from flows import failures, telling
from flows.deployments import deployments
from flows.inbound import MailboxReport, read_mailbox
from flows.steps import run_story
from newsroom.configuration import ROOT
from subscribers.errors import MailboxError
from subscribers.models import Subscription
from tests.flows.test_deployments import described
from tests.standins.imap import MailServer
from tests.subscribers.inbound.mails import mail

pytestmark = pytest.mark.django_db


@pytest.fixture
def server(settings):
    with MailServer() as running:
        settings.IMAP_HOST, settings.IMAP_PORT = "127.0.0.1", running.port
        settings.IMAP_SECURITY, settings.IMAP_USER = "none", "desk"
        settings.IMAP_PASSWORD = "correct horse"
        yield running


def test_what_has_come_is_acted_on_and_told_in_numbers(server, subscribe, twtw):
    subscribe(twtw, "ann@example.org")
    server.deliver(mail("unsubscribe"), mail("Hello"), mail("Hello"))
    report = run_story(read_mailbox)
    assert report.sentence == "3 mails were read: 1 left, 2 unclear."
    assert report.trouble == ""
    assert Subscription.objects.get().state == "ended"
    assert run_story(read_mailbox).sentence == "No mail had come."


def test_what_a_person_has_to_look_at_is_trouble(server):
    server.deliver(mail("Hello"))
    server.give("STORE", "no")
    report = run_story(read_mailbox)
    assert report.trouble == "Unread"
    assert "1 mail could not be marked as read" in report.sentence
    faulty = MailboxReport({"left": 1}, failed=2, unmarked=0, left=1000)
    assert faulty.trouble == "Unread"
    assert faulty.sentence == (
        "1 mail was read: 1 left. 1,000 mails wait for the next time. 2 mails could not be "
        "understood by an error of this software; the log shows where."
    )


def test_a_server_that_does_not_do_its_part_ends_the_run_in_one_sentence(server):
    server.give("SELECT", "garbage")
    with pytest.raises(MailboxError, match=r"^The mailbox's server 127.0.0.1:\d+ .*\.$"):
        run_story(read_mailbox)


def reading():
    return [one for one in deployments() if one.name == read_mailbox.name]


def test_it_is_deployed_only_where_there_is_a_mailbox(settings, twtw):
    settings.IMAP_HOST = ""
    assert reading() == []
    settings.IMAP_HOST = "imap.example.org"
    (deployment,) = reading()
    assert [schedule.schedule.cron for schedule in deployment.schedules] == ["*/5 * * * *"]
    _, _, in_comments = (ROOT / "prefect.yaml").read_text().partition("(TWTW_IMAP_HOST)")
    lines = takewhile(lambda line: line.startswith("  # "), in_comments.splitlines()[1:])
    (shipped,) = yaml.safe_load("\n".join(line.removeprefix("  # ") for line in lines))
    assert shipped.pop("work_pool") == {"name": "newsroom"}
    assert shipped == described(deployment)


def test_the_editors_are_told_of_what_lasts_once_a_day():
    assert read_mailbox.name in failures.FREQUENT
    assert read_mailbox.name in telling.AGAIN
