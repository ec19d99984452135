"""The brake: seen by who can do something about it, and released by their word."""

import pytest
from django.utils import timezone

from subscribers import braking
from subscribers.models import Brake
from subscribers.signing_up import sign_up

pytestmark = pytest.mark.django_db


@pytest.fixture
def brake(twtw):
    """On, with two mails that wait."""
    for name in ("ann", "ben"):
        sign_up(f"{name}@example.org", [twtw], form="page", source="the subscribe page")
    return Brake.objects.create(began_at=timezone.now(), why="More than 2 sign-ups in an hour.")


def test_it_is_shown_to_all_who_see_how_the_list_does_with_a_button_for_who_may(
    people, page, brake
):
    for address in (page("index"), page("forms"), "/desk/"):
        text = people.ada.get(address).content.decode()
        assert "More than 2 sign-ups in an hour." in text
        assert "2 mails wait" in text
        assert page("release") in text
    for client in (people.ed, people.paul):
        text = client.get("/desk/").content.decode()
        assert "have an administrator release it" in text
        assert page("release") not in text
    assert "The brake is on" not in people.cora.get("/desk/").content.decode()


def test_it_is_released_once_and_recorded(people, page, brake, told, recorded):
    said = "2 mails that ask for a confirmation waited, and leave now."
    answer = people.ada.post(page("release"))
    assert told(answer, people.ada) == [f"The brake is off. {said}"]
    assert recorded() == ("subscribers.release_brake", said, "ada")
    brake.refresh_from_db()
    assert (brake.ended_by, braking.current()) == ("Ada", None)
    assert told(people.ada.post(page("release")), people.ada) == ["The brake is off already."]
    assert "The brake is on" not in people.ada.get("/desk/").content.decode()


def test_nobody_without_the_right_releases_it(people, page, brake):
    for client in (people.cora, people.ed, people.paul):
        client.post(page("release"))
    assert braking.current() == brake
