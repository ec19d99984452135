"""The reader's own pages in a real browser: with and without JavaScript, on a phone and a desk, by
day and by night."""

import json
from urllib.parse import urlsplit

import pytest

from subscribers.address_changing import ask_for
from subscribers.grants import Grant, grant_url
from subscribers.leaving import end_subscription
from subscribers.links import preferences_url, unsubscribe_url
from subscribers.models import Reader, ServiceMail, Subscription
from subscribers.preferences import choose_regions, pause
from tests.archive.test_in_a_browser import browser_page, faults

pytestmark = pytest.mark.django_db(transaction=True)

ADDRESS = "ann.reader@example.org"


@pytest.fixture
def weekly(subscribe, twtw):
    return subscribe(twtw, ADDRESS, name="Ann Reader")


@pytest.fixture
def urgent(weekly, subscribe, alerts):
    return subscribe(alerts, ADDRESS)


def path_of(url):
    return urlsplit(url).path


def test_every_page_is_accessible_and_fits_whatever_it_says(
    live_server, weekly, urgent, subscribe, alerts
):
    alerts.colour = "#ffe600"
    alerts.save()
    end_subscription(subscribe(alerts, "left@example.org").pk, "test")
    pause(weekly.reader, 2)
    choose_regions(weekly.reader, ["africa"])
    own = path_of(preferences_url(weekly.pk))
    pages = {
        "preferences": own,
        "held": f"{own}held/",
        "erase": f"{own}erase/",
        "ask": "/preferences/",
        "new address": path_of(
            grant_url(Grant.NEW_ADDRESS, ask_for(weekly.reader, "ann@example.com").pk)
        ),
        "ended": path_of(preferences_url(weekly.pk, 7)),
        "nobody": path_of(preferences_url(999_999)),
    }
    leaving = path_of(unsubscribe_url(urgent.pk))
    found = []
    with browser_page() as (page, complaints):
        for name, path in pages.items():
            page.goto(live_server.url + path)
            found += [(name, *fault) for fault in faults(page)]
        page.goto(live_server.url + own)
        page.get_by_label("Where your mail shall go").fill("ann@gmial.com")
        page.get_by_role("button", name="Change the address").click()
        page.get_by_role("alert").get_by_text("Did you mean ann@gmail.com?").wait_for()
        found += [("refused", *fault) for fault in faults(page)]
        page.goto(live_server.url + pages["new address"])
        page.get_by_role("button", name="Change my address").click()
        found += [("changed", *fault) for fault in faults(page)]
        page.goto(live_server.url + leaving)
        page.get_by_role("button", name="Unsubscribe").click()
        found += [("left", *fault) for fault in faults(page)]
        cookies = page.context.cookies()
    assert found == []
    assert cookies == []
    # The two pages that refuse something are no 200, and the browser says so.
    assert {complaint.split("status of ")[-1][:3] for complaint in complaints} == {"410", "400"}


@pytest.mark.parametrize("java_script_enabled", [True, False])
def test_a_reader_changes_what_they_get_and_is_told_what_was_done(
    live_server, weekly, urgent, java_script_enabled
):
    own = live_server.url + path_of(preferences_url(weekly.pk))
    with browser_page(java_script_enabled=java_script_enabled, accept_downloads=True) as (page, _):
        page.goto(own)
        said = page.get_by_role("status")
        page.get_by_label("Africa").check()
        page.get_by_label("With the weekly").check()
        page.get_by_role("button", name="Save the choice of alerts").click()
        said.get_by_text("Your choice of alerts was saved.").wait_for()
        assert page.get_by_label("Africa").is_checked()
        assert page.get_by_label("With the weekly").is_checked()
        page.get_by_label("Get no mail for").select_option("3 weeks")
        page.get_by_role("button", name="Pause").click()
        said.get_by_text("You get no mail for a while.").wait_for()
        page.get_by_role("button", name="Get mail again").click()
        said.get_by_text("You get mail again.").wait_for()
        page.get_by_label("How our mails call you").fill("Ann B.")
        page.keyboard.press("Enter")
        said.get_by_text("Mails call you Ann B. now.").wait_for()
        page.get_by_label("Where your mail shall go").fill("käthe@bücher.example")
        page.get_by_role("button", name="Change the address").click()
        said.get_by_text("A mail is on its way to the new address.").wait_for()
        page.get_by_role("button", name="Leave GP Alerts").click()
        said.get_by_text("You have left GP Alerts.").wait_for()
        page.get_by_role("button", name="Get GP Alerts").click()
        said.get_by_text("confirm that you want GP Alerts").wait_for()
        page.get_by_role("button", name="End all former links").click()
        said.get_by_text("All former links to this page have ended.").wait_for()
        # The page that was just shown goes on, with the link that is good now.
        page.get_by_role("link", name="See or download all of it").click()
        with page.expect_download() as download:
            page.get_by_role("button", name="Download it as JSON").click()
        held = json.loads(download.value.path().read_text())
        page.get_by_role("link", name="Back to my preferences").click()
        page.get_by_role("link", name="Erase all of it").click()
        page.get_by_role("button", name="Erase everything").click()
        page.get_by_role("heading", name="Everything was erased").wait_for()
    assert held["address"] == ADDRESS
    assert held["name"] == "Ann B."
    assert len(held["changes"]) == 7
    assert not Reader.objects.exists()
    assert ServiceMail.objects.get().kind == "erased"


@pytest.mark.parametrize("java_script_enabled", [True, False])
def test_a_reader_leaves_says_why_and_gets_the_link_by_mail(
    live_server, weekly, java_script_enabled
):
    with browser_page(java_script_enabled=java_script_enabled) as (page, complaints):
        page.goto(live_server.url + path_of(unsubscribe_url(weekly.pk)))
        page.get_by_role("button", name="Unsubscribe").click()
        page.get_by_label("It is too much mail").check()
        page.get_by_label("In your own words").fill("Two are plenty.")
        page.get_by_role("button", name="Tell the newsroom").click()
        page.get_by_role("status").get_by_text("Thank you, that was noted.").wait_for()
        assert page.get_by_label("It is too much mail").is_checked()
        page.get_by_role("link", name="Choose what you get").click()
        page.get_by_role("heading", name="What you get").wait_for()
        page.goto(f"{live_server.url}/preferences/")
        page.get_by_label("The address that your mail goes to").fill(ADDRESS)
        page.keyboard.press("Enter")
        page.get_by_role("status").get_by_text("If mail from us goes to this address").wait_for()
    assert complaints == []
    consent = Subscription.objects.get().consents.get()
    assert (consent.reason, consent.words) == ("too much", "Two are plenty.")
    assert ServiceMail.objects.get().kind == "preferences_link"
