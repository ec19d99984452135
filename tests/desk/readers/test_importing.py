"""Importing readers at the desk: looked at first, then taken in after a person's word."""

from contextlib import suppress

import pytest
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.files.uploadhandler import SkipFile
from django.test import Client
from wagtail.models import ModelLogEntry

from desk.readers import uploads
from desk.readers.uploads import FileToDisk
from subscribers.importing.deciding import seen
from subscribers.importing.folders import DISK_FULL, Folder
from subscribers.importing.running import go_on
from subscribers.models import Consent, ImportRun, Reader, ServiceMail
from tests.desk.people import at_the_desk

pytestmark = pytest.mark.django_db

FORM = "/desk/readers/import/"
LIST = b"email,name,other\nann@example.org,Ann,bob@example.org\n"


@pytest.fixture(autouse=True)
def imports(settings, tmp_path):
    settings.IMPORTS = tmp_path / "imports"
    return settings.IMPORTS


@pytest.fixture
def people(twtw):
    return at_the_desk()


@pytest.fixture
def bring(people, twtw):
    """Brings a file; the answer."""

    def bring(content=LIST, name="readers.csv", somebody=people.ada, **form):
        file = SimpleUploadedFile(name, content)
        return somebody.post(FORM, {"publication": twtw.pk, "file": file, **form})

    return bring


@pytest.fixture
def read(bring):
    """A file that was looked through."""

    def read(content=LIST):
        bring(content)
        return go_on(ImportRun.objects.latest("pk").pk)

    return read


def page(run, name=""):
    return f"{FORM}{run.pk}/{name}"


def sentences():
    return [entry.data["sentence"] for entry in ModelLogEntry.objects.order_by("pk")]


def test_a_file_that_is_brought_waits_to_be_looked_through(bring, people):
    answer = bring(name="our ann@example.org.csv")
    run = ImportRun.objects.get()
    assert (answer.status_code, answer.url) == (302, page(run))
    assert (run.state, run.size, run.account) == ("reading", len(LIST), people.ada.user)
    assert run.file_name == "our …"
    assert Folder(run.key).file.read_bytes() == LIST
    assert Folder(run.key).file.stat().st_mode & 0o777 == 0o600
    shown = people.ada.get(answer.url).content.decode()
    assert "The schedule does not run at this moment. Nothing is lost" in shown
    assert "data-moves" in shown
    assert '<noscript><meta http-equiv="refresh"' in shown
    assert "ann@example.org" not in shown


def test_what_would_change_is_shown_before_anything_does(read, people):
    run = read(LIST + b"nobody\n")
    shown = people.ada.get(page(run)).content.decode()
    assert "nothing has been changed" in shown
    assert "<td>bob@example.org</td>" in shown
    assert "addresses in “email”, names in “name”" in shown
    assert "Row 3: An email address must have an @-sign." in shown
    assert not Reader.objects.exists()


def test_with_consent_they_are_subscribed_after_a_word_and_it_is_recorded(read, people):
    run = read()
    asked = people.ada.get(page(run, "subscribe/"))
    assert "This subscribes 1 reader to" in asked.content.decode()
    told = {"seen": seen(run), "consent": "Paper forms", "basis": "contract"}
    assert people.ada.post(page(run, "subscribe/"), told).url == page(run)
    run.refresh_from_db()
    assert run.state == "importing"
    assert sentences() == ["readers.csv: 1 reader to be subscribed; they agreed: Paper forms."]
    assert go_on(run.pk).state == "finished"
    consent = Consent.objects.get()
    assert (consent.source, consent.basis) == ("Paper forms (readers.csv)", "contract")
    assert consent.by == run.by
    again = people.ada.post(page(run, "subscribe/"), told, follow=True).content.decode()
    assert "Nothing was done" in again
    assert Consent.objects.count() == 1


def test_without_consent_each_is_asked(read, people):
    run = read()
    assert people.ada.post(page(run, "ask/"), {"seen": seen(run)}).url == page(run)
    go_on(run.pk)
    assert not Consent.objects.exists()
    assert ServiceMail.objects.get().kind == "confirm"
    assert sentences() == ["readers.csv: 1 reader to be asked to confirm."]


def test_refused_rows_are_left_out_only_if_the_person_says_so(read, people):
    run = read(LIST + b"nobody\n")
    told = {"seen": seen(run)}
    refused = people.ada.post(page(run, "ask/"), told)
    assert refused.status_code == 400
    assert "1 row was refused" in refused.content.decode()
    people.ada.post(page(run, "ask/"), {**told, "skip_refused": "yes"})
    assert go_on(run.pk).counts == {"new": 1, "refused": 1}


@pytest.mark.parametrize(
    ("number", "wrong", "right"), [(100, "", "yes"), (1000, "999", "1,000"), (1000, "yes", "1000")]
)
def test_the_more_they_are_the_more_is_asked(read, people, number, wrong, right):
    rows = "".join(f"r{n}@example.org\n" for n in range(number))
    run = read(f"email\n{rows}".encode())
    told = {"seen": seen(run)}
    assert people.ada.post(page(run, "ask/"), {**told, "confirmed": wrong}).status_code == 400
    assert people.ada.post(page(run, "ask/"), {**told, "confirmed": right}).status_code == 302


def test_other_columns_are_chosen_and_an_old_page_counts_no_more(read, people):
    run = read()
    before = seen(run)
    assert people.ada.post(page(run, "columns/"), {"address": "3"}).url == page(run)
    run = go_on(run.pk)
    assert run.sample == [["ann@example.org", "Ann", "bob@example.org"]]
    assert run.columns["address"] == 2
    assert run.columns["name"] is None
    old = people.ada.post(page(run, "ask/"), {"seen": before}, follow=True).content.decode()
    assert "has moved on since you looked at it" in old
    assert ImportRun.objects.get().state == "read"


@pytest.mark.parametrize(
    "form",
    [{}, {"address": "-"}, {"address": "4"}, {"address": "x\0"}, {"address": "1", "sheet": "x"}],
)
def test_columns_that_are_not_there_change_nothing(read, people, form):
    run = read()
    answer = people.ada.post(page(run, "columns/"), form, follow=True)
    assert "Nothing was done" in answer.content.decode()
    assert ImportRun.objects.get().state == "read"


def test_it_is_cancelled_at_any_time_and_its_file_is_deleted(bring, people):
    bring()
    run = ImportRun.objects.get()
    assert "stays in" in people.ada.get(page(run, "cancel/")).content.decode()
    people.ada.post(page(run, "cancel/"))
    run.refresh_from_db()
    assert run.state == "cancelled"
    assert list(Folder(run.key).path.iterdir()) == []
    twice = people.ada.post(page(run, "cancel/"), follow=True).content.decode()
    assert "had ended already" in twice
    assert sentences() == ["readers.csv: cancelled; what was taken in by then stays."]


def test_the_refused_rows_are_a_file(read, people):
    run = read(LIST + b"nobody,=1+1\n")
    answer = people.ada.get(page(run, "refused/"))
    assert answer["Content-Disposition"] == f'attachment; filename="import-{run.pk}-refused.csv"'
    assert answer["Cache-Control"].startswith("no-store")
    assert b"'=1+1" in b"".join(answer.streaming_content)
    Folder(run.key).remove()
    assert people.ada.get(page(run, "refused/")).status_code == 404
    assert people.ada.get(page(run)).status_code == 200


def test_a_file_that_can_not_be_read_says_why(read, people):
    run = read(b"%PDF-1.7")
    shown = people.ada.get(page(run)).content.decode()
    assert "readers.csv is a PDF; copy its table into a spreadsheet" in shown


def test_nothing_is_kept_of_a_file_for_which_no_import_began(
    people, imports, twtw, bring, settings
):
    def kept():
        return list(imports.iterdir()) if imports.exists() else []

    assert people.ada.post(FORM, {"publication": twtw.pk}).status_code == 400
    assert bring(publication="999").status_code == 400
    assert kept() == []
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(people.ada.user)
    assert bring(somebody=strict).status_code == 403
    assert kept() == []
    torn = people.ada.generic("POST", FORM, b"--x\r\nbroken", "multipart/form-data; boundary=x")
    assert torn.status_code in {302, 400}
    assert kept() == []
    assert not ImportRun.objects.exists()


def test_who_may_not_import_is_turned_away_before_the_file_is_taken_in(people, bring, imports):
    for somebody in (people.eve, people.paul, people.cora):
        assert bring(somebody=somebody).url == "/desk/"
    assert not imports.exists()


def test_a_file_that_is_too_large_is_one_sentence(bring, monkeypatch, imports):
    monkeypatch.setattr(uploads, "MOST_BYTES", 10)
    answer = bring()
    assert answer.status_code == 400
    assert "The file has more than 1.5 GB. Divide it" in answer.content.decode()
    assert list(imports.iterdir()) == []


@pytest.mark.parametrize("length", [10, 100_000], ids=["at its end", "in its middle"])
def test_a_full_disk_is_one_sentence_and_nothing_half_kept(imports, length):
    upload = FileToDisk()
    folder = Folder(upload.key)
    folder.make()
    # A device that has room for nothing, in the place where the file would go.
    folder.file.symlink_to("/dev/full")
    upload.new_file("file", "readers.csv", "text/csv", None)
    with suppress(SkipFile):
        upload.receive_data_chunk(b"x" * length, 0)
        upload.file_complete(length)
    assert (upload.size, upload.refusal) == (None, DISK_FULL)
    assert list(imports.iterdir()) == []


def test_rows_are_shown_to_those_who_may_see_addresses_or_brought_them(read, people, twtw):
    run = read(LIST + b"nobody\n")
    right = Permission.objects.get(codename="add_importrun")
    people.eve.user.user_permissions.add(right)
    shown = people.eve.get(page(run)).content.decode()
    assert "Row 3:" in shown
    assert "example.org" not in shown
    assert people.eve.get(page(run, "refused/")).status_code == 404
