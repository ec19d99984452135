"""A published page is what was mailed, whatever happens afterwards to the rows it came from."""

import re
from datetime import UTC, date, datetime

import pytest
from django.conf import settings as site
from django.core.cache import cache

from issues.models import Edition, IssueEntry, Publication, Volume
from notes.approval import approve
from notes.content import NoteContentError, note_content
from notes.models import Biography, Note, Person, Photo
from tests.archive.pictures import a_picture, picture_file

pytestmark = pytest.mark.django_db

SENT = datetime(2025, 6, 25, tzinfo=UTC)


@pytest.fixture
def note(write_note):
    # Wagtail caches renditions by the picture's number, which comes again after a rollback.
    cache.clear()
    note = write_note("Russia and Mali", "The growing presence", author="A. Datta")
    note.photo = a_picture()
    note.body.append(
        (
            "section",
            {"heading": "Where?", "parts": [("figure", {"picture": note.photo, "caption": "Map"})]},
        )
    )
    note.save_revision()
    return approve(note)


@pytest.fixture
def paths(note, write_note, make_issue, make_alert):
    """Every kind of page on which the note is, once it has been an alert and in an issue."""
    make_alert(note, at=SENT)
    make_issue([317], [note])
    make_issue([318], [write_note("Another", "Week")], day=date(2025, 7, 6))
    return [
        "/",
        "/issues/twtw/317/",
        "/issues/twtw/318/",
        f"/notes/{note.slug}/",
        f"/alerts/{note.slug}/",
    ]


def rename_the_author(note):
    Person.objects.update(name="Somebody Else")


def write_another_biography(note):
    Biography.objects.update(text="Else.", affiliation="Elsewhere", valid_from=date(2019, 1, 1))


def renumber_the_volume(note):
    Volume.objects.filter(publication__slug="twtw", number=7).update(number=70, first_serial=300)


def approve_other_words(note):
    note.subject, note.claim, note.photo = "Other", "Words", None
    note.body = [("section", {"heading": "Other", "parts": [("text", "<p>Other.</p>")]})]
    note.save_revision()
    assert Note.objects.get(pk=approve(note).pk).claim == "Words"


def change_the_pictures_words(note):
    Photo.objects.update(description="Else", credit="Else", ai_generated=False)


def replace_the_picture(note):
    note.photo.file = picture_file("#ff0000")
    note.photo.save()
    note.photo.renditions.all().delete()


def lose_the_pictures_files(note):
    files = [note.photo.file, *(rendition.file for rendition in note.photo.renditions.all())]
    for file in files:
        file.storage.delete(file.name)
    with pytest.raises(NoteContentError):
        note_content(note)


def delete_the_picture(note):
    note.photo.delete()


CHANGES = [
    rename_the_author,
    write_another_biography,
    renumber_the_volume,
    approve_other_words,
    change_the_pictures_words,
    replace_the_picture,
    lose_the_pictures_files,
    delete_the_picture,
]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_a_published_page_stays_as_it_was(client, note, paths, change):
    before = {path: client.get(path).content for path in paths}
    change(note)
    assert {path: client.get(path).content for path in paths} == before


def test_a_publication_that_is_renamed_keeps_its_name_on_what_it_mailed(client, note, paths):
    before = [client.get(path).content for path in paths[1:]]
    Publication.objects.update(name="Renamed", tagline="Renamed", colour="#000000")
    assert [client.get(path).content for path in paths[1:]] == before


def test_a_page_shows_its_pictures_from_where_the_site_is_now(client, settings, paths):
    settings.SITE_URL = "https://moved.example.org"
    for path in paths[1:2] + paths[3:]:
        page = client.get(path).content.decode()
        shown = re.findall(r'<img src="([^"]*)" srcset="([^" ]*) 1x, ([^" ]*) 2x"', page)
        assert len(shown) == 2
        assert all(address.startswith("/media/images/") for each in shown for address in each)
        assert (
            f'<meta property="og:image" content="https://moved.example.org{shown[0][0]}">' in page
        )


def test_an_alert_and_an_issue_each_show_the_words_they_had(client, note, make_alert, make_issue):
    make_alert(note, at=SENT)
    note.claim = "The presence in the issue"
    note.save_revision()
    make_issue([317], [approve(note)])
    alert, page = (
        client.get(f"/{kind}/{note.slug}/").content.decode() for kind in ("alerts", "notes")
    )
    assert '<span class="claim">The growing presence</span>' in alert
    assert '<span class="claim">The presence in the issue</span>' in page


def test_the_mailed_edition_of_an_issue_is_shown_and_no_other(client, note, paths):
    (mailed,) = Edition.objects.filter(issue__taken_serials__serial=317)
    later = {**mailed.content, "introduction": "Kept for another approval."}
    Edition.objects.create(
        publication=mailed.publication, issue=mailed.issue, subject="Later", content=later
    )
    page = client.get("/issues/twtw/317/")
    assert page.status_code == 200
    assert "another approval" not in page.content.decode()


def test_a_note_put_into_an_issue_after_it_was_mailed_is_not_public(client, paths, write_note):
    issue = Edition.objects.get(issue__taken_serials__serial=317).issue
    late = write_note("Late", "Comer")
    IssueEntry.objects.create(issue=issue, note=late, position=9)
    assert client.get(f"/notes/{late.slug}/").status_code == 404
    assert "Comer" not in client.get("/issues/twtw/317/").content.decode()


def test_a_picture_that_is_kept_is_a_file_that_can_be_fetched(client, paths):
    page = client.get(paths[1]).content.decode()
    (address, *_) = re.findall(r'<img src="([^"]*)"', page)
    assert (site.MEDIA_ROOT / address.removeprefix("/media/")).is_file()
    assert client.get(address)["Content-Type"] in {"image/jpeg", "image/png"}
