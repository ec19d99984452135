"""Arranging at the desk: what is changed is what was seen, and nobody's change is lost silently."""

import pytest
from wagtail.models import ModelLogEntry

from issues.approval import approval_in_force, approve_issue
from issues.models import Issue
from tests.desk.issue_desk.pages import at, told

pytestmark = pytest.mark.django_db


def order_of(issue):
    return [entry.note.subject for entry in issue.entries.select_related("note")]


def seen_by(person, query=""):
    """What the page of the issue, opened now, posts back with each of its buttons."""
    context = person.client.get(at("issue") + query).context
    approval = context["approval"]
    return {
        "issue": context["issue"].pk,
        "seen": context["seen"],
        "approval": approval.pk if approval else "",
    }


@pytest.fixture
def mali(three_notes):
    return three_notes[0].pk


@pytest.mark.parametrize(
    ("button", "which", "after", "said"),
    [
        ("up", 1, ["Nile", "Mali", "Oslo"], "is now 1 of 3"),
        ("down", 1, ["Mali", "Oslo", "Nile"], "is now 3 of 3"),
        ("up", 0, ["Mali", "Nile", "Oslo"], "is now 1 of 3"),
        ("down", 2, ["Mali", "Nile", "Oslo"], "is now 3 of 3"),
    ],
)
def test_a_note_goes_one_place_up_or_down(editor, issue, three_notes, button, which, after, said):
    note = three_notes[which]
    done = editor.client.post(at("arrange"), {**seen_by(editor), button: note.pk})
    assert order_of(issue) == after
    assert done.url == f"{at('issue')}#note-{note.pk}"
    assert said in told(editor.client, done)


def test_a_whole_order_is_saved_as_it_was_dragged(editor, issue, three_notes, mali):
    order = ",".join(str(note.pk) for note in reversed(three_notes))
    done = editor.client.post(
        at("arrange"), {**seen_by(editor), "order": order, "moved": str(mali)}
    )
    assert order_of(issue) == ["Oslo", "Nile", "Mali"]
    assert "“Mali: Mali claims” is now 3 of 3." in told(editor.client, done)
    assert ModelLogEntry.objects.get(action="issues.arrange").user == editor.user


def test_a_note_is_left_out_and_put_back_and_moved_to_the_next_week(editor, issue, mali):
    editor.client.post(at("leave-out"), {**seen_by(editor), "note": mali})
    assert order_of(issue) == ["Nile", "Oslo"]
    editor.client.post(at("take-in"), {**seen_by(editor), "note": mali})
    assert order_of(issue) == ["Nile", "Oslo", "Mali"]
    done = editor.client.post(at("postpone"), {**seen_by(editor), "note": mali})
    assert order_of(issue) == ["Nile", "Oslo"]
    assert "is moved to the next week" in told(editor.client, done)


@pytest.mark.parametrize("first", ["arrange", "leave-out"])
@pytest.mark.parametrize("second", ["arrange", "leave-out", "take-in", "postpone"])
def test_of_two_who_arrange_at_once_the_second_is_told_and_nothing_of_the_firsts_is_lost(
    editor, somebody, issue, three_notes, write_note, first, second
):
    other = somebody("otto", groups=["Editors"])
    waiting = write_note("Peru")
    both = [seen_by(editor), seen_by(other)]
    changes = {
        "arrange": {"up": three_notes[2].pk},
        "leave-out": {"note": three_notes[1].pk},
        "take-in": {"note": waiting.pk},
        "postpone": {"note": three_notes[1].pk},
    }
    editor.client.post(at(first), {**both[0], **changes[first]})
    arranged = order_of(issue)
    refused = other.client.post(at(second), {**both[1], **changes[second]})
    assert order_of(issue) == arranged != ["Mali", "Nile", "Oslo"]
    assert "Somebody else arranged this issue since you opened it" in told(other.client, refused)


def test_a_change_takes_the_approval_back_and_says_so_before_and_after(
    editor, publisher, issue, mali, outbox
):
    approve_issue(issue, "Paul Publisher")
    page = editor.client.get(at("issue")).content.decode()
    assert "It is approved, and stays as it was approved." in page
    assert "issue-changes" not in page
    unsealed = editor.client.get(at("issue") + "?change=1").content.decode()
    assert "takes the approval of Paul Publisher back" in unsealed
    assert approval_in_force(issue) is not None
    done = editor.client.post(at("arrange"), {**seen_by(editor, "?change=1"), "down": mali})
    assert approval_in_force(issue) is None
    assert "The approval was taken back." in told(editor.client, done)


def test_an_approval_that_the_page_did_not_know_of_is_not_taken_back(editor, issue, mali):
    seen = seen_by(editor)
    approve_issue(issue, "Paul Publisher")
    refused = editor.client.post(at("arrange"), {**seen, "down": mali})
    assert "Paul Publisher approved it since you opened this page" in told(editor.client, refused)
    assert approval_in_force(issue) is not None
    assert order_of(issue) == ["Mali", "Nile", "Oslo"]


def test_an_issue_that_left_is_not_arranged_nor_the_next_one_in_its_place(editor, issue, mali):
    seen = seen_by(editor)
    Issue.objects.update(published_at="2025-06-29T02:30Z")
    refused = editor.client.post(at("arrange"), {**seen, "down": mali})
    assert "is not open any more" in told(editor.client, refused)
    assert order_of(issue) == ["Mali", "Nile", "Oslo"]


@pytest.mark.parametrize(
    "posted",
    [
        {"order": "1,,2"},
        {"order": "x"},
        {"order": "٣"},
        {"order": ""},
        {"up": ""},
        {"down": "-1"},
        {"up": "1" * 400},
        {"seen": "a", "up": "1"},
        {"order": "1,2,3", "moved": "9" * 30},
    ],
)
def test_what_no_page_of_ours_sends_is_refused_with_a_sentence(editor, issue, posted):
    done = editor.client.post(at("arrange"), {**seen_by(editor), **posted})
    assert done.status_code == 302
    assert editor.client.get(at("issue")).context["messages"]
    assert order_of(issue) == ["Mali", "Nile", "Oslo"]


@pytest.mark.parametrize("name", ["leave-out", "take-in", "postpone"])
@pytest.mark.parametrize("key", ["", "0", "x", "999999999", "9" * 19])
def test_a_note_that_is_not_there_is_refused_with_a_sentence(editor, issue, name, key):
    done = editor.client.post(at(name), {**seen_by(editor), "note": key})
    assert order_of(issue) == ["Mali", "Nile", "Oslo"]
    assert told(editor.client, done)


def test_a_note_of_another_publication_is_not_taken_in(editor, issue, write_note, alerts):
    foreign = write_note("Quito", publication=alerts)
    editor.client.post(at("take-in"), {**seen_by(editor), "note": foreign.pk})
    assert order_of(issue) == ["Mali", "Nile", "Oslo"]


@pytest.mark.parametrize("name", ["arrange", "leave-out", "take-in", "postpone"])
def test_only_who_may_change_issues_arranges_and_a_get_changes_nothing(
    publisher, somebody, editor, issue, mali, name
):
    changed = {**seen_by(editor), "note": mali, "down": mali}
    for person in (publisher, somebody("nobody"), somebody("vera", rights=["issues.view_issue"])):
        person.client.post(at(name), changed)
    assert editor.client.get(at(name), changed).status_code == 405
    assert order_of(issue) == ["Mali", "Nile", "Oslo"]
    assert "issue-changes" not in publisher.client.get(at("issue")).content.decode()
