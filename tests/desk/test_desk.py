"""What editors see of the week and of their notes."""

import json
import re

import pytest
from django.contrib.auth import get_user_model
from django.urls import reverse
from django.utils import timezone

from desk.without_pages import EMPTY_ROOMS
from issues.approval import approve_issue
from issues.assembling import assemble
from notes.approval import approve, make_public
from notes.models import Note

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client):
    client.force_login(get_user_model().objects.create_superuser("editor", "e@example.org", "x"))
    return client


@pytest.fixture
def issue(twtw, write_note):
    note = write_note("Mali")
    return assemble(twtw, note.date).issue


def test_a_stranger_is_asked_to_sign_in(client, write_note):
    note = write_note()
    for address in (
        reverse("wagtailadmin_home"),
        reverse("wagtailsnippets_notes_note:list"),
        reverse("wagtailsnippets_notes_note:edit", args=[note.pk]),
    ):
        response = client.get(address)
        assert response.status_code == 302
        assert reverse("wagtailadmin_login") in response.url


def test_the_home_page_says_which_issue_is_next_and_that_it_is_not_approved(desk, issue):
    page = desk.get(reverse("wagtailadmin_home")).content.decode()
    assert issue.line in page
    assert "not approved yet" in page


def test_the_home_page_says_who_approved_it_and_when_it_leaves_in_the_publications_zone(
    desk, issue
):
    approve_issue(issue, "An Editor")
    page = desk.get(reverse("wagtailadmin_home")).content.decode()
    assert "approved by An Editor" in page
    assert "29 June 2025, 08:00" in page


def test_notes_are_listed_with_their_approval(desk, write_note):
    write_note("Mali")
    page = desk.get(reverse("wagtailsnippets_notes_note:list")).content.decode()
    assert "Mali" in page
    assert "2025" in page


def test_a_note_can_be_edited_and_loses_its_approval(desk, write_note):
    note = write_note("Mali")
    response = edit(desk, note, claim="Edited at the desk")
    assert response.status_code == 302, response.context["form"].errors
    fresh = Note.objects.get(pk=note.pk)
    assert fresh.get_latest_revision_as_object().claim == "Edited at the desk"
    assert not fresh.is_approved


def test_an_edit_of_a_public_note_stays_out_of_its_row_until_it_is_approved(desk, write_note):
    note = write_note("Mali")
    make_public(Note.objects.filter(pk=note.pk), timezone.now())
    edit(desk, note, claim="Edited at the desk")
    assert Note.objects.get(pk=note.pk).claim == "A growing presence"
    approve(Note.objects.get(pk=note.pk))
    assert Note.objects.get(pk=note.pk).claim == "Edited at the desk"
    assert Note.objects.get(pk=note.pk).live


def test_a_note_is_not_published_or_taken_down_at_the_desk(desk, write_note):
    note = write_note("Mali", approved=False)
    page = desk.get(reverse("wagtailsnippets_notes_note:edit", args=[note.pk])).content.decode()
    assert 'name="action-publish"' not in page
    assert 'name="action-submit"' in page
    response = edit(desk, note, **{"action-publish": "1"})
    assert "A note becomes public with its issue" in desk.get(response.url).content.decode()
    assert not Note.objects.get(pk=note.pk).live


def test_a_note_submitted_and_approved_at_the_desk_is_approved(desk, write_note):
    note = write_note("Mali", approved=False)
    note.get_workflow().start(note, None)
    edit(desk, note, **{"action-workflow-action": "1", "workflow-action-name": "approve"})
    assert Note.objects.get(pk=note.pk).is_approved


@pytest.mark.parametrize(
    "model", ["notes_person", "notes_sectionschema", "issues_publication", "issues_volume"]
)
def test_people_schemas_publications_and_volumes_have_their_pages(desk, model):
    assert desk.get(reverse(f"wagtailsnippets_{model}:list")).status_code == 200
    assert desk.get(reverse(f"wagtailsnippets_{model}:add")).status_code == 200


def test_a_publication_offers_the_template_sets_there_are_and_takes_no_other(desk, twtw):
    address = reverse("wagtailsnippets_issues_publication:edit", args=[twtw.pk])
    page = desk.get(address)
    widget = page.context["form"].fields["template_set"].widget
    assert [name for name, _ in widget.choices] == ["standard", "digest"]
    form = {**form_data(page.context["form"]), "template_set": "nonsense"}
    assert "There is no template set nonsense" in desk.post(address, form).content.decode()
    form["template_set"] = "digest"
    assert desk.post(address, form).status_code == 302
    twtw.refresh_from_db()
    assert twtw.template_set == "digest"


def test_the_menu_offers_neither_pages_nor_documents(desk):
    page = desk.get(reverse("wagtailadmin_home")).content.decode()
    names = menu_names(page)
    assert {"newsroom", "images", "settings"} <= names
    assert not names & {*EMPTY_ROOMS, "pages"}


@pytest.mark.parametrize("address", ["", "add/", "multiple/add/", "chooser/"])
def test_there_are_no_documents(desk, address):
    assert desk.get(f"{reverse('wagtaildocs:index')}{address}").status_code == 404


def menu_names(page):
    """What the sidebar offers, on every level, by the names that Wagtail gives its items."""
    props = json.loads(
        re.search(r'<script id="wagtail-sidebar-props"[^>]*>(.*?)</script>', page)[1]
    )

    def names(value):
        if isinstance(value, dict):
            if isinstance(value.get("name"), str):
                yield value["name"]
            value = list(value.values())
        if isinstance(value, list):
            for item in value:
                yield from names(item)

    return set(names(props))


def edit(desk, note, **changes):
    """Post a note's form as a browser would, with some fields changed."""
    address = reverse("wagtailsnippets_notes_note:edit", args=[note.pk])
    return desk.post(address, {**form_data(desk.get(address).context["form"]), **changes})


def form_data(form):
    """What a browser would post back of a form it did not touch."""
    from django.forms import BaseForm

    def of_one(one: BaseForm):
        for bound in one:
            yield from of_widget(bound.html_name, bound.field.widget, bound.value())

    def of_widget(name, widget, value):
        if hasattr(widget, "block_def"):
            yield from of_stream(name, value)
        elif isinstance(value, list):
            yield name, [str(item) for item in value]
        elif value is not None and value is not False:
            yield name, str(value)

    def of_stream(name, stream):
        yield f"{name}-count", str(len(stream))
        for position, child in enumerate(stream):
            yield from of_child(f"{name}-{position}", child, position)

    def of_child(prefix, child, position):
        yield f"{prefix}-deleted", ""
        yield f"{prefix}-order", str(position)
        yield f"{prefix}-type", child.block_type
        yield f"{prefix}-id", child.id or ""
        if child.block_type == "section":
            yield f"{prefix}-value-heading", child.value["heading"]
            yield from of_stream(f"{prefix}-value-parts", child.value["parts"])
        else:
            from wagtail.admin.rich_text.converters.contentstate import ContentstateConverter

            from notes.blocks import TEXT_FEATURES

            converter = ContentstateConverter(features=TEXT_FEATURES)
            yield f"{prefix}-value", converter.from_database_format(child.value.source)

    data = dict(of_one(form))
    for formset in form.formsets.values():
        data.update(dict(of_one(formset.management_form)))
        for one in formset.forms:
            data.update(dict(of_one(one)))
    return data
