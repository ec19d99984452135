"""The menu "Readers" is there for who may see at least one of its pages, and shows those."""

import pytest

from desk.readers.menu import READERS_MENU, readers_menu

pytestmark = pytest.mark.django_db


def labels(client, rf):
    request = rf.get("/desk/")
    request.user = client.user
    return {item.label for item in READERS_MENU.menu_items_for_request(request)}, request


def test_everybody_is_offered_what_they_may_see(people, rf):
    of_administrators, _ = labels(people.ada, rf)
    assert {"All readers", "Suppressed addresses", "Forms on other sites"} <= of_administrators
    of_publishers, _ = labels(people.paul, rf)
    assert "All readers" in of_publishers
    assert not {"Suppressed addresses", "Forms on other sites"} & of_publishers
    of_editors, _ = labels(people.ed, rf)
    assert "All readers" not in of_editors


def test_who_may_see_none_of_it_is_not_offered_the_menu(people, rf):
    found, request = labels(people.cora, rf)
    assert found == set()
    assert not readers_menu().is_shown(request)
    _, request = labels(people.paul, rf)
    assert readers_menu().is_shown(request)
