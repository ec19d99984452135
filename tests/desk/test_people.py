"""The people registry at the desk: who may be there twice, and two who become one."""

import pytest
from django.urls import reverse
from wagtail.models import ModelLogEntry

from notes.models import Person

pytestmark = pytest.mark.django_db


def address(page, *args):
    return reverse(f"wagtailsnippets_notes_person:{page}", args=args)


@pytest.fixture
def both(write_note):
    """Who is kept, and who wrote a note under a name with a slip in it."""
    note = write_note(author="Ayan Dattta")
    return Person.objects.create(name="Ayan Datta"), note.authors.get().person


def test_the_list_names_who_may_be_there_twice_and_leads_to_both(ann, both):
    kept, gone = both
    page = ann.get(address("list")).content.decode()
    assert "Perhaps the same person twice" in page
    assert f"{address('merge', gone.pk)}?into={kept.pk}" in page
    Person.objects.filter(pk=kept.pk).update(name="Somebody Else", key="somebody else")
    assert "Perhaps" not in ann.get(address("list")).content.decode()


def test_a_persons_page_leads_to_merging(ann, both):
    _, gone = both
    assert address("merge", gone.pk) in ann.get(address("edit", gone.pk)).content.decode()


def test_what_will_happen_is_shown_first_and_a_get_changes_nothing(ann, both):
    kept, gone = both
    page = ann.get(address("merge", gone.pk), {"into": kept.pk}).content.decode()
    for words in (
        "1 note of Ayan Dattta is by Ayan Datta then",
        "1 version",
        "Ayan Dattta writes.",
    ):
        assert words in page
    assert Person.objects.count() == 2


def test_a_post_merges_and_tells_and_the_log_keeps_it(ann, both):
    kept, gone = both
    page = ann.post(address("merge", gone.pk), {"into": kept.pk}, follow=True)
    assert page.redirect_chain[-1][0] == address("edit", kept.pk)
    assert "Ayan Dattta is Ayan Datta now, in 1 note" in page.content.decode()
    assert list(Person.objects.all()) == [kept]
    entry = ModelLogEntry.objects.get(action="notes.merge")
    assert (entry.user.username, entry.object_id) == ("ann", str(kept.pk))
    assert "Merged with Ayan Dattta" in ann.get(address("history", kept.pk)).content.decode()


@pytest.mark.parametrize("into", ["", "x", "999999", "themselves"])
def test_a_wrong_choice_is_answered_in_a_sentence_and_changes_nothing(ann, both, into):
    _, gone = both
    into = gone.pk if into == "themselves" else into
    page = ann.post(address("merge", gone.pk), {"into": into}, follow=True).content.decode()
    assert "Choose the person" in page or "choose another one" in page
    assert Person.objects.count() == 2


def test_who_was_merged_a_moment_ago_is_not_there_any_more(ann, both):
    kept, gone = both
    where = address("merge", gone.pk)
    ann.post(where, {"into": kept.pk})
    assert ann.post(where, {"into": kept.pk}).status_code == 404
    assert ann.get(where).status_code == 404


def test_who_may_not_change_people_may_not_merge_them(client, both, django_user_model):
    from django.contrib.auth.models import Permission

    kept, gone = both
    reader = django_user_model.objects.create_user("reader", password="x")
    reader.user_permissions.add(
        *Permission.objects.filter(codename__in=["access_admin", "view_person"])
    )
    client.force_login(reader)
    client.post(address("merge", gone.pk), {"into": kept.pk})
    assert Person.objects.count() == 2
    assert "merge" not in client.get(address("list")).content.decode()
