"""The page that asks a silent reader, in a real browser: fitting, and answered by the keyboard."""

from datetime import timedelta

import pytest
from django.urls import reverse

from subscribers.grants import Grant, grant_token
from subscribers.models import ReconfirmationAsk, Subscription
from subscribers.reconfirming import begin
from tests.archive.test_in_a_browser import browser_page, faults
from tests.subscribers.reconfirmation import BEGUN, silent

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def pages(twtw):
    """The addresses of four questions: open, answered, to one who was let go, to one who left."""
    own = silent(twtw, 4)
    begin(twtw, 3, "Ann", BEGUN)
    ReconfirmationAsk.objects.filter(subscription=own[1]).update(answered_at=BEGUN)
    for one, is_let_go in ((own[2], True), (own[3], False)):
        ended = BEGUN + timedelta(days=40)
        Subscription.objects.filter(pk=one.pk).update(state="ended", ended_at=ended)
        asks = ReconfirmationAsk.objects.filter(subscription=one)
        asks.update(let_go_at=ended if is_let_go else None)
    return [
        reverse("subscribers:still-wanted", args=[grant_token(Grant.STILL_WANTED, ask.pk)])
        for ask in ReconfirmationAsk.objects.order_by("pk")
    ]


def test_the_page_is_accessible_and_fits_whatever_it_says(live_server, pages):
    headings, found = [], []
    with browser_page() as (page, complaints):
        for address in pages:
            page.goto(live_server.url + address)
            headings.append(page.get_by_role("heading", level=1).inner_text())
            found += [(headings[-1], *fault) for fault in faults(page)]
        assert page.context.cookies() == []
    assert found == complaints == []
    assert headings == [
        "Do you still want this?",
        "You stay",
        "Do you want this again?",
        "You have left",
    ]


@pytest.mark.parametrize(("button", "heading"), [(1, "You stay"), (2, "You have left")])
def test_it_is_answered_by_the_keyboard_without_javascript(live_server, pages, button, heading):
    with browser_page(java_script_enabled=False) as (page, _):
        page.goto(live_server.url + pages[0])
        page.locator("main button").nth(button - 1).press("Enter")
        page.get_by_role("heading", name=heading).wait_for()
        page.reload()
        assert page.get_by_role("heading", level=1).inner_text() == heading
    state = Subscription.objects.earliest("pk").state
    assert state == ("confirmed" if button == 1 else "ended")
