"""Readers at the command line: brought in, looked at before, taken out again."""

import json

import pytest

from newsroom.cli.importing import SHOWN
from subscribers.importing.deciding import Word, give_word
from subscribers.importing.one_go import looked_through
from subscribers.models import Consent, ImportRun, Reader, ServiceMail, Subscription

pytestmark = pytest.mark.django_db


@pytest.fixture
def readers(twtw_command, settings, tmp_path):
    """Imports a file with this content."""
    settings.IMPORTS = tmp_path / "imports"

    def run(content, *options):
        file = tmp_path / "readers.csv"
        file.write_text(content, encoding="utf-8")
        return twtw_command("readers", "import", file, *options)

    return run


def test_they_are_imported_with_consent_and_told_by_counts_without_addresses(readers):
    done = readers("email,name\nann@example.org,Ann\nANN@example.org,\n", "--consent", "a form")
    assert done.status == 0
    assert done.out.splitlines() == [
        "2 rows, read as UTF-8, with a comma between cells",
        "addresses in “email”, names in “name”",
        "row 3: the same as row 2",
        "1 new",
        "1 the same as an earlier row",
    ]
    assert Consent.objects.get().source == "a form (readers.csv)"


def test_without_consent_they_are_asked(readers):
    done = readers("email\nann@example.org\n", "--ask")
    assert "1 new: each is asked to confirm" in done.out
    assert Subscription.objects.get().state == "pending"
    assert ServiceMail.objects.get().kind == "confirm"


@pytest.mark.parametrize("options", [(), ("--ask", "--consent", "a form")])
def test_one_of_both_has_to_be_said(readers, options):
    done = readers("email\nann@example.org\n", *options)
    assert done.status == 2
    assert "--consent" in done.err
    assert not Reader.objects.exists()


def test_a_dry_run_says_what_would_change_and_leaves_nothing(readers, settings):
    done = readers("email\nann@example.org\n", "--dry-run")
    assert done.status == 0
    assert done.out.splitlines()[-2:] == [
        "1 new",
        "Nothing was imported: this was to see what would be.",
    ]
    assert not Reader.objects.exists()
    assert not ImportRun.objects.exists()
    assert list(settings.IMPORTS.iterdir()) == []


def test_refused_rows_are_named_and_written_to_a_file_and_nothing_is_imported(readers, tmp_path):
    rows = "".join(f"nobody {number}\n" for number in range(SHOWN + 5))
    file = tmp_path / "refused.csv"
    content = f"email\nann@example.org\n{rows}"
    done = readers(content, "--consent", "a form", "--refused", file)
    assert done.status == 2
    assert f"row {SHOWN + 2}: An email address must have an @-sign." in done.out
    assert f"row {SHOWN + 3}:" not in done.out
    assert "and 5 more: refused; --refused FILE.csv writes them all" in done.out
    assert "Mend the refused rows, or leave them out with --skip-refused." in done.out
    assert len(file.read_text("utf-8-sig").splitlines()) == SHOWN + 6
    assert not Reader.objects.exists()
    assert readers(content, "--consent", "a form", "--skip-refused").status == 0
    assert Reader.objects.count() == 1


def test_an_interrupted_import_goes_on_with_the_same_command(readers, twtw, tmp_path):
    content = "email\nann@example.org\n"
    file = tmp_path / "readers.csv"
    file.write_text(content)
    give_word(looked_through(file, twtw, by="Ann"), Word("a form"))
    looked = readers(content, "--dry-run")
    assert (looked.status, "begun and not ended" in looked.err) == (2, True)
    other = readers(content, "--consent", "another form")
    assert (other.status, "begun on other terms" in other.err) == (2, True)
    assert not Reader.objects.exists()
    assert readers(content, "--consent", "a form").status == 0
    assert ImportRun.objects.get().state == "finished"


def test_columns_are_named_where_the_guess_is_wrong(readers):
    content = "email,other,name\nann@example.org,bob@example.org,Ann\n"
    options = ("--address-column", "other", "--name-column", "-", "--consent", "a form")
    assert "addresses in “other”\n" in readers(content, *options).out
    assert Reader.objects.get().address == "bob@example.org"
    wrong = readers(content, "--address-column", "9", "--consent", "a form")
    assert (wrong.status, "no column of that name" in wrong.err) == (2, True)


def test_a_consent_that_says_nothing_is_refused_before_the_file_is_read(readers, settings):
    done = readers("email\nann@example.org\n", "--consent", " ")
    assert done.status == 2
    assert "Say where the readers' consent comes from" in done.err
    assert not settings.IMPORTS.exists()


def test_a_script_is_told_in_json(readers):
    done = readers("email\nann@example.org\nnobody\n", "--dry-run", "--json")
    told = json.loads(done.out)
    assert (told["imported"], told["rows"], told["counts"]) == (False, 2, {"new": 1, "refused": 1})
    assert [one["row"] for one in told["refused"]] == [3]


def test_readers_are_exported_by_state_and_segment(twtw_command, subscribe, twtw):
    subscribe(twtw, "ann@example.org")
    subscribe(twtw, "bob@example.org", state="ended")
    whole = twtw_command("readers", "export")
    assert len(whole.out.splitlines()) == 3
    assert "bob@" not in twtw_command("readers", "export", "--state", "confirmed").out
    joined = twtw_command("readers", "export", "--only", "joined this year")
    assert "ann@example.org" in joined.out
    wrong = twtw_command("readers", "export", "--only", "loves cats")
    assert (wrong.status, len(wrong.err.strip().splitlines())) == (2, 1)
    assert twtw_command("readers", "export", "--state", "gone").status == 2
