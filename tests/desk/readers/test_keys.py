"""API keys at the desk: made, shown once, revoked."""

import re

import pytest
from django.urls import reverse

from subscribers.models import ApiKey

pytestmark = pytest.mark.django_db

INDEX = "/desk/readers/keys/"


@pytest.fixture
def wanted(twtw):
    return {
        "name": "The institute’s foot",
        "scopes": ["subscriptions:write", "subscriptions:read"],
        "publications": [twtw.pk],
        "per_minute": "60",
    }


def test_a_key_is_shown_in_the_answer_works_and_is_never_shown_again(people, wanted, client):
    answer = people.ada.post(INDEX, wanted)
    assert "no-store" in answer["Cache-Control"]
    (secret,) = set(re.findall(r"twtw_[0-9a-f]{8}_[\w-]{40,}", answer.content.decode()))
    called = client.get("/api/v1/subscriptions", headers={"Authorization": f"Bearer {secret}"})
    assert called.status_code == 200
    later = people.ada.get(INDEX).content.decode()
    assert secret not in later
    assert secret[:13] in later
    assert "see what became of those whom this key asked" in later


def test_it_is_recorded_who_made_and_who_revoked_it(people, wanted, recorded):
    people.ada.post(INDEX, wanted)
    action, sentence, who = recorded()
    assert (action, who) == ("subscribers.make_key", "ada")
    assert sentence.startswith("It may ")
    key = ApiKey.objects.get()
    assert key.created_by == people.ada.user
    people.ada.post(reverse("api_keys:revoke", args=[key.pk]))
    assert recorded()[0] == "subscribers.revoke_key"
    key.refresh_from_db()
    assert key.revoked_at is not None
    page = people.ada.get(INDEX).content.decode()
    assert "revoked on" in page
    assert reverse("api_keys:revoke", args=[key.pk]) not in page


def test_a_revoked_key_is_revoked_once(people, wanted, recorded):
    people.ada.post(INDEX, wanted)
    address = reverse("api_keys:revoke", args=[ApiKey.objects.get().pk])
    people.ada.post(address)
    first = ApiKey.objects.get().revoked_at
    people.ada.post(address)
    assert ApiKey.objects.get().revoked_at == first


WRONG = {
    "no name": {"name": ""},
    "two lines": {"name": "a\x00b"},
    "no scope": {"scopes": []},
    "an unknown scope": {"scopes": ["everything"]},
    "no publication": {"publications": []},
    "an unknown publication": {"publications": ["7000"]},
    "no calls": {"per_minute": "0"},
}


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
def test_a_form_that_lacks_something_makes_no_key(people, wanted, wrong):
    answer = people.ada.post(INDEX, wanted | wrong)
    assert answer.status_code == 400
    assert not ApiKey.objects.exists()


def test_a_name_is_given_once(people, wanted):
    people.ada.post(INDEX, wanted)
    answer = people.ada.post(INDEX, wanted | {"name": " The  institute’s foot "})
    assert "There is a key of this name" in answer.content.decode()
    assert ApiKey.objects.count() == 1


def test_only_administrators_see_make_and_revoke_keys(people, wanted):
    people.ada.post(INDEX, wanted)
    address = reverse("api_keys:revoke", args=[ApiKey.objects.get().pk])
    for client in (people.cora, people.ed, people.paul):
        assert "institute’s foot" not in client.get(INDEX, follow=True).content.decode()
        client.post(INDEX, wanted | {"name": "Mine"})
        client.post(address)
    assert ApiKey.objects.get().revoked_at is None
