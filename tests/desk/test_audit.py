"""The record: who did what, shown to whom it concerns, and never taken back."""

import csv
import io
import re

import pytest
from django.urls import reverse
from django.utils import timezone
from typer.testing import CliRunner
from wagtail.log_actions import log
from wagtail.models import ModelLogEntry

from delivery.freezing import start_alert_mailing
from delivery.transports.outbox import Outbox
from newsroom.cli.app import app
from notes.models import Note
from subscribers.models import Reader
from tests.desk.people import at_the_desk

pytestmark = pytest.mark.django_db

RECORD = "/desk/record/"


@pytest.fixture
def people(db):
    return at_the_desk()


def told(entry):
    return entry.data["sentence"]


def latest(action):
    return ModelLogEntry.objects.filter(action=action).latest("pk")


def rows_of(response):
    """Name, kind, action with details, who; without when."""
    table = re.search(r"<tbody>.*?</tbody>", response.content.decode(), re.DOTALL)[0]
    return [
        [re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", cell)).strip() for cell in cells[:4]]
        for cells in (
            re.findall(r"<td.*?</td>", row, re.DOTALL)
            for row in re.findall(r"<tr>.*?</tr>", table, re.DOTALL)
        )
    ]


def command(*arguments):
    return CliRunner().invoke(app, arguments)


def test_it_says_who_did_what_to_what_with_the_details(people, write_note):
    note = write_note("Mali")
    log(note, "notes.import", user=people.ed.user, data={"sentence": "A new draft."})
    first = rows_of(people.eve.get(RECORD))[0]
    assert first == [
        "Mali: A growing presence",
        "Note",
        "Bring a note in from a file A new draft.",
        "Ed",
    ]


def test_its_days_and_moments_are_printed_as_elsewhere(people, write_note):
    note = write_note("Mali")
    log(note, "issues.move", data={"to": "2025-07-13"})
    assert rows_of(people.eve.get(RECORD))[0][2].endswith("to: 13 July 2025")
    log(note, "issues.approve", data={"send_at": "2025-07-06T08:00:00+05:30"})
    assert (
        "send at: Sunday, 6 July 2025, 08:00 (UTC+05:30)" in rows_of(people.eve.get(RECORD))[0][2]
    )


def test_what_nobody_at_the_desk_did_is_the_command_lines_or_the_schedules(people, write_note):
    note = write_note("Mali")
    assert {row[3] for row in rows_of(people.eve.get(RECORD))} == {
        "The command line or the schedule"
    }
    log(note, "notes.import", data={"sentence": "A new draft.", "by": "jo"})
    assert rows_of(people.eve.get(RECORD))[0][3] == "jo, at the command line"


def test_only_who_may_change_accounts_sees_what_was_done_to_them(people):
    log(people.carl.user, "wagtail.edit", user=people.ada.user)
    assert "carl" not in people.eve.get(RECORD).content.decode()
    assert rows_of(people.ada.get(RECORD))[0][0] == "carl"


def test_it_is_filtered_by_person_action_kind_name_and_time(people, write_note, twtw):
    note = write_note("Mali")
    ModelLogEntry.objects.all().delete()
    log(note, "wagtail.edit", user=people.ed.user)
    log(twtw, "subscribers.import", user=people.eve.user)

    def found(**by):
        return [row[0] for row in rows_of(people.ada.get(RECORD, by))]

    assert len(found()) == 2
    assert found(user=people.ed.user.pk) == [str(note)]
    assert found(action="subscribers.import") == [str(twtw)]
    assert found(content_type=latest("wagtail.edit").content_type_id) == [str(note)]
    assert found(label__icontains="mali") == [str(note)]
    today = timezone.localdate()
    assert len(found(timestamp_from=today, timestamp_to=today)) == 2
    tomorrow = today + timezone.timedelta(days=1)
    assert "There is no entry that fits." in (
        people.ada.get(RECORD, {"timestamp_from": tomorrow}).content.decode()
    )


def test_it_can_be_taken_away_as_a_spreadsheet_that_runs_nothing(people, write_note):
    note = write_note("=1+1")
    log(note, "wagtail.edit", user=people.ed.user)
    response = people.eve.get(RECORD, {"export": "csv"})
    rows = list(csv.reader(io.StringIO(b"".join(response.streaming_content).decode())))
    assert rows[0] == ["Time", "Who", "Action", "Kind", "Name", "Number", "Details"]
    assert rows[1][1:6] == ["Ed", "Edited", "Note", "'=1+1: A growing presence", str(note.pk)]
    assert people.eve.get(RECORD, {"export": "xlsx"}).status_code == 200


def test_of_the_savings_of_one_sitting_the_last_is_shown(people, write_note):
    note, other = write_note("Mali"), write_note("Niger")
    ModelLogEntry.objects.all().delete()
    mark = "9e0fcb5c-6a2f-4f0a-9e3c-3b5a3c6f3f11"
    for which in (note, note, other):
        log(which, "wagtail.edit", user=people.ed.user, uuid=mark)
    assert [row[0] for row in rows_of(people.eve.get(RECORD))] == [str(other), str(note)]


def test_what_was_deleted_keeps_its_entries_and_so_does_an_account(people, write_note):
    note = write_note("Mali")
    log(note, "wagtail.edit", user=people.ed.user)
    title, number = str(note), people.ed.user.pk
    people.eve.post(reverse("wagtailsnippets_notes_note:delete", args=[note.pk]))
    people.ada.post(reverse("wagtailusers_users:delete", args=[number]))
    assert not Note.objects.exists()
    rows = rows_of(people.ada.get(RECORD))
    assert [title, "Note", "Deleted", "Eve"] in rows
    assert [title, "Note", "Edited", f"user {number} (deleted)"] in rows


def test_several_deleted_at_once_have_an_entry_each(people, write_note):
    notes = [write_note("Mali"), write_note("Niger")]
    address = reverse("wagtail_bulk_action", args=["notes", "note", "delete"])
    people.eve.post(f"{address}?id={notes[0].pk}&id={notes[1].pk}")
    assert not Note.objects.exists()
    entries = ModelLogEntry.objects.filter(action="wagtail.delete")
    assert {(entry.label, entry.user) for entry in entries} == {
        (str(note), people.eve.user) for note in notes
    }


def test_a_note_approved_at_the_command_line_is_recorded(write_note):
    note = write_note("Mali", approved=False)
    assert command("notes", "approve", str(note.pk)).exit_code == 0
    assert latest("wagtail.workflow.approve").object_id == str(note.pk)


def test_notes_brought_in_at_the_command_line_are_recorded(twtw, tmp_path):
    file = tmp_path / "note.md"
    file.write_text(
        "---\nsubject: Mali\nclaim: A growing presence\ndate: 2025-06-29\n"
        "authors: [A. Author]\n---\n\n"
        "## What happened?\n\nSomething.\n\n## What is the background?\n\nSomething.\n\n"
        "## What does it mean?\n\nSomething.\n"
    )
    assert command("notes", "import", str(file)).exit_code == 0
    entry = latest("notes.import")
    assert (entry.label, told(entry)) == ("Mali: A growing presence", "A new draft from a file.")
    command("notes", "import", str(file))
    assert ModelLogEntry.objects.filter(action="notes.import").count() == 1


def test_readers_brought_in_and_written_out_are_recorded_by_their_number(twtw, tmp_path):
    file = tmp_path / "readers.csv"
    file.write_text("address,name\nann@example.org,Ann\nbob@example.org,Bob\n")
    assert command("readers", "import", str(file), "--consent", "A sheet").exit_code == 0
    assert command("readers", "export", str(tmp_path / "out.csv")).exit_code == 0
    assert told(latest("subscribers.import")) == "2 new readers; 2 rows read."
    assert told(latest("subscribers.export")) == "2 readers written to a file."


def test_a_mailing_that_begins_is_recorded_once(alerts, write_note, subscribe, tmp_path):
    subscribe(alerts, "ann@example.org")
    note = write_note("Mali", publication=alerts)
    for _ in range(2):
        start_alert_mailing(alerts, note, Outbox(tmp_path))
    (entry,) = ModelLogEntry.objects.filter(action="delivery.begin")
    assert told(entry) == "Frozen for 1 reader, by outbox."


def test_what_is_done_with_a_mailing_at_the_command_line_is_recorded(mailing):
    command("mailing", "pause", str(mailing.pk), "--by", "Jo")
    command("mailing", "pause", str(mailing.pk), "--by", "Jo")
    command("mailing", "resume", str(mailing.pk), "--by", "Jo")
    command("mailing", "settle", str(mailing.pk), "--count-as-sent", "--at-once", "--by", "Jo")
    command("mailing", "cancel", str(mailing.pk), "--yes", "--by", "Jo")
    entries = ModelLogEntry.objects.filter(data__by="Jo").order_by("pk")
    assert [entry.action for entry in entries] == [
        f"delivery.{act}" for act in ("pause", "resume", "settle", "cancel")
    ]


def test_no_entry_has_an_address_of_a_reader(mailing, people):
    command("mailing", "pause", str(mailing.pk))
    people.ada.post(reverse("mailings:resume", args=[mailing.pk]))
    written = "".join(f"{entry.label}{entry.data}" for entry in ModelLogEntry.objects.all())
    assert not any(reader.address in written for reader in Reader.objects.all())
