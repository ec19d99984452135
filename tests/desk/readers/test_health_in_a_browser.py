"""Growth, health and re-confirmations in a real browser: seen, fitting, done by the keyboard."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from subscribers.models import Consent, Reconfirmation, Subscription
from subscribers.reconfirming import begin
from subscribers.suppressing import suppress
from tests.delivery.bounces import mailed
from tests.desk.readers.test_in_a_browser import faults
from tests.desk.test_mailings_in_a_browser import at_the_desk, elsewhere  # noqa: F401
from tests.subscribers.reconfirmation import BEGUN, silent

pytestmark = pytest.mark.django_db(transaction=True)

NOW = timezone.now()


@pytest.fixture
def history(twtw, readers_of_weeks, write_note):
    """Half a year of joining, leaving, bouncing; a mailing that was complained of."""
    own = readers_of_weeks(twtw)
    note = write_note("A subject that is long", "And a claim that is longer than most of them")
    mailed(twtw, note, {one: "complained" if one == own[0] else "delivered" for one in own[:40]})


@pytest.fixture
def readers_of_weeks(subscribe):
    def make(publication):
        made = []
        for week in range(24):
            for number in range(week % 7 + 2):
                own = subscribe(publication, f"r{week}.{number}@example.org")
                at = NOW - timedelta(weeks=week)
                Subscription.objects.filter(pk=own.pk).update(confirmed_at=at)
                Consent.objects.create(subscription=own, act="given", source="The page", at=at)
                made.append(own)
                if number == 1 and week > 2:
                    left = at + timedelta(days=9)
                    Subscription.objects.filter(pk=own.pk).update(state="ended", ended_at=left)
                    Consent.objects.create(
                        subscription=own,
                        act="withdrawn",
                        source="a link",
                        at=left,
                        reason="too much",
                        words="Twice a week is more than I can read.",
                    )
                if number == 2 and week % 3 == 0:
                    suppress(own.reader.address, "bounced")
        return made

    return make


def test_growth_is_accessible_and_fits_by_day_and_by_night(history, twtw, alerts, at_the_desk):  # noqa: F811
    page, found = at_the_desk(), []
    for query in ("?publication=twtw", "?publication=twtw&weeks=all", "?publication=gp-alerts"):
        page.goto(reverse("reader_health:index") + query)
        found += [(query, *fault) for fault in faults(page)]
        if query == "?publication=twtw":
            page.emulate_media(media="print")
            assert page.locator("nav.health-choice").first.is_hidden()
            expect(page.get_by_role("img", name="Readers in all")).to_be_visible()
            page.emulate_media(media="screen")
    assert found == []


def test_a_reconfirmation_is_begun_and_stopped_by_the_keyboard(twtw, at_the_desk):  # noqa: F811
    elsewhere(silent, twtw, 120)
    page = at_the_desk(java_script_enabled=False)
    page.goto(reverse("reconfirming:index"))
    page.get_by_label("Not heard from for").select_option("2")
    page.get_by_role("button", name="Count them").press("Enter")
    expect(page.get_by_text("120 readers have not been heard from for 2 years.")).to_be_visible()
    page.get_by_label("120 readers get this").press("Space")
    page.get_by_role("button", name="Ask them").press("Enter")
    expect(page.get_by_text("120 readers are asked whether they still want")).to_be_visible()
    page.get_by_role("link", name="Stop it…").press("Enter")
    page.get_by_role("button", name="Stop it").press("Enter")
    expect(page.get_by_text("Nobody further is asked")).to_be_visible()
    assert elsewhere(lambda: Reconfirmation.objects.get().cancelled_at) is not None


def test_its_pages_are_accessible_and_fit(twtw, alerts, at_the_desk):  # noqa: F811
    elsewhere(silent, twtw, 1200)
    elsewhere(silent, alerts, 1)
    run = elsewhere(begin, alerts, 3, "Ann", BEGUN)
    addresses = [
        reverse("reconfirming:index"),
        reverse("reconfirming:begin") + "?publication=twtw&years=3",
        reverse("reconfirming:begin") + "?publication=gp-alerts&years=3",
        reverse("reconfirming:run", args=[run.pk]),
        reverse("reconfirming:cancel", args=[run.pk]),
    ]
    page, found = at_the_desk(), []
    for address in addresses:
        page.goto(address)
        found += [(address, *fault) for fault in faults(page)]
    assert found == []
