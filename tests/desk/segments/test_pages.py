"""Saved segments at the desk: written, counted, changed, deleted, by those who may."""

import pytest
from django.urls import reverse
from wagtail.models import ModelLogEntry

from subscribers.models import Segment
from subscribers.segments import CLAUSES
from tests.desk.issue_desk.pages import press, text_of, told

pytestmark = pytest.mark.django_db


def at(name, *more):
    return reverse(f"segments:{name}", args=more)


@pytest.fixture
def africa(db):
    return Segment.objects.create(name="African readers", sentence="region Africa")


def test_a_segment_is_saved_in_its_normal_form_and_on_the_record(publisher, readers):
    done = press(publisher.client, at("add"), name="New  in Africa", segment="REGION africa")
    assert "“New in Africa” is saved." in told(publisher.client, done)
    segment = Segment.objects.get()
    assert (segment.sentence, segment.created_by) == ("region Africa", "Paul")
    entry = ModelLogEntry.objects.get(action="subscribers.add_segment")
    assert entry.data["sentence"] == "New in Africa: region Africa"
    assert "region Africa" in text_of(publisher.client.get(at("index")))


def test_the_page_tells_all_that_can_be_written(publisher, readers):
    page = text_of(publisher.client.get(at("add")))
    for clause in CLAUSES:
        assert clause.examples[0] in page
        assert clause.meaning in page


def test_it_is_counted_for_the_publications_that_are_chosen_and_saves_nothing(publisher, readers):
    page = publisher.client.get(at("add"))
    assert "The World This Week: 3 of 3 readers" in text_of(page)
    written = {"name": "X", "segment": "region africa", "count": "yes", "publication": "twtw"}
    page = publisher.client.post(at("add"), written)
    assert page.status_code == 200
    assert "1 of 3 readers Understood as: region Africa" in text_of(page)
    assert 'value="region africa"' in page.content.decode()
    assert 'value="X"' in page.content.decode()
    assert not Segment.objects.exists()


@pytest.mark.parametrize(
    ("name", "segment", "why"),
    [
        ("A name", "regoin Africa", "perhaps “region Africa” is meant"),
        ("A name", "", "This field is required."),
        ("never bounced", "region Africa", "This is a sentence itself"),
        ("african READERS", "region Europe", "a segment with this name already"),
        ("x" * 101, "region Africa", "at most 100 characters"),
        ("A name", "region Africa\0", "Null characters are not allowed"),
        ("A\0name", "region Africa", "Null characters are not allowed"),
        ("A name", "x" * 1_000_000, "at most 300 can be kept"),
    ],
)
def test_what_can_not_be_saved_is_told(publisher, africa, name, segment, why):
    page = press(publisher.client, at("add"), name=name, segment=segment)
    assert page.status_code == 400
    assert why in text_of(page)
    assert Segment.objects.count() == 1


def test_a_segment_is_changed(publisher, africa):
    page = publisher.client.get(at("change", africa.pk))
    assert "African readers" in page.content.decode()
    assert "Delete it" not in text_of(page)
    press(publisher.client, at("change", africa.pk), segment="region Africa or Europe")
    africa.refresh_from_db()
    assert africa.sentence == "region Africa or Europe"
    assert ModelLogEntry.objects.filter(action="subscribers.change_segment").exists()


def test_a_segment_is_deleted_by_who_may(administrator, publisher, africa):
    assert publisher.client.post(at("delete", africa.pk)).status_code == 302
    assert Segment.objects.exists()
    assert "Delete it" in text_of(administrator.client.get(at("change", africa.pk)))
    page = text_of(administrator.client.get(at("delete", africa.pk)))
    assert "“African readers” can't be chosen any more." in page
    done = press(administrator.client, at("delete", africa.pk))
    assert "is deleted" in told(administrator.client, done)
    assert not Segment.objects.exists()
    assert ModelLogEntry.objects.filter(action="subscribers.delete_segment").exists()
    assert administrator.client.get(at("change", africa.pk)).status_code == 404


def test_one_that_means_nothing_any_more_is_named_in_the_list(publisher):
    Segment.objects.create(name="Sisters", sentence="gets The Sister")
    assert "no publication “The Sister”" in text_of(publisher.client.get(at("index")))


def test_who_chooses_readers_may_count_and_nobody_else(editor, somebody, readers):
    asked = {"segment": "region africa", "publication": ["twtw", "gp-alerts", "nobody\0"]}
    page = text_of(editor.client.post(at("count"), asked))
    assert "GP Alerts: 0 of 1 reader The World This Week: 1 of 3 readers" in page
    assert "Understood as: region Africa" in page
    stranger = somebody("sam", groups=["Contributors"])
    assert stranger.client.post(at("count"), asked).status_code == 302
    assert editor.client.get(at("count")).status_code == 405


def test_what_is_typed_is_counted_or_told_and_never_breaks(editor, readers, alerts, write_note):
    note = write_note(publication=alerts)
    for segment in ("regoin", "\0", "'; --", "<b>", "x" * 100_000, "a@example.org", '"'):
        page = editor.client.post(at("count"), {"segment": segment, "publication": "gp-alerts"})
        assert page.status_code == 200
        assert "segment-trouble" in page.content.decode()
        assert "<b>" not in page.content.decode()
    for key, share in ((note.pk, "1 of 1 reader"), ("x", "1 of 1 reader"), ("9" * 30, "1 of 1")):
        page = editor.client.post(at("count"), {"publication": "gp-alerts", "note": key})
        assert share in text_of(page)


def test_what_a_reader_chose_counts_for_a_note(editor, readers, alerts, write_note, subscribe):
    subscribe(alerts, "elsewhere@example.org").reader.regions.create(region="oceania")
    note = write_note(publication=alerts)
    page = editor.client.post(at("count"), {"publication": "gp-alerts", "note": note.pk})
    assert "1 of 1 reader" in text_of(page)
    page = editor.client.post(at("count"), {"publication": "gp-alerts"})
    assert "2 of 2 readers" in text_of(page)
