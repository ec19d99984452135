"""Forms on other sites: made, copied, closed and opened again."""

from http import HTTPStatus

import pytest
from django.utils.html import escape

from subscribers.embedding import embed_html
from subscribers.models import SignUpForm

pytestmark = pytest.mark.django_db


@pytest.fixture
def form(people, page, twtw, alerts):
    asked = {"name": "The foot", "slug": "foot", "publications": [twtw.pk, alerts.pk]}
    people.ada.post(page("add-form"), asked, follow=True)
    return SignUpForm.objects.get()


def test_a_form_is_made_and_its_html_is_there_to_copy(people, page, form, twtw, alerts, recorded):
    assert (form.name, form.slug) == ("The foot", "foot")
    assert set(form.publications.all()) == {twtw, alerts}
    assert recorded() == ("subscribers.make_form", "For GP Alerts and The World This Week.", "ada")
    text = people.ada.get(page("form", form.pk)).content.decode()
    assert text.count(escape(embed_html(form))) == 2  # to copy, and the preview
    assert "The foot" in people.ada.get(page("forms")).content.decode()


def test_a_form_is_closed_and_opened_again_each_once(people, page, form, told, recorded):
    assert told(people.ada.post(page("open-form", form.pk)), people.ada) == [
        "The form is open already."
    ]
    assert told(people.ada.post(page("close-form", form.pk)), people.ada) == ["The form is closed."]
    form.refresh_from_db()
    closed_at = form.closed_at
    people.ada.post(page("close-form", form.pk), follow=True)
    form.refresh_from_db()
    assert form.closed_at == closed_at is not None
    assert recorded()[0] == "subscribers.close_form"
    assert told(people.ada.post(page("open-form", form.pk)), people.ada) == ["The form is open."]
    form.refresh_from_db()
    assert form.closed_at is None
    assert recorded()[0] == "subscribers.open_form"


@pytest.mark.parametrize(
    "wrong",
    [
        {"slug": "foot"},
        {"slug": "a b"},
        {"slug": "x\x00"},
        {"slug": "x" * 1_000_000},
        {"name": ""},
        {"publications": []},
        {"publications": ["x"]},
    ],
)
def test_what_is_wrong_is_said_and_makes_no_form(people, page, form, twtw, wrong):
    asked = {"name": "Another", "slug": "another", "publications": [twtw.pk], **wrong}
    answer = people.ada.post(page("add-form"), asked)
    assert answer.status_code == HTTPStatus.BAD_REQUEST
    assert SignUpForm.objects.get() == form


def test_nobody_without_the_right_closes_a_form(people, page, form):
    for client in (people.cora, people.ed, people.paul):
        client.post(page("close-form", form.pk))
    form.refresh_from_db()
    assert form.closed_at is None
