"""A publication chooses its look, and a newsroom puts its own template in the place of ours."""

from dataclasses import replace

import pytest

from rendering.environment import STANDARD, template_sets
from rendering.errors import RenderingError
from rendering.mail import render_issue
from tests.rendering.samples import ISSUE


@pytest.fixture
def own(tmp_path, settings):
    """Writes a template of the newsroom's own."""
    settings.TEMPLATES_OF_THE_NEWSROOM = tmp_path

    def write(name, text):
        file = tmp_path / "email" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")

    return write


def in_set(name):
    return replace(ISSUE, publication=replace(ISSUE.publication, template_set=name))


def test_one_file_of_the_newsroom_takes_the_place_of_ours_and_the_others_stay(own):
    before = render_issue(ISSUE)
    own("partials/footer.txt", "Our own foot. {{ unsubscribe_url }} {{ preferences_url }}\n")
    after = render_issue(ISSUE)
    assert after.text.endswith("Our own foot. [%unsubscribe_url%] [%preferences_url%]\n")
    assert after.html == before.html


def test_a_set_changes_some_parts_of_a_mail_and_shares_the_others():
    standard, digest = render_issue(ISSUE), render_issue(in_set("digest"))
    assert "digest" in template_sets()
    assert len(digest.html) < len(standard.html)
    assert digest.text.splitlines()[:4] == standard.text.splitlines()[:4]


def test_a_newsroom_has_sets_of_its_own_that_win_over_what_all_sets_share(own):
    own("partials/masthead.txt", "For every set\n")
    own("sets/letter/partials/masthead.txt", "For the letter\n")
    assert template_sets() == [STANDARD, "digest", "letter"]
    assert render_issue(in_set("letter")).text.startswith("For the letter\n")
    assert render_issue(ISSUE).text.startswith("For every set\n")


def test_a_newsrooms_file_for_a_set_of_ours_wins_over_ours(own):
    own("sets/digest/partials/note.txt", "In short: {{ note.claim }}\n")
    assert f"In short: {ISSUE.notes[0].claim}\n" in render_issue(in_set("digest")).text


def test_a_changed_file_is_read_anew(own):
    own("issue/subject.txt", "One")
    assert render_issue(ISSUE).subject == "One"
    own("issue/subject.txt", "Another one")
    assert render_issue(ISSUE).subject == "Another one"


@pytest.mark.parametrize("name", ["letter", "../issue", "", "Standard"])
def test_a_set_that_is_not_there_is_told_with_those_that_are(name):
    with pytest.raises(RenderingError, match=r"no template set “.*”; there are: standard, digest"):
        render_issue(in_set(name))


def test_a_fault_in_the_newsrooms_template_is_told_with_its_file_and_line(own, tmp_path):
    own("partials/footer.txt", "Fine.\n{{ nothing_of_this_name }}\n")
    with pytest.raises(RenderingError) as caught:
        render_issue(ISSUE)
    assert str(caught.value).startswith(f"{tmp_path}/email/partials/footer.txt, line 2: ")


def test_a_template_that_is_no_text_is_told_by_its_file(own, tmp_path):
    own("issue/subject.txt", "")
    (tmp_path / "email" / "issue" / "subject.txt").write_bytes(b"Caf\xe9")
    with pytest.raises(RenderingError, match=r"subject\.txt, line 1: the file is no UTF-8 text"):
        render_issue(ISSUE)


@pytest.mark.parametrize(
    ("template", "sentence"),
    [
        ('{% include "email/partials/footer.txt" %}', "include each other without an end"),
        ("{{ 1 / 0 }}", "division by zero"),
        ("{{ 3 | wrapped }}", "can only concatenate"),
        ('{{ "x" * 3_000_000 }}', "would make 3,0[0-9,]+ characters, and more than 2,000,000"),
    ],
)
def test_what_a_template_does_wrong_is_told_in_a_sentence(own, template, sentence):
    own("partials/footer.txt", template)
    with pytest.raises(RenderingError, match=sentence):
        render_issue(ISSUE)
