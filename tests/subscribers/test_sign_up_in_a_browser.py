"""Subscribing and confirming in a real browser: on a phone and a desk, with and without scripts."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone
from playwright.sync_api import expect

from subscribers.embedding import TRAP, embed_html
from subscribers.grants import Grant, grant_token
from subscribers.limits import NETWORK, count
from subscribers.models import SignUp, SignUpForm, Subscription, Suppression
from subscribers.signing_up import sign_up
from subscribers.suppressing import suppress
from subscribers.time_tokens import time_token
from tests.archive.test_in_a_browser import browser_page, faults

pytestmark = pytest.mark.django_db(transaction=True)

ELSEWHERE = "http://institute.example.org/"


def in_a_thread(function, *arguments):
    """Call what asks the database: Django keeps it from the thread in which a browser is driven."""

    def call():
        try:
            return function(*arguments)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(call).result()


def link(made):
    return f"/confirm/{grant_token(Grant.CONFIRM, made.pk)}/"


def link_of_the_last():
    return link(SignUp.objects.order_by("-pk").first())


def take_time(page):
    """Make the page one that was opened a while ago, as it is for who fills it in by hand."""
    opened = time_token(timezone.now() - timedelta(minutes=1))
    page.locator("input[name=token]").evaluate("(field, token) => { field.value = token }", opened)


@pytest.fixture
def expired(twtw, monkeypatch):
    """A link of a mail that left eight days ago."""
    made = sign_up("carl@example.org", [twtw], form="the page", source="subscribe page")
    long_ago = timezone.now().timestamp() - 8 * 24 * 3600
    with monkeypatch.context() as patch:
        patch.setattr("django.core.signing.time.time", lambda: long_ago)
        return link(made)


@pytest.fixture
def stopped(twtw):
    """A link that was taken back, and one of a suppressed address."""
    links = {}
    for name in ("withdrawn", "suppressed"):
        made = sign_up(f"{name}@example.org", [twtw], form="the page", source="subscribe page")
        links[name] = link(made)
    SignUp.objects.filter(reader__key="withdrawn@example.org").update(withdrawn_at=timezone.now())
    suppress("suppressed@example.org", Suppression.Reason.BOUNCED)
    return links


def test_every_page_on_the_way_is_accessible_and_fits(live_server, twtw, alerts, expired, stopped):
    found = []
    alerts.colour = "#ffe600"
    alerts.promise = "Averylongwordwithoutanyendthatcouldnotbebrokenanywhereatallbyanybrowser."
    alerts.save()
    with browser_page(base_url=live_server.url) as (page, complaints):

        def look(name, heading):
            expect(page.get_by_role("heading", level=1)).to_have_text(heading)
            found.extend((name, *fault) for fault in faults(page))

        page.goto("/subscribe/?publication=twtw")
        look("form", "Subscribe by mail")
        page.get_by_label("Your mail address").fill("a b@example.org")
        page.get_by_label("Your name").fill("www.example.com")
        page.get_by_label("The World This Week").uncheck()
        take_time(page)
        page.get_by_role("button", name="Subscribe").click()
        look("faults", "Subscribe by mail")
        page.get_by_role("link", name="This can't be a mail address").click()
        expect(page.get_by_label("Your mail address")).to_be_focused()
        page.get_by_label("Your mail address").fill("ann." + "x" * 50 + "@gmial.com")
        page.get_by_label("Your name").fill("")
        page.get_by_label("The World This Week").check()
        page.get_by_role("button", name="Subscribe").click()
        look("question", "Is your address right?")
        page.get_by_role("button", name="Yes").click()
        look("asked", "Look into your mail")
        page.goto(in_a_thread(link_of_the_last))
        look("confirm", "Is this what you want?")
        page.get_by_role("button", name="Yes, I want this").click()
        look("confirmed", "You are subscribed")
        page.goto(expired)
        look("expired", "This link has expired")
        page.goto(stopped["withdrawn"])
        look("withdrawn", "This sign-up was withdrawn")
        page.goto(stopped["suppressed"])
        look("suppressed", "We may not mail this address")
        page.goto("/confirm/x/")
        look("damaged", "This link is damaged")
        cookies = page.context.cookies()
    assert found == []
    assert cookies == []
    # What was to be mended, and the damaged link; the browser says so.
    assert [text[-30:] for text in complaints if "422" not in text and "404" not in text] == []


@pytest.mark.parametrize(("width", "scripts"), [(360, False), (1280, True)])
def test_from_the_form_to_the_subscription_by_the_keyboard(
    live_server, twtw, alerts, width, scripts
):
    options = {"viewport": {"width": width, "height": 800}, "java_script_enabled": scripts}
    with browser_page(base_url=live_server.url, **options) as (page, _):
        page.goto("/")
        page.get_by_role("link", name="Subscribe", exact=True).press("Enter")
        take_time(page)
        page.get_by_label("GP Alerts").press("Space")
        page.get_by_label("Your mail address").press_sequentially("ann@gmail,com")
        page.get_by_label("Your mail address").press("Enter")
        page.get_by_role("button", name="Yes, ann@gmail.com").press("Enter")
        expect(page.get_by_text("look into the folder for spam")).to_be_visible()
        page.goto(in_a_thread(link_of_the_last))
        expect(page.get_by_text("a…@gmail.com")).to_be_visible()
        page.get_by_role("button", name="Yes, I want this").press("Enter")
        expect(page.get_by_text("GP Alerts will come to a…@gmail.com.")).to_be_visible()
        page.get_by_role("link", name="Choose what you get").press("Enter")
        expect(page.get_by_text("a…@gmail.com")).to_be_visible()
    (subscription,) = Subscription.objects.select_related("publication", "reader")
    assert (subscription.publication, subscription.state) == (alerts, "confirmed")
    assert subscription.reader.address == "ann@gmail.com"


def test_the_field_that_people_do_not_see_is_neither_seen_nor_reached_nor_read_out(
    live_server, twtw
):
    with browser_page(base_url=live_server.url) as (page, _):
        page.goto("/subscribe/")
        expect(page.locator(f"input[name={TRAP}]")).to_be_hidden()
        assert "Leave this empty" not in page.locator("body").aria_snapshot()
        reached = set()
        for _press in range(10):
            page.keyboard.press("Tab")
            reached.add(page.evaluate("document.activeElement.name"))
    assert "address" in reached
    assert TRAP not in reached


def test_a_network_that_signs_up_too_much_is_told_when_to_come_again_and_loses_nothing(
    live_server, twtw, rf
):
    from subscribers.networks import network_of

    for _ in range(NETWORK.most):
        count(NETWORK.kind, network_of(rf.get("/")), NETWORK.span)
    with browser_page(base_url=live_server.url) as (page, _):
        page.goto("/subscribe/?publication=twtw")
        take_time(page)
        page.get_by_label("Your mail address").fill("ann@example.org")
        page.get_by_role("button", name="Subscribe").click()
        expect(page.get_by_role("alert")).to_contain_text("press the button again in")
        expect(page.get_by_label("Your mail address")).to_have_value("ann@example.org")
        expect(page.get_by_label("The World This Week")).to_be_checked()
        assert list(faults(page)) == []


@pytest.mark.parametrize("scripts", [True, False])
def test_the_form_works_from_another_site(live_server, settings, twtw, alerts, scripts):
    settings.SITE_URL = live_server.url
    form = SignUpForm.objects.create(slug="foot", name="Foot")
    form.publications.set([twtw, alerts])
    head = '<!doctype html><html lang="en"><title>Institute</title>'
    html = f"{head}<main><h1>Institute</h1>{embed_html(form)}</main></html>"
    with browser_page(java_script_enabled=scripts) as (page, _):
        page.route(ELSEWHERE, lambda route: route.fulfill(body=html, content_type="text/html"))
        page.goto(ELSEWHERE)
        expect(page.locator(f"input[name={TRAP}]")).to_be_hidden()
        if scripts:
            assert list(faults(page)) == []
        page.get_by_label("GP Alerts").check()
        page.get_by_label("Your mail address").fill("ann@example.org")
        page.get_by_role("button", name="Subscribe").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Look into your mail")
        assert page.context.cookies() == []
    assert SignUp.objects.get().form == "foot"
