"""The week by the command line, and every mistake a person can make on the way."""

import errno
import io
import json
import os
import re
import resource
import signal
import subprocess
import sys
from datetime import date, timedelta

import pytest
import typer
from django.db import DatabaseError, IntegrityError

from delivery.claiming import claim_next_chunk, depart
from delivery.freezing import start_issue_mailing
from delivery.ledger import record_answer
from delivery.transports import NotLeft, Refused, Unanswered
from delivery.transports.outbox import Outbox
from flows.reports import report_of
from issues.approval import approve_issue
from issues.assembling import assemble
from issues.models import Issue
from newsroom.cli.asking import report_mailing
from newsroom.cli.mistakes import exit_status, sentences
from newsroom.configuration import configuration
from newsroom.state import stamp_of
from notes.approval import approve
from notes.models import Note
from tests.optional import shared

pytestmark = pytest.mark.django_db(transaction=True)

NOTE = """---
subject: A river
claim: Why it floods
author: An Author
date: 2025-07-04
countries: [IN]
schema: Three questions
---

## What happened?

It flooded.

## What is the background?

It floods every year.

## What does it mean?

It will flood again.
"""


@pytest.fixture
def note_file(tmp_path):
    file = tmp_path / "river.md"
    file.write_text(NOTE, encoding="utf-8")
    return file


@pytest.fixture
def readers_file(tmp_path):
    file = tmp_path / "readers.csv"
    file.write_text("address,name\nada@example.org,Ada\nbo@example.org,Bo\n", encoding="utf-8")
    return file


@pytest.fixture
def outbox(settings, tmp_path):
    settings.OUTBOX = tmp_path / "outbox"
    return settings.OUTBOX / "new"


def test_a_week_from_a_file_to_the_mailbox(twtw_command, note_file, readers_file, outbox):
    assert "new" in twtw_command("notes", "import", note_file).out
    assert "unchanged" in twtw_command("notes", "import", note_file).out
    note = Note.objects.get()
    imported = twtw_command("readers", "import", readers_file, "--consent", "a form")
    assert imported.status == 0, imported.err
    assert twtw_command("notes", "approve", note.pk).status == 0
    prepared = twtw_command("issue", "prepare", "--date", "2025-07-06", "--serial", 318)
    assert "#318 Vol 7, No 27, 6 July 2025" in prepared.out
    assert twtw_command("issue", "prepare", "--date", "6 July 2025").status == 0
    assert Issue.objects.count() == 1
    assert "It flooded." in twtw_command("issue", "preview", "--text").out
    assert "sha256" in twtw_command("issue", "approve", "--by", "An Editor").out
    for _ in range(2):
        published = twtw_command("issue", "publish")
        assert published.status == 0
        assert "2 accepted" in published.out
        assert len(list(outbox.iterdir())) == 2
    status = json.loads(twtw_command("issue", "status", "--json").out)
    assert status["open_issue"] is None
    assert status["last_mailing"]["accepted"] == 2
    assert status["last_mailing"]["balanced"] is True


def test_the_institutes_page_comes_out_under_the_line_it_was_printed_under(
    twtw_command, readers_file, outbox
):
    twtw_command("readers", "import", readers_file, "--consent", "a form")
    assert twtw_command("notes", "import", shared("seeds/twtw_note_317.txt")).status == 0
    twtw_command("notes", "approve", Note.objects.get().pk)
    twtw_command("issue", "prepare", "--date", "2025-06-29", "--serial", 317)
    twtw_command("issue", "approve")
    assert twtw_command("issue", "publish").status == 0
    first = sorted(outbox.iterdir())[0].read_bytes().replace(b"=\n", b"")
    assert b"#317 Vol 7, No 26, 29 June 2025" in first


def test_an_alert_sent_twice_makes_one_copy(twtw_command, alerts, subscribe, write_note, outbox):
    subscribe(alerts, "ada@example.org")
    note = write_note()
    for _ in range(2):
        done = twtw_command("alert", note.pk)
        assert done.status == 0
        assert "1 accepted" in done.out
    assert len(list(outbox.iterdir())) == 1


def test_an_alert_for_a_part_of_the_readers_goes_to_nobody_else_later(
    twtw_command, alerts, subscribe, write_note, outbox
):
    subscribe(alerts, "ada@example.org").reader.regions.create(region="africa")
    subscribe(alerts, "ben@example.org")
    note = write_note()
    done = twtw_command("alert", note.pk, "--check", "--segment", "region africa")
    assert "1 reader gets it; 1 does not: 1 not in the segment." in done.out
    done = twtw_command("alert", note.pk, "--segment", "region africa")
    assert "1 excluded (1 not in the segment), 1 accepted" in done.out
    done = twtw_command("alert", note.pk, "--segment", "region none")
    assert done.status == 2
    assert "was mailed before, to confirmed readers of GP Alerts: region Africa." in done.err
    assert len(list(outbox.iterdir())) == 1


def test_an_issue_that_nobody_approved_is_not_published(twtw_command, twtw, write_note, outbox):
    write_note()
    twtw_command("issue", "prepare", "--date", "2025-06-29")
    done = twtw_command("issue", "publish")
    assert done.status == 2
    assert "is not approved" in done.err
    assert not outbox.exists()


def test_prepare_names_the_approved_notes_that_are_not_in_the_issue(twtw_command, twtw, write_note):
    write_note("On time")
    twtw_command("issue", "prepare", "--date", "2025-06-29")
    twtw_command("issue", "approve")
    write_note("Too late")
    done = twtw_command("issue", "prepare", "--date", "2025-06-29")
    assert "Not in it, because it was approved after the issue: Too late" in done.out


def test_scripts_get_json(twtw_command, twtw, write_note, subscribe):
    note = write_note("Mali")
    subscribe(twtw, "ada@example.org", name="Ada")
    listed = json.loads(twtw_command("notes", "list", "--json").out)
    assert [(row["id"], row["approved"]) for row in listed] == [(note.pk, True)]
    readers = json.loads(twtw_command("readers", "list", "--json").out)
    assert readers == [{"address": "ada@example.org", "name": "Ada", "state": "confirmed"}]
    prepared = json.loads(twtw_command("issue", "prepare", "--date", "2025-06-29", "--json").out)
    assert prepared["line"] == "#317 Vol 7, No 26, 29 June 2025"
    assert [row["headline"] for row in prepared["notes"]] == ["Mali: A growing presence"]


def test_days_and_moments_are_told_to_scripts_as_iso_8601_writes_them(
    twtw_command, twtw, write_note
):
    write_note()
    listed = json.loads(twtw_command("notes", "list", "--json").out)
    assert (listed[0]["date"], listed[0]["counts_for"]) == ("2025-06-29", "2025-06-29")
    twtw_command("issue", "prepare", "--date", "2025-06-29")
    approved = json.loads(twtw_command("issue", "approve", "--json").out)
    assert approved["approval"]["send_at"] == "2025-06-29T02:30:00Z"


def test_the_preview_of_a_published_issue_is_what_was_mailed(
    twtw_command, twtw, write_note, subscribe, outbox
):
    note = write_note(text="<p>As it was mailed.</p>")
    subscribe(twtw, "ada@example.org")
    for command in (["prepare", "--date", "2025-06-29"], ["approve"], ["publish"]):
        assert twtw_command("issue", *command).status == 0
    note.refresh_from_db()
    note.subject = "Another headline"
    note.save_revision()
    approve(note)
    assert "Another headline" not in twtw_command("issue", "preview", "317", "--text").out


@pytest.mark.parametrize("at", ["soon", "0001-01-01", "9999-12-31 23:59"])
def test_a_moment_that_is_none_approves_nothing(twtw_command, twtw, write_note, at):
    write_note()
    twtw_command("issue", "prepare", "--date", "2025-06-29")
    done = twtw_command("issue", "approve", "--at", at)
    assert done.status == 2
    assert done.err == f"twtw: '{at}' is no time; write it like '2025-07-06 08:00'.\n"
    assert "not approved yet" in twtw_command("issue", "show").out


def test_a_preview_needs_a_folder(twtw_command, twtw, write_note, note_file):
    write_note()
    twtw_command("issue", "prepare", "--date", "2025-06-29")
    done = twtw_command("issue", "preview", "--to", note_file)
    assert done.status == 2
    assert done.err == f"twtw: {note_file} can't be written: File exists; name another place.\n"


@pytest.mark.parametrize(
    ("answer", "advice"),
    [
        (NotLeft("The outbox is full."), "Run the same command again once that is mended"),
        (Unanswered("No answer came."), "They may have left, so nothing is sent again"),
        (Refused("The sender is unknown."), "They are not sent again by themselves"),
    ],
)
def test_copies_that_were_not_accepted_are_told_with_the_reason_and_what_to_do(
    twtw, write_note, subscribe, tmp_path, capsys, answer, advice
):
    write_note()
    subscribe(twtw, "ada@example.org")
    issue = assemble(twtw, date(2025, 6, 29)).issue
    approve_issue(issue, "An Editor")
    mailing = start_issue_mailing(issue, Outbox(tmp_path))
    claimed = claim_next_chunk(mailing, "a worker", timedelta(minutes=1))
    assert depart(claimed)
    record_answer(claimed, answer)
    with pytest.raises(typer.Exit) as end:
        report_mailing(report_of(mailing), as_json=True)
    assert end.value.exit_code == 1
    printed = capsys.readouterr()
    assert json.loads(printed.out)["accepted"] == 0
    assert answer.reason in printed.err
    assert advice in printed.err
    assert "@" not in printed.err


def test_ctrl_c_says_that_the_work_can_go_on(twtw_command, twtw, monkeypatch):
    class Interrupted(io.StringIO):
        def write(self, _: str) -> int:
            signal.raise_signal(signal.SIGINT)
            return 0

    # A shell that starts the tests in the background has them ignore Ctrl-C.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with monkeypatch.context() as patched:
            patched.setattr(sys, "stdout", Interrupted())
            done = twtw_command("notes", "list")
    finally:
        signal.signal(signal.SIGINT, before)
    assert done.status == 130
    assert done.err == "twtw: stopped; the same command goes on from here.\n"


def test_a_note_is_moved_to_another_week(twtw_command, twtw, write_note):
    note = write_note()
    assert "2025-07-06" in twtw_command("notes", "move", note.pk, "--to", "2025-07-06").out
    shown = twtw_command("issue", "prepare", "--date", "2025-06-29", "--json").out
    assert json.loads(shown)["notes"] == []


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["notes", "import", "no-such-file.md"], "no-such-file.md"),
        (["notes", "approve", "99"], "There is no note '99'"),
        (["notes", "list", "-p", "weekly"], "There is no publication 'weekly'; there are: "),
        (["issue", "prepare", "--date", "next week"], "write it like 2025-06-29"),
        (["issue", "prepare", "--date", "9999-12-31"], "write it like 2025-06-29"),
        (["issue", "prepare", "--date", "2025-06-29"], "prepare --serial 317"),
        (["issue", "prepare", "--date", "2025-06-29", "--serial", "100"], "#100 can't be dated"),
        (["issue", "prepare", "--serial", "318", "--combine", "9"], "1 to 4 serials"),
        (["issue", "show"], "has no issue yet"),
        (["issue", "show", "5"], "has no issue #5"),
        (["issue", "preview"], "has no issue yet"),
        (["issue", "approve"], "has no open issue"),
        (["issue", "publish"], "has no open issue"),
        (["issue", "prepare", "-p", "gp-alerts"], "twtw alert"),
        (["alert", "nothing"], "There is no note"),
        (["alert", ""], "name is empty"),
        (["notes", "approve", " "], "name is empty"),
        (["readers", "export", "no-such-folder/readers.csv"], "name another place"),
        (["readers", "export", "/"], "name another place"),
        (["readers", "import", "nobody.csv", "--consent", "x"], "nobody.csv"),
        (["readers", "list", "--state", "gone"], "pending, confirmed, ended"),
    ],
)
def test_a_mistake_is_one_sentence_and_status_2(twtw_command, arguments, sentence):
    done = twtw_command(*arguments)
    assert done.status == 2
    assert sentence in re.sub(r"\s+", " ", done.err)
    assert len(done.err.strip().splitlines()) == 1
    assert "Traceback" not in done.err


def test_a_refused_row_imports_nobody_and_is_named(twtw_command, tmp_path):
    file = tmp_path / "readers.csv"
    file.write_text("address\nada@example.org\nnot an address\n", encoding="utf-8")
    done = twtw_command("readers", "import", file, "--consent", "a form")
    assert done.status == 2
    assert "3" in done.out
    assert json.loads(twtw_command("readers", "list", "--json").out) == []


def notes_list_in(state, **options):
    return subprocess.run(
        [sys.executable, "-m", "newsroom", "notes", "list"],
        env={**os.environ, "TWTW_STATE": str(state)},
        capture_output=True,
        text=True,
        check=False,
        **options,
    )


def test_a_state_folder_that_can_not_be_written_is_named(tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    done = notes_list_in(blocked / "state")
    assert done.returncode == 2
    assert "set TWTW_STATE to a folder that can be written" in done.stderr


def test_a_disk_without_room_is_no_wrong_setting(tmp_path):
    def without_room():
        resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))

    done = notes_list_in(tmp_path, preexec_fn=without_room)
    assert done.returncode == 1
    assert done.stderr.startswith("twtw: The work stopped, because the database says: ")
    assert len(done.stderr.splitlines()) == 1


def test_a_damaged_stamp_of_the_schema_is_written_anew(twtw_command):
    stamp = stamp_of(configuration().state)
    whole = stamp.read_bytes()
    stamp.write_bytes(b"\xff" * 64)
    assert twtw_command("notes", "list").status == 0
    assert stamp.read_bytes() == whole


def test_a_machine_in_trouble_is_told_with_what_to_do():
    trouble = OSError(errno.ENOSPC, "No space left on device", "/a/file")
    assert exit_status(trouble) == 1
    (sentence,) = sentences(trouble)
    assert sentence.startswith("The work stopped: No space left on device (/a/file); mend that")
    assert exit_status(DatabaseError("file is not a database")) == 1
    assert (
        "file is not a database; mend that" in sentences(DatabaseError("file is not a database"))[0]
    )
    assert exit_status(IntegrityError("a bug")) is None
