"""Writing at the open issue, and looking it over, by the command line."""

import json
from datetime import date

import pytest

from issues.approval import approval_in_force
from issues.assembling import assemble
from issues.models import LinkAnswer

pytestmark = pytest.mark.django_db(transaction=True)
DAY = date(2025, 6, 29)


def test_the_subject_line_and_the_words_beside_and_before_the_notes_are_written(
    twtw_command, twtw, write_note
):
    write_note()
    issue = assemble(twtw, DAY).issue
    done = twtw_command("issue", "write", "--subject", "A treaty", "--introduction", "Welcome.")
    assert done.status == 0
    issue.refresh_from_db()
    assert (issue.subject_line, issue.preview_text, issue.introduction) == (
        "A treaty",
        "",
        "Welcome.",
    )
    twtw_command("issue", "approve")
    twtw_command("issue", "write", "--subject", "A treaty")
    assert approval_in_force(issue) is not None
    twtw_command("issue", "write", "--subject", "")
    issue.refresh_from_db()
    assert issue.subject_line == ""
    assert approval_in_force(issue) is None


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ([], "Say what to write: --subject, --preview-text, --introduction or --segment."),
        (["--subject", "x" * 201], "--subject has 201 characters; at most 200 fit."),
        (["--preview-text", "x" * 201], "--preview-text has 201 characters; at most 200 fit."),
    ],
)
def test_what_can_not_be_written_is_told_and_nothing_is(
    twtw_command, twtw, write_note, options, sentence
):
    write_note()
    issue = assemble(twtw, DAY).issue
    done = twtw_command("issue", "write", "--introduction", "No.", *options) if options else None
    done = done or twtw_command("issue", "write")
    assert (done.status, done.err) == (2, f"twtw: {sentence}\n")
    issue.refresh_from_db()
    assert issue.introduction == ""


def test_who_gets_it_is_chosen_by_a_sentence_which_is_kept_in_its_normal_form(
    twtw_command, twtw, write_note
):
    write_note()
    issue = assemble(twtw, DAY).issue
    twtw_command("issue", "approve")
    done = twtw_command("issue", "write", "--segment", "REGION africa")
    assert "only for confirmed readers of The World This Week: region Africa" in done.out
    assert approval_in_force(issue) is None
    assert json.loads(twtw_command("issue", "show", "--json").out)["segment"] == "region Africa"
    assert "to        confirmed readers of The World This Week: region Africa" in (
        twtw_command("issue", "approve").out
    )
    done = twtw_command("issue", "write", "--segment", "regoin Africa")
    assert done.status == 2
    assert "perhaps “region Africa” is meant" in done.err
    twtw_command("issue", "write", "--segment", "")
    issue.refresh_from_db()
    assert issue.segment == ""


def test_words_in_another_encoding_are_told_and_not_written(twtw_command, twtw, write_note):
    write_note()
    assemble(twtw, DAY)
    done = twtw_command("issue", "write", "--subject", "Bad \udcff")
    assert done.status == 2
    assert done.err.endswith("is no text in UTF-8; write it in that encoding.\n")


def test_an_alert_is_looked_over_and_nothing_is_mailed(twtw_command, alerts, write_note):
    fine = write_note("Fine", publication=alerts)
    stopped = write_note("Not ready", publication=alerts, text="<p>More on this: TK.</p>")
    done = twtw_command("alert", fine.slug, "--check")
    assert (done.status, "still an example address" in done.out) == (0, True)
    done = twtw_command("alert", stopped.slug, "--check", "--json")
    assert done.status == 1
    assert "placeholder" in {one["code"] for one in json.loads(done.out)["findings"]}
    assert twtw_command("alert", stopped.slug).status == 2
    assert not alerts.editions.exists()


def test_a_check_names_what_it_found_and_fails_if_something_stops_the_approval(
    twtw_command, twtw, write_note
):
    write_note()
    assemble(twtw, DAY)
    fine = twtw_command("issue", "check")
    assert fine.status == 0
    assert "still an example address" in fine.out
    write_note(claim="Not ready", text="<p>More on this: TK.</p>")
    twtw_command("issue", "prepare", "--date", "2025-06-29")
    stopped = twtw_command("issue", "check", "--json")
    assert stopped.status == 1
    found = json.loads(stopped.out)["findings"]
    assert {"placeholder"} == {one["code"] for one in found if one["level"] == "blocker"}
    assert all(one["fix"].startswith("/desk/") or not one["fix"] for one in found)


def test_a_finding_in_a_note_says_in_which_and_under_which_heading(twtw_command, twtw, write_note):
    note = write_note(text="<p>It was agreed,and signed.</p>")
    assemble(twtw, DAY)
    lines = twtw_command("issue", "show").out.splitlines()
    at = next(number for number, line in enumerate(lines) if "agreed,and" in line)
    assert lines[at + 1].strip() == f"in {note} › What happened?"


def test_no_site_is_asked_while_mail_goes_to_the_outbox(twtw_command, twtw, write_note, settings):
    assert settings.CHECK_LINKS is False
    write_note(text='<p>See <a href="https://example.org/a">this agreement</a>.</p>')
    assemble(twtw, DAY)
    assert "sites behind its links were not asked" in twtw_command("issue", "check").out
    assert not LinkAnswer.objects.exists()


def test_an_approval_overrules_what_it_is_told_to(twtw_command, twtw, write_note):
    write_note(text="<p>They call it TK.</p>")
    assemble(twtw, DAY)
    assert twtw_command("issue", "approve").status == 2
    done = twtw_command("issue", "approve", "--overrule", "placeholder")
    assert done.status == 0
    assert "let pass  “They call it TK" in done.out


def test_an_approval_says_what_it_let_pass(twtw_command, twtw, write_note):
    write_note()
    assemble(twtw, DAY)
    done = twtw_command("issue", "approve", "--by", "An Editor")
    assert "let pass  The sender of The World This Week is still an example address" in done.out
