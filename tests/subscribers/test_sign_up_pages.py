"""The pages to subscribe and to confirm: the same for everybody, and a GET changes nothing."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from subscribers import limits
from subscribers.address_changing import ask_for
from subscribers.address_changing import confirm as change_address
from subscribers.confirming import confirm
from subscribers.embedding import TRAP, embed_html
from subscribers.erasing import erase
from subscribers.grants import Grant, grant_token
from subscribers.leaving import end_subscription
from subscribers.limits import count
from subscribers.models import (
    Consent,
    ServiceMail,
    SignUp,
    SignUpForm,
    Subscription,
    Suppression,
    Tally,
)
from subscribers.preferences import end_former_links
from subscribers.signing_up import sign_up
from subscribers.suppressing import suppress
from subscribers.time_tokens import age, time_token
from tests.optional import answered_by_node
from tests.subscribers.forms import form_of
from tests.subscribers.statements import without_values

pytestmark = pytest.mark.django_db

PAGE, ASKED = "/subscribe/", "/subscribe/asked/"
ANN = "ann.reader@example.org"


@pytest.fixture
def browser():
    """Brings no cookie and no token of a session."""
    return Client(enforce_csrf_checks=True)


@pytest.fixture
def form(twtw, alerts):
    """A form on another site, for both publications."""
    made = SignUpForm.objects.create(slug="foot", name="The institute’s foot")
    made.publications.set([twtw, alerts])
    return made


def token(seconds=10):
    return time_token(timezone.now() - timedelta(seconds=seconds))


def fill_in(browser, **fields):
    filled = {"token": token(), "address": ANN, "publication": ["twtw"]} | fields
    return browser.post(PAGE, {name: value for name, value in filled.items() if value is not None})


def text_of(response):
    text = re.sub(r"<[^>]+>", "", response.content.decode())
    return re.sub(r"\s+", " ", unescape(text))


def assert_taken(response):
    assert (response.status_code, response["Location"]) == (303, ASKED)


def assert_nothing_done():
    assert not SignUp.objects.exists()
    assert not ServiceMail.objects.exists()


# The form


def test_the_page_says_what_comes_how_often_from_whom_and_what_is_kept(browser, twtw, alerts):
    alerts.promise = "Three alerts a month & no more."
    alerts.save()
    response = browser.get(PAGE)
    text = text_of(response)
    for words in (
        "One mail a week, on Sundays at 8:00 Kolkata time.",
        f"It comes from {twtw.sender_name} <{twtw.sender_address}>.",
        "Three alerts a month & no more.",
        "leave at any time",
        "For 90 days",
        "we forget all of it after 30 days",
    ):
        assert words in text
    assert not response.cookies
    assert "no-store" in response["Cache-Control"]
    assert "checked" not in response.content.decode()


def test_what_is_not_offered_is_not_named(browser, twtw, alerts):
    alerts.offered = False
    alerts.save()
    assert "GP Alerts" not in text_of(browser.get(PAGE))
    assert "Choose what" in text_of(fill_in(browser, publication=["gp-alerts"]))
    twtw.offered = False
    twtw.save()
    assert "nothing to subscribe to" in text_of(browser.get(PAGE))
    assert_nothing_done()


def test_a_link_can_choose_beforehand(browser, twtw, alerts):
    page = browser.get(PAGE, {"publication": ["gp-alerts", "no-such\0"]}).content.decode()
    assert form_of(page)[1]["publication"] == ["gp-alerts"]


@pytest.mark.parametrize("method", ["get", "head", "options"])
def test_looking_does_nothing(browser, twtw, method):
    fields = {"address": ANN, "publication": "twtw", "token": token()}
    for path in (PAGE, ASKED):
        assert getattr(browser, method)(path, fields).status_code == 200
    assert_nothing_done()


def test_the_public_pages_lead_to_it(browser, twtw):
    home = browser.get("/").content.decode()
    assert home.count('href="/subscribe/"') == 2
    assert 'href="/subscribe/"' in browser.get("/nowhere/").content.decode()


# Signing up


def test_the_form_as_it_stands_is_taken_in_with_all_that_it_showed(browser, twtw, alerts):
    page = browser.get(PAGE).content.decode()
    action, fields, _ = form_of(page)
    fields |= {"address": [f" {ANN} "], "name": ["Ann"], "publication": ["gp-alerts", "twtw"]}
    fields["token"] = [token()]
    response = browser.post(action, fields)
    assert_taken(response)
    assert not response.cookies
    made = SignUp.objects.get()
    assert (made.form, made.source) == ("the page", "subscribe page")
    assert made.reader.name == "Ann"
    assert len(made.network) == 64
    shown = text_of(browser.get(PAGE))
    assert len(made.wording.text.split("\n\n")) == 3
    for paragraph in made.wording.text.split("\n\n"):
        assert paragraph.removeprefix("The World This Week: ").removeprefix("GP Alerts: ") in shown
    assert ServiceMail.objects.get().kind == "confirm"
    done = text_of(browser.get(ASKED))
    assert "folder for spam" in done
    assert "It may take some minutes" in done


def without_the_second(response):
    """The headers, but for the moment at which the page expires: at once."""
    return {name: value for name, value in response.headers.items() if name != "Expires"}


def test_a_script_is_answered_like_a_person_and_does_nothing(browser, twtw):
    good = fill_in(browser, address="other@example.org")
    SignUp.objects.all().delete()
    ServiceMail.objects.all().delete()
    for fields in ({"token": token(seconds=2.9)}, {TRAP: "x"}, {"token": token(-60)}):
        response = fill_in(browser, **fields)
        assert_taken(response)
        assert response.content == good.content
        assert without_the_second(response) == without_the_second(good)
    assert_nothing_done()
    assert_taken(fill_in(browser, token=token(seconds=3.1)))
    assert SignUp.objects.exists()


@pytest.mark.parametrize("made", [lambda: token(86_500), str, lambda: f"{token()}x", lambda: "9"])
def test_a_page_that_was_open_for_too_long_asks_to_press_once_more(browser, twtw, made):
    response = fill_in(browser, token=made(), name="Ann", publication=["twtw"])
    assert response.status_code == 422
    assert "press the button once more" in text_of(response)
    assert_nothing_done()
    _, fields, _ = form_of(response.content.decode())
    assert (fields["address"], fields["name"], fields["publication"]) == ([ANN], ["Ann"], ["twtw"])
    assert age(fields["token"][0], timezone.now()) < timedelta(minutes=1)


def test_who_presses_once_more_need_not_wait(browser, twtw):
    response = fill_in(browser, token=token(86_500))
    action, fields, _ = form_of(response.content.decode())
    assert_taken(browser.post(action, fields))
    assert SignUp.objects.exists()


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("address", "", "Write your mail address."),
        ("address", "ann<b>", "has an @ in it"),
        ("address", "@example.org", "A part of the address is missing"),
        ("address", "a b@example.org", "This can't be a mail address"),
        ("address", "a" * 300 + "@example.org", "This can't be a mail address"),
        ("name", "x" * 201, "in at most 200 characters"),
        ("name", "https://example.com/", "without a web or mail address"),
        ("publication", [], "Choose what you would like to get."),
        ("publication", ["no-such"], "Choose what you would like to get."),
    ],
)
def test_what_is_wrong_is_said_beside_the_field_and_all_that_was_typed_stays(
    browser, twtw, field, typed, said
):
    sent = {"address": ANN, "name": "Ann “the” <Reader>", "publication": ["twtw"]} | {field: typed}
    response = fill_in(browser, **sent)
    assert response.status_code == 422
    page = response.content.decode()
    fault = re.search(rf'id="{field}-fault">([^<]*)', page)
    assert said in unescape(fault[1])
    assert f'aria-describedby="{field}-fault"' in page
    assert f'href="#{field}"' in page
    assert "<title>Please mend" in page
    _, fields, _ = form_of(page)
    assert fields["address"] == [sent["address"]]
    assert fields["name"] == [sent["name"]]
    assert fields.get("publication", []) == [one for one in sent["publication"] if one == "twtw"]
    assert_nothing_done()


def test_where_sendgrid_sends_letters_with_accents_are_refused_with_the_reason(
    browser, twtw, settings
):
    settings.DELIVERY_TRANSPORT = "sendgrid"
    assert "The service that sends our mail" in text_of(
        fill_in(browser, address="josé@example.org")
    )
    settings.DELIVERY_TRANSPORT = "smtp"
    assert_taken(fill_in(browser, address="josé@bücher.example.org"))
    assert SignUp.objects.get().reader.address == "josé@bücher.example.org"


@pytest.mark.parametrize(
    ("button", "subscribed"), [("Yes", "ann@gmail.com"), ("No", "ann@gmial.com")]
)
def test_a_likely_slip_is_asked_about_once_and_never_refused(browser, twtw, button, subscribed):
    response = fill_in(browser, address="ann@gmial.com", name="Ann")
    assert response.status_code == 200
    assert "Did you mean ann@gmail.com?" in text_of(response)
    assert_nothing_done()
    action, fields, buttons = form_of(response.content.decode())
    name, value = buttons[("Yes", "No").index(button)]
    assert_taken(browser.post(action, fields | {name: value}))
    assert SignUp.objects.get().reader.address == subscribed
    assert SignUp.objects.get().reader.name == "Ann"


def test_a_slip_that_is_no_address_can_be_changed_by_hand(browser, twtw):
    response = fill_in(browser, address="ann@gmail,com")
    assert "Did you mean ann@gmail.com?" in text_of(response)
    assert "No, let me change it" in text_of(response)
    action, fields, buttons = form_of(response.content.decode())
    again = browser.post(action, fields | dict(buttons[1:]))
    assert again.status_code == 422
    assert form_of(again.content.decode())[1]["address"] == ["ann@gmail,com"]
    assert_nothing_done()


# The same answer


def known_as(fate, subscribe, publication):
    address = f"{fate}@example.org"
    if fate in {"pending", "confirmed", "ended"}:
        subscribe(publication, address, state=fate)
    elif fate == "suppressed":
        suppress(address, Suppression.Reason.COMPLAINED)
    elif fate == "erased":
        erase(subscribe(publication, address).reader)
    return address


def test_the_answer_is_the_same_after_the_same_work_whoever_asks(browser, subscribe, twtw):
    fill_in(browser)  # The words on the page are kept from the first time on.
    kinds, answers = {}, set()
    for fate in ("unknown", "pending", "confirmed", "ended", "suppressed", "erased"):
        address = known_as(fate, subscribe, twtw)
        with CaptureQueriesContext(connection) as queries:
            response = fill_in(browser, address=address)
        assert_taken(response)
        kinds[fate] = [without_values(one["sql"]) for one in queries]
        headers = str(without_the_second(response))
        answers.add((response.content, headers, browser.get(ASKED).content))
    assert len(answers) == 1
    for statements in kinds.values():
        assert statements == kinds["unknown"]


# Limits


def test_an_address_gets_three_mails_a_day_and_no_sign_that_there_are_no_more(browser, twtw):
    for address in (ANN, ANN.upper(), ANN, "ann.reader+x@example.org", ANN):
        assert_taken(fill_in(browser, address=address))
    assert ServiceMail.objects.count() == limits.ADDRESS.most == 3
    assert_taken(fill_in(browser, address="bob@example.org"))
    assert ServiceMail.objects.count() == 4


def reach(limit, subject):
    for _ in range(limit.most):
        count(limit.kind, subject, limit.span)


def assert_busy(response, *, form=None):
    assert response.status_code == 429
    assert 0 < int(response["Retry-After"]) <= 3600
    assert re.search(r"press the button again in \d+ minutes?\.", text_of(response))
    _, fields, _ = form_of(response.content.decode())
    assert (fields["address"], fields.get("form")) == ([ANN], form)
    assert_nothing_done()


def test_a_network_signs_up_so_many_in_an_hour_and_then_is_told_when_to_come_again(browser, twtw):
    for number in range(limits.NETWORK.most):
        assert_taken(fill_in(browser, address=f"ann{number}@example.org"))
    SignUp.objects.all().delete()
    ServiceMail.objects.all().delete()
    assert_busy(fill_in(browser))


def test_a_form_takes_in_so_many_in_an_hour(browser, twtw):
    reach(limits.FORM, "the page")
    assert_busy(fill_in(browser))


def test_without_the_proof_of_time_less_is_taken_in(browser, form):
    fields = {"token": None, "form": "foot"}
    for number in range(limits.BARE_NETWORK.most):
        assert_taken(fill_in(browser, address=f"ann{number}@example.org", **fields))
    SignUp.objects.all().delete()
    ServiceMail.objects.all().delete()
    assert_busy(fill_in(browser, **fields), form=["foot"])
    assert limits.BARE_NETWORK.most < limits.NETWORK.most


def test_a_bare_form_takes_in_so_many_in_an_hour(browser, form):
    reach(limits.BARE_FORM, "foot")
    assert_busy(fill_in(browser, token=None, form="foot"), form=["foot"])
    assert limits.BARE_FORM.most < limits.FORM.most


# Forms on other sites


def test_the_form_on_another_site_works_as_it_is_pasted(browser, form, settings):
    settings.SITE_URL = "https://weekly.example.org"
    action, fields, _ = form_of(embed_html(form))
    assert action == "https://weekly.example.org/subscribe/"
    assert fields == {"form": ["foot"], "address": [""], TRAP: [""]}
    fields |= {"address": [ANN], "publication": ["gp-alerts"]}
    sent = browser.post(PAGE, fields, HTTP_ORIGIN="https://institute.example.org")
    assert_taken(sent)
    made = SignUp.objects.get()
    assert (made.form, made.source) == ("foot", "form “The institute’s foot”")
    shown = unescape(re.sub(r"<[^>]+>", "", embed_html(form)))
    for paragraph in made.wording.text.split("\n\n"):
        assert paragraph.removeprefix("GP Alerts: ") in shown


def test_a_form_for_one_publication_asks_for_no_choice(browser, form, twtw):
    form.publications.set([twtw])
    _, fields, _ = form_of(embed_html(form))
    assert fields["publication"] == ["twtw"]
    assert "checkbox" not in embed_html(form)
    assert_taken(browser.post(PAGE, fields | {"address": [ANN]}))


def test_it_subscribes_to_what_it_was_made_for_only(browser, form, twtw, alerts):
    form.publications.set([alerts])
    assert fill_in(browser, token=None, form="foot").status_code == 422
    twtw.offered = alerts.offered = False
    alerts.save()
    assert_taken(fill_in(browser, token=None, form="foot", publication=["gp-alerts"]))


def test_it_is_labelled_and_no_name_breaks_out_of_it(form, twtw):
    twtw.name = '"><script>alert("1")</script>'
    twtw.promise = "</form>'\"&"
    twtw.save()
    html = embed_html(form)
    assert "<script" not in html
    assert html.count("</form>") == 1
    assert '<label for="foot-address">' in html
    assert 'id="foot-address"' in html
    assert (
        f'<div hidden aria-hidden="true" style="display: none"><input type="text" name="{TRAP}"'
        in html
    )
    assert 'autocomplete="off"' in html


@pytest.mark.parametrize("slug", ["no-such", "closed", "foot\0", "x" * 1000, "fööt"])
def test_a_form_that_is_not_in_use_leads_to_our_page(browser, form, slug):
    SignUpForm.objects.create(slug="closed", name="Closed", closed_at=timezone.now())
    response = fill_in(browser, token=None, form=slug)
    assert response.status_code == 404
    assert "This form is not in use any more" in text_of(response)
    assert 'href="/subscribe/"' in response.content.decode()
    assert_nothing_done()


# Confirming


@pytest.fixture
def asked(twtw, alerts):
    return sign_up(ANN, [twtw, alerts], form="the page", source="subscribe page")


def link(made):
    return f"/confirm/{grant_token(Grant.CONFIRM, made.pk)}/"


@pytest.fixture
def expired(asked, monkeypatch):
    """A link of a mail that left eight days ago."""
    long_ago = timezone.now().timestamp() - 8 * 24 * 3600
    with monkeypatch.context() as patch:
        patch.setattr("django.core.signing.time.time", lambda: long_ago)
        return link(asked)


def assert_private(response):
    assert not response.cookies
    assert response["Cache-Control"] == "no-store"
    assert response["X-Robots-Tag"] == "noindex"
    assert response["Referrer-Policy"] == "no-referrer"
    assert "ann.reader" not in response.content.decode()


@pytest.mark.parametrize("method", ["get", "head", "options"])
def test_looking_at_the_link_confirms_nothing(browser, asked, method):
    response = getattr(browser, method)(link(asked))
    assert response.status_code == 200
    assert_private(response)
    assert not Consent.objects.exists()
    assert not Subscription.objects.exclude(state="pending").exists()


def test_the_page_says_what_will_come_where_and_has_one_button(browser, asked):
    page = browser.get(link(asked))
    text = text_of(page)
    for words in ("a…@example.org", "The World This Week", "on Sundays at 8:00", "GP Alerts"):
        assert words in text
    assert page.content.decode().count("<button") == 1


def test_the_button_confirms_and_the_page_leads_on(browser, asked, twtw, make_published):
    make_published(317)
    path = link(asked)
    response = browser.post(path)
    assert (response.status_code, response["Location"]) == (303, path)
    assert_private(response)
    assert set(Subscription.objects.values_list("state", flat=True)) == {"confirmed"}
    assert len(Consent.objects.first().network) == 64
    page = browser.get(path)
    assert_private(page)
    assert "You are subscribed" in text_of(page)
    assert "The World This Week and GP Alerts will come to" in text_of(page)
    assert 'href="/issues/twtw/317/"' in page.content.decode()
    onward = re.search(r'href="(/preferences/[^"]+)"', page.content.decode())[1]
    assert "You get this" in text_of(browser.get(onward))
    browser.post(path)
    assert Consent.objects.count() == 2


@pytest.fixture
def make_published(twtw):
    from issues.models import Issue, IssueSerial

    def make(serial):
        issue = Issue.objects.create(
            publication=twtw,
            volume=twtw.volumes.get(number=7),
            date="2025-06-29",
            published_at=timezone.now(),
        )
        IssueSerial.objects.create(publication=twtw, issue=issue, serial=serial)

    return make


def test_who_gets_something_already_is_not_told_that_they_are_forgotten(browser, asked, alerts):
    confirm(asked.pk)
    end_subscription(Subscription.objects.get(publication=alerts).pk, "test")
    further = sign_up(ANN, [alerts], form="preferences", source="preferences page")
    page = text_of(browser.get(link(further)))
    assert "nothing comes of it, and we forget that you were asked" in page
    assert "forget your address" not in page


def test_a_mail_that_was_passed_on_later_does_not_lead_to_the_preferences(browser, asked):
    confirm(asked.pk)
    SignUp.objects.update(confirmed_at=timezone.now() - timedelta(hours=2))
    page = browser.get(link(asked)).content.decode()
    assert "You are subscribed" in page
    assert "/preferences/" not in page


@pytest.mark.parametrize(
    "meanwhile",
    [
        end_former_links,
        lambda reader: change_address(ask_for(reader, "ann@example.com").pk),
    ],
    ids=["the links are ended", "another address"],
)
def test_it_leads_there_no_more_when_the_reader_has_shut_out_who_has_the_mail(
    browser, asked, meanwhile
):
    confirm(asked.pk)
    assert "/preferences/" in browser.get(link(asked)).content.decode()
    meanwhile(asked.reader)
    assert "/preferences/" not in browser.get(link(asked)).content.decode()


def test_a_link_used_after_leaving_says_that_it_has_been_used(browser, asked):
    confirm(asked.pk)
    for subscription in Subscription.objects.all():
        end_subscription(subscription.pk, "unsubscribe link")
    path = link(asked)
    browser.post(path)
    page = browser.get(path)
    assert "left again" in text_of(page)
    assert "<button" not in page.content.decode()
    assert 'href="/subscribe/"' in page.content.decode()
    assert set(Subscription.objects.values_list("state", flat=True)) == {"ended"}


@pytest.mark.parametrize("leave", [True, False])
def test_a_sign_up_that_was_withdrawn_says_so(browser, asked, twtw, leave):
    if leave:
        end_subscription(Subscription.objects.first().pk, "unsubscribe link")
    else:
        sign_up(ANN, [twtw], form="the page", source="subscribe page")
    path = link(asked)
    browser.post(path)
    page = browser.get(path)
    assert "was withdrawn" in text_of(page)
    assert 'href="/subscribe/"' in page.content.decode()
    assert not Consent.objects.filter(act="given").exists()


def test_a_suppressed_address_is_told_whom_to_write_to(browser, asked, alerts, twtw):
    suppress(ANN, Suppression.Reason.BOUNCED)
    path = link(asked)
    browser.post(path)
    page = browser.get(path)
    assert f"write to {twtw.sender_address}" in text_of(page)
    assert_private(page)
    assert not Consent.objects.exists()


def test_an_expired_link_has_a_button_for_another_mail_and_confirms_nothing(
    browser, asked, expired
):
    page = browser.get(expired)
    assert_private(page)
    assert "This link has expired" in text_of(page)
    assert page.content.decode().count("<button") == 1
    for _ in range(5):
        assert_taken(browser.post(expired))
    assert ServiceMail.objects.filter(kind="confirm", sign_up=asked).count() == 1 + 3
    assert not Consent.objects.exists()
    reach(limits.NETWORK, SignUp.objects.get().network or network_of_tests())
    busy = browser.post(expired)
    assert busy.status_code == 429
    assert "press the button again in" in text_of(busy)


def network_of_tests():
    from django.test import RequestFactory

    from subscribers.networks import network_of

    return network_of(RequestFactory().get("/"))


def test_an_expired_link_that_was_used_or_withdrawn_sends_nothing(browser, asked, expired):
    confirm(asked.pk)
    mails = ServiceMail.objects.count()
    assert "You are subscribed" in text_of(browser.post(expired))
    assert ServiceMail.objects.count() == mails


def test_what_was_forgotten_or_damaged_leads_to_the_page_to_subscribe(browser, asked):
    path = link(asked)
    damaged = [f"{path[:-4]}/", path.replace("confirm/", "confirm/1"), "/confirm/x/"]
    asked.reader.delete()
    for method in (browser.get, browser.post):
        response = method(path)
        assert response.status_code == 410
        assert 'href="/subscribe/"' in response.content.decode()
        for wrong in damaged:
            response = method(wrong)
            assert response.status_code == 404
            assert_private(response)
            assert "nothing was confirmed" in text_of(response)


# Hostile input

VALUES = st.one_of(
    st.text(st.characters(codec="utf-8")),
    st.sampled_from(["\0", "a\0b@example.org", "\ud800", "x" * 70_000, "ann@gmial.com", ANN]),
    st.sampled_from(["a\r\nBcc: b@example.org", "{{ 7 }}", "%s", "'; --", "١", "foot", "twtw"]),
)
NAMES = st.sampled_from(["address", "name", "publication", "token", "form", "asked", TRAP, "x\0"])
BODIES = st.lists(st.tuples(NAMES, st.lists(VALUES, max_size=3)), max_size=8).map(dict)
CONTENT_TYPES = st.sampled_from(
    [
        "application/x-www-form-urlencoded",
        "application/x-www-form-urlencoded; charset=utf-16",
        "application/x-www-form-urlencoded; charset=hex",
        "multipart/form-data; boundary=b; charset=base64",
        "multipart/form-data",
        "multipart/form-data; boundary=\xff",
        "application/json",
        "text/plain; charset=nonsense",
        "",
    ]
)


def is_no_fault(response):
    return 200 <= response.status_code < 500


@settings(
    deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(fields=BODIES, is_good=st.booleans())
def test_whatever_the_fields_hold_the_answer_is_no_fault_of_ours(browser, form, fields, is_good):
    if is_good:
        fields = {"token": [token()], "address": [ANN], "publication": ["twtw"]} | fields
    Tally.objects.all().delete()
    data = {
        name: [value.encode("utf-8", "surrogatepass") for value in values]
        for name, values in fields.items()
    }
    for query in ("", "?publication=%00&publication=%ff&form=x"):
        assert is_no_fault(browser.post(f"{PAGE}{query}", data))
    assert is_no_fault(browser.get(PAGE, data))


@settings(
    deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(body=st.binary(max_size=300), content_type=CONTENT_TYPES)
def test_whatever_the_body_is_the_answer_is_no_fault_of_ours(browser, twtw, body, content_type):
    for path in (PAGE, "/confirm/x/"):
        assert is_no_fault(browser.generic("POST", path, body, content_type=content_type))
    assert_nothing_done()


def test_a_body_longer_than_any_form_is_refused_unread(browser, twtw):
    response = fill_in(browser, name="x" * 1_000_000)
    assert response.status_code == 413
    assert "That was too much" in text_of(response)
    assert_nothing_done()


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_other_methods_are_refused(browser, asked, method):
    for path in (PAGE, link(asked)):
        assert getattr(browser, method)(path).status_code == 405


# An outsider's word


def test_every_page_is_good_html(browser, asked, expired, form):
    def page(response):
        return response.content.decode()

    path = link(asked)
    pages = {
        "form": page(browser.get(PAGE)),
        "faults": page(fill_in(browser, address="", name="://", publication=[])),
        "question": page(fill_in(browser, address="ann@gmial.com")),
        "asked": page(browser.get(ASKED)),
        "refused": page(fill_in(browser, form="no-such")),
        "confirm": page(browser.get(path)),
        "expired": page(browser.get(expired)),
        "damaged": page(browser.get("/confirm/x/")),
        "embedded": '<!doctype html>\n<html lang="en"><head><title>Foot</title></head><body>'
        f"{embed_html(form)}</body></html>",
    }
    browser.post(path)
    pages["confirmed"] = page(browser.get(path))
    asked.reader.delete()
    pages["forgotten"] = page(browser.get(path))
    asked = {"rules": "html-validate.pages.json", "pages": pages}
    assert answered_by_node("validate_html.mjs", "html-validate", asked) == []
