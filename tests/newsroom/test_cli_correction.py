"""A correction by the command line: recorded, listed, mailed once, and every mistake."""

import json
from datetime import date

import pytest

from delivery.freezing import start_alert_mailing
from delivery.models import Mailing
from delivery.transports.outbox import Outbox
from flows.alert import send_alert
from flows.steps import run_story
from issues.models import Correction

pytestmark = pytest.mark.django_db(transaction=True)

RECORD = ("--text", "We wrote 460.\nIt is <640>.", "--reason", "A slip", "--by", "Ann")


@pytest.fixture
def note(alerts, write_note, subscribe, settings, tmp_path):
    """One that was mailed to a reader."""
    settings.OUTBOX = tmp_path / "outbox"
    subscribe(alerts, "ada@example.org")
    note = write_note("Mali", "Urgent", publication=alerts)
    run_story(send_alert, note=note.pk)
    return note


def test_a_correction_is_recorded_listed_and_mailed_once(twtw_command, note):
    done = twtw_command("correction", "record", note.slug, *RECORD)
    assert done.status == 0, done.err
    correction = Correction.objects.get()
    assert correction.text == "<p>We wrote 460.</p><p>It is &lt;640&gt;.</p>"
    assert (correction.recorded_by, correction.day >= date(2025, 1, 1)) == ("Ann", True)
    assert "not mailed; Ann: A slip" in twtw_command("correction", "list").out

    sent = twtw_command("correction", "send", correction.pk, "--yes")
    assert sent.status == 0, sent.err
    assert "1 candidate, 1 accepted." in sent.out
    again = twtw_command("correction", "send", correction.pk)
    assert "was mailed before, and nothing was sent again" in again.out
    mailing = Mailing.objects.get(edition__correction=correction)
    [row] = json.loads(twtw_command("correction", "list", "--json").out)
    assert (row["mailing"], row["reason"]) == (mailing.pk, "A slip")
    assert "Correction to “Mali: Urgent”" in twtw_command("mailing", "show", mailing.pk).out
    assert "Correction to “Mali: Urgent”" in twtw_command("mailing", "list").out


def test_nothing_leaves_before_somebody_has_said_so(twtw_command, note):
    twtw_command("correction", "record", note.slug, *RECORD)
    correction = Correction.objects.get()
    asked = twtw_command("correction", "send", correction.pk)
    assert asked.status == 2
    assert "1 reader gets it. Nobody is here to answer; say so with --yes." in asked.err
    assert Mailing.objects.count() == 1


def test_mistakes_are_told_in_a_sentence(twtw_command, note, twtw, write_note):
    other = write_note("Never", "Mailed")
    for arguments, sentence in (
        (("record", other.slug, *RECORD), "was not mailed there"),
        (("record", note.slug, *RECORD, "-p", "twtw"), "was not mailed there"),
        (("record", note.slug, *RECORD, "--day", "2020-01-01"), "is not before"),
        (("record", note.slug, "--text", " ", "--reason", "x"), "needs a text"),
        (("send", "99"), "There is no correction 99"),
    ):
        done = twtw_command("correction", *arguments)
        assert done.status == 2, arguments
        assert sentence in done.err


def test_a_note_that_was_mailed_twice_has_to_be_told_where(
    twtw_command, note, alerts, twtw, subscribe, tmp_path
):
    sister = type(alerts).objects.create(slug="sister", name="Sister", numbered=False)
    subscribe(sister, "ada@example.org")
    start_alert_mailing(sister, note, Outbox(tmp_path / "outbox"))
    done = twtw_command("correction", "record", note.slug, *RECORD)
    assert "was mailed in gp-alerts, sister; say which with --publication" in done.err
    done = twtw_command("correction", "record", note.slug, *RECORD, "-p", "sister")
    assert done.status == 0, done.err
