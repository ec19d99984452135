"""An erratum stands beside the words that it corrects, which stay as they were mailed."""

import re
from datetime import UTC, date, datetime

import pytest

from issues.correcting import record_correction
from issues.models import Edition
from tests.archive.test_pages import text_of

pytestmark = pytest.mark.django_db

ISSUE = "/issues/twtw/317/"


@pytest.fixture
def note(write_note):
    return write_note("Mali", "A growing presence")


@pytest.fixture
def issue(make_issue, note, write_note):
    make_issue([317], [note, write_note("The US", "A strike")])
    return Edition.objects.get(issue__isnull=False)


def correct(edition, note, text="<p>It is <b>640</b>.</p>", day=date(2025, 7, 8)):
    return record_correction(edition, note, text, "A slip of ours", day, "Ann")


def test_it_stands_under_the_headline_of_its_note_with_its_day(client, issue, note):
    before = client.get(ISSUE)
    correction = correct(issue, note)
    page = client.get(ISSUE)
    erratum = "Correction, 8 July 2025 It is 640."
    text = text_of(page)
    assert text.index("A growing presence By") < text.index(erratum) < text.index("What is the")
    assert text.count(erratum) == 1
    assert f'id="correction-{correction.pk}"' in page.content.decode()
    # Nothing else has changed.
    assert re.sub(r" +", " ", text.replace(erratum, "")) == text_of(before)


def test_it_stands_on_the_notes_own_page_and_on_its_alerts(client, issue, note, make_alert):
    correct(issue, note)
    alert = make_alert(note, at=datetime(2025, 6, 27, tzinfo=UTC))
    correct(Edition.objects.get(pk=alert.pk), note, "<p>Nor was it Tuesday.</p>")
    own, mailed = (text_of(client.get(f"/{what}/{note.slug}/")) for what in ("notes", "alerts"))
    # Each beside the words that it is about.
    assert "It is 640." in own
    assert "Nor was it Tuesday." not in own
    assert "Nor was it Tuesday." in mailed
    assert "It is 640." not in mailed


def test_the_first_correction_comes_first_and_both_stay(client, issue, note):
    correct(issue, note, "<p>Second.</p>", date(2025, 7, 9))
    correct(issue, note, "<p>First.</p>", date(2025, 7, 8))
    text = text_of(client.get(ISSUE))
    assert text.index("First.") < text.index("Second.")


def test_who_kept_the_page_is_told_that_it_has_changed(client, issue, note):
    seen = client.get(ISSUE)["ETag"]
    assert client.get(ISSUE, headers={"If-None-Match": seen}).status_code == 304
    correct(issue, note)
    assert client.get(ISSUE, headers={"If-None-Match": seen}).status_code == 200


def test_readers_see_neither_its_reason_nor_who_recorded_it(client, issue, note):
    correct(issue, note)
    page = client.get(ISSUE).content.decode()
    assert "slip of ours" not in page
    assert "Ann" not in page


def test_many_corrections_take_no_more_questions_than_one(
    client, issue, note, django_assert_max_num_queries
):
    for number in range(5):
        correct(issue, note, f"<p>{number}</p>")
    with django_assert_max_num_queries(10):
        client.get(ISSUE)
