"""The preferences: each change by its own button, at once, noted; the link to them can end."""

import re
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from subscribers.address_changing import ask_for
from subscribers.confirming import confirm
from subscribers.embedding import TRAP
from subscribers.errors import PreferencesError
from subscribers.grants import Grant, grant_url
from subscribers.leaving import end_subscription
from subscribers.links import preferences_url
from subscribers.models import (
    AddressChange,
    Consent,
    Reader,
    ReaderChange,
    RegionOfInterest,
    ServiceMail,
    SignUp,
    Subscription,
    WorldRegion,
)
from subscribers.preferences import (
    choose_regions,
    choose_when,
    end_former_links,
    is_paused,
    pause,
    rename,
    resume,
)
from subscribers.suppressing import suppress

pytestmark = pytest.mark.django_db

ADDRESS = "ann.reader@example.org"


@pytest.fixture
def browser():
    return Client(enforce_csrf_checks=True)


@pytest.fixture
def weekly(subscribe, twtw):
    return subscribe(twtw, ADDRESS, name="Ann Reader")


@pytest.fixture
def urgent(weekly, subscribe, alerts):
    return subscribe(alerts, ADDRESS)


@pytest.fixture
def reader(weekly):
    return weekly.reader


@pytest.fixture
def press(browser, weekly):
    """Presses a button of the page, and gives back what the page then says, and its status."""

    def post(do, status=200, **fields):
        response = browser.post(path_of(weekly), {"do": do, **fields})
        assert response.status_code == status, response.content.decode()
        assert not response.cookies
        assert response["Cache-Control"] == "no-store"
        page = response.content.decode()
        assert ADDRESS not in page
        return said_on(page)

    return post


def path_of(subscription, version=0):
    return urlsplit(preferences_url(subscription.pk, version)).path


def said_on(page):
    found = re.search(r'<p class="said" role="(?:status|alert)"[^>]*>(.*?)</p>', page, re.DOTALL)
    return re.sub("<[^>]+>", "", found[1]) if found else ""


def state(subscription):
    return Subscription.objects.get(pk=subscription.pk).state


def noted():
    return list(ReaderChange.objects.values_list("kind", "sentence"))


# Publications ------------------------------------------------------------------------------------


def test_the_page_shows_what_the_reader_gets_and_what_else_there_is_and_masks_the_address(
    browser, weekly, alerts, subscribe
):
    subscribe(alerts, "somebody.else@example.org")
    page = browser.get(path_of(weekly)).content.decode()
    assert "a…@example.org" in page
    assert ADDRESS not in page
    assert "somebody" not in page
    assert page.count("<li style") == 2
    assert page.count('value="leave"') == 1
    assert page.count('value="get"') == 1
    assert "By pressing the button I agree" in page


def test_what_is_no_longer_offered_is_shown_to_who_had_it_alone(browser, weekly, urgent, alerts):
    alerts.offered = False
    alerts.save()
    assert "GP Alerts" in browser.get(path_of(weekly)).content.decode()
    Subscription.objects.filter(pk=urgent.pk).delete()
    assert "GP Alerts" not in browser.get(path_of(weekly)).content.decode()


def test_one_publication_can_be_left_and_the_other_kept(press, weekly, urgent, subscribe, alerts):
    stranger = subscribe(alerts, "somebody.else@example.org")
    assert press("leave", publication="gp-alerts") == "You have left GP Alerts."
    assert [state(one) for one in (weekly, urgent, stranger)] == [
        "confirmed",
        "ended",
        "confirmed",
    ]
    consent = Consent.objects.get()
    assert (consent.source, len(consent.network)) == ("preferences page", 64)
    assert press("leave", publication="gp-alerts") == "There was nothing to leave."


def test_everything_can_be_left_at_once(press, weekly, subscribe, alerts):
    other = subscribe(alerts, ADDRESS, state="pending")
    assert press("leave", everything="yes") == "You have left GP Alerts, The World This Week."
    assert [state(one) for one in (weekly, other)] == ["ended", "ended"]


@pytest.mark.parametrize("before", ["never had", "left", "not confirmed"])
def test_a_further_publication_is_asked_about_by_mail_and_comes_when_it_is_confirmed(
    press, weekly, alerts, subscribe, before
):
    if before == "left":
        end_subscription(subscribe(alerts, ADDRESS).pk, "test")
    elif before == "not confirmed":
        subscribe(alerts, ADDRESS, state="pending")
    assert "A mail is on its way to you" in press("get", publication="gp-alerts")
    mail = ServiceMail.objects.get()
    assert (mail.kind, mail.reader) == ("confirm", weekly.reader)
    wanted = Subscription.objects.get(publication=alerts)
    assert wanted.state != "confirmed"
    sign_up = SignUp.objects.get()
    assert (sign_up.form, len(sign_up.network)) == ("preferences", 64)
    assert "GP Alerts: A mail now and then" in sign_up.wording.text
    confirm(sign_up.pk)
    assert state(wanted) == "confirmed"
    assert Consent.objects.latest("pk").wording == sign_up.wording


def test_leaving_meanwhile_ends_the_confirmation(press, weekly, alerts):
    press("get", publication="gp-alerts")
    press("leave", everything="yes")
    confirm(SignUp.objects.get().pk)
    assert set(Subscription.objects.values_list("state", flat=True)) == {"ended"}


def test_a_mail_that_was_passed_on_bombs_nobody(press, weekly, alerts):
    for _ in range(5):
        press("get", publication="gp-alerts")
    assert "tomorrow" in press("get", status=400, publication="gp-alerts")
    assert ServiceMail.objects.count() == 5


# Alerts ------------------------------------------------------------------------------------------


def test_alerts_are_about_the_chosen_parts_of_the_world(press, reader, urgent):
    assert press("alerts", region=["africa", "europe"]) == "Your choice of alerts was saved."
    press("alerts", region=["europe", "europe", "oceania"])
    assert set(RegionOfInterest.objects.values_list("region", flat=True)) == {"europe", "oceania"}
    press("alerts")
    assert not RegionOfInterest.objects.exists()
    assert noted() == [
        ("preferences", "Alerts about: africa, europe."),
        ("preferences", "Alerts about: europe, oceania."),
        ("preferences", "Alerts about: all."),
    ]
    reader.refresh_from_db()
    assert reader.heard_from_at is not None


def test_all_parts_of_the_world_are_as_good_as_none(reader):
    choose_regions(reader, WorldRegion)
    assert not reader.regions.exists()


def test_alerts_come_at_once_or_with_the_weekly(press, browser, weekly, urgent):
    assert 'value="weekly"' in browser.get(path_of(weekly)).content.decode()
    press("alerts", when="weekly")
    urgent.refresh_from_db()
    weekly.refresh_from_db()
    assert (urgent.with_weekly, weekly.with_weekly) == (True, False)
    press("alerts", when="once")
    urgent.refresh_from_db()
    assert not urgent.with_weekly
    noted_of_when = [sentence for _, sentence in noted() if "about" not in sentence]
    assert noted_of_when == ["Alerts with the weekly.", "Alerts at once."]


def test_who_gets_no_weekly_is_not_offered_alerts_in_it(press, browser, weekly, urgent):
    end_subscription(weekly.pk, "test")
    assert 'value="weekly"' not in browser.get(path_of(weekly)).content.decode()
    assert "no weekly" in press("alerts", status=400, when="weekly", region=["africa"])
    assert not RegionOfInterest.objects.exists()
    with pytest.raises(PreferencesError):
        choose_when(weekly.reader, with_weekly=True)


def test_who_gets_no_weekly_any_more_can_have_alerts_at_once_again(press, weekly, urgent):
    press("alerts", when="weekly")
    end_subscription(weekly.pk, "test")
    press("alerts", when="once")
    urgent.refresh_from_db()
    assert not urgent.with_weekly


@pytest.mark.parametrize("state", ["ended", "pending"])
def test_who_gets_no_alerts_is_asked_nothing_about_them(browser, weekly, alerts, subscribe, state):
    assert 'name="region"' not in browser.get(path_of(weekly)).content.decode()
    subscribe(alerts, ADDRESS, state=state)
    assert 'name="region"' not in browser.get(path_of(weekly)).content.decode()


# Pause -------------------------------------------------------------------------------------------


def test_a_pause_lasts_to_the_end_of_its_last_day(press, reader):
    assert "begins again by itself" in press("pause", weeks="3")
    reader.refresh_from_db()
    today = timezone.now().astimezone(UTC).date()
    assert reader.paused_until == datetime.combine(
        today + timedelta(weeks=3), datetime.max.time().replace(microsecond=0), UTC
    )
    assert is_paused(reader)
    assert press("resume") == "You get mail again."
    reader.refresh_from_db()
    assert reader.paused_until is None
    assert [kind for kind, _ in noted()] == ["paused", "resumed"]
    assert not resume(reader)


@pytest.mark.parametrize("weeks", [1, 12])
def test_the_shortest_and_the_longest_pause(press, reader, weeks):
    press("pause", weeks=weeks)
    reader.refresh_from_db()
    assert reader.paused_until.date() == timezone.now().date() + timedelta(weeks=weeks)
    assert resume(reader)


def test_a_pause_that_is_over_is_none(reader):
    reader.paused_until = timezone.now() - timedelta(seconds=1)
    assert not is_paused(reader)
    assert not resume(reader)


@pytest.mark.parametrize("weeks", ["0", "13", "-1", "", "1e1", "²", "9" * 5000, "\0"])
def test_a_pause_is_one_of_one_to_twelve_weeks(press, reader, weeks):
    assert "1 to 12 weeks" in press("pause", status=400, weeks=weeks)
    with pytest.raises(PreferencesError):
        pause(reader, 13)
    assert noted() == []


# Name --------------------------------------------------------------------------------------------


def test_a_reader_is_called_as_they_say(press, reader):
    assert press("rename", name="  Ann   B.  ") == "Mails call you Ann B. now."
    reader.refresh_from_db()
    assert reader.name == "Ann B."
    assert press("rename", name="") == "Mails call you by no name now."
    assert noted() == [("name", ""), ("name", "No name any more.")]
    assert rename(reader, "Jürgen") == "Jürgen"


@pytest.mark.parametrize("name", ["x" * 201, "a\0b", "see www.example.org", "me@example.org"])
def test_what_is_no_name_is_refused(press, reader, name):
    assert press("rename", status=400, name=name).startswith("Nothing was changed.")
    reader.refresh_from_db()
    assert reader.name == "Ann Reader"


# The address (tests/subscribers/test_address_changing.py has what follows) ------------------------


def test_a_likely_slip_is_asked_about_once(press, reader):
    assert "Did you mean ann@gmail.com?" in press(
        "change-address", status=400, address="ann@gmial.com"
    )
    assert not ServiceMail.objects.exists()
    press("change-address", address="ann@gmial.com", as_typed="ann@gmial.com")
    assert ServiceMail.objects.get().address == "ann@gmial.com"


@pytest.mark.parametrize(
    "address", ["", "no address", "a@b", "a\0@example.org", "a\r\nBcc: b@example.org", "x" * 2000]
)
def test_what_is_no_address_is_refused(press, address):
    assert press("change-address", status=400, address=address).startswith("Nothing was changed.")
    assert not ServiceMail.objects.exists()


# Links -------------------------------------------------------------------------------------------


def test_former_links_can_be_ended_and_the_page_goes_on(browser, press, weekly):
    assert "former links" in press("end-links")
    assert noted() == [("links", "")]
    for former in ("", "held/", "erase/"):
        response = browser.get(path_of(weekly) + former)
        assert response.status_code == 410
        assert "This link has ended" in response.content.decode()
    assert browser.post(path_of(weekly), {"do": "leave", "everything": "yes"}).status_code == 410
    assert browser.post(f"{path_of(weekly)}erase/", {"do": "erase"}).status_code == 410
    assert state(weekly) == "confirmed"
    page = browser.get(path_of(weekly, 1)).content.decode()
    assert f'action="{path_of(weekly, 1)}"' in page
    assert browser.get(path_of(weekly, 2)).status_code == 410


def test_the_links_of_others_go_on(reader, subscribe, twtw):
    other = subscribe(twtw, "somebody.else@example.org").reader
    change = ask_for(other, "other@example.com")
    assert end_former_links(reader) == 1
    other.refresh_from_db()
    assert other.link_version == 0
    assert AddressChange.objects.get() == change


def test_with_the_former_links_ends_what_somebody_else_has_asked_for_by_one(browser, press, weekly):
    change = ask_for(weekly.reader, "stranger@example.com")
    press("end-links")
    assert not AddressChange.objects.exists()
    assert not ServiceMail.objects.exists()
    page = browser.post(urlsplit(grant_url(Grant.NEW_ADDRESS, change.pk)).path)
    assert "belongs to nobody" in page.content.decode()
    assert Reader.objects.get().address == ADDRESS


def test_the_page_on_which_links_are_ended_has_forms_that_work(browser, weekly):
    page = browser.post(path_of(weekly), {"do": "end-links"}).content.decode()
    actions = set(re.findall(r'action="([^"]+)"', page))
    assert actions == {path_of(weekly, 1)}


def test_a_link_that_has_ended_mails_another_a_few_times_a_day(browser, weekly, reader):
    end_former_links(reader)
    for _ in range(5):
        response = browser.post(path_of(weekly), {"do": "send-link"})
        assert response.status_code == 200
        assert "is on its way" in response.content.decode()
    assert ServiceMail.objects.count() == 3
    mail = ServiceMail.objects.first()
    assert (mail.kind, mail.reader, mail.subscription) == ("preferences_link", reader, weekly)
    assert browser.post(path_of(weekly)).status_code == 410


# Without a link ----------------------------------------------------------------------------------

ASK = "/preferences/"


def test_who_has_no_mail_at_hand_gets_the_link_and_nobody_learns_who_reads(browser, weekly, reader):
    answers, questions = [], []
    for address in ("Ann.Reader@Example.org", "nobody@example.org"):
        with CaptureQueriesContext(connection) as asked:
            response = browser.post(ASK, {"address": address})
        answers.append((response.status_code, response.content))
        questions.append([re.sub(r"'[^']*'|\d+", "?", one["sql"])[:60] for one in asked])
    assert answers[0] == answers[1]
    assert answers[0][0] == 200
    assert questions[0] == questions[1]
    mail = ServiceMail.objects.get(state="waiting")
    assert (mail.kind, mail.reader, mail.subscription) == ("preferences_link", reader, weekly)
    # Of nobody nothing is kept but that it was asked.
    assert ServiceMail.objects.get(state="dropped").address == ""


def test_the_question_changes_nothing_by_a_look_and_is_asked_a_few_times_a_day(browser, weekly):
    assert browser.get(ASK).status_code == 200
    for _ in range(5):
        assert browser.post(ASK, {"address": ADDRESS}).status_code == 200
    assert ServiceMail.objects.count() == 3
    for number in range(15):
        browser.post(ASK, {"address": f"nobody{number}@example.org"})
    response = browser.post(ASK, {"address": "nobody@example.org"})
    assert response.status_code == 400
    assert "tomorrow" in said_on(response.content.decode())


def test_a_script_that_fills_in_every_field_is_told_the_same_and_nothing_is_done(browser, weekly):
    person, script = (
        browser.post(ASK, {"address": ADDRESS, TRAP: trap}).content for trap in ("", "https://x")
    )
    assert person == script
    assert ServiceMail.objects.count() == 1


def test_a_suppressed_address_is_answered_as_any_other(browser, weekly):
    suppress("bob@example.org", "complained")
    answers = {
        browser.post(ASK, {"address": f"{name}@example.org"}).content for name in ("bob", "x")
    }
    assert len(answers) == 1


@pytest.mark.parametrize("address", ["", "no address", "a\0@example.org", "x" * 5000])
def test_what_is_no_address_is_refused_by_the_question_too(browser, address):
    response = browser.post(ASK, {"address": address})
    assert response.status_code == 400
    assert said_on(response.content.decode()).startswith("Nothing was sent.")


# Whatever else is sent ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "fields", [{}, {"do": "no-such"}, {"do": ["", "\0"]}, {"publication": "twtw"}]
)
def test_a_post_that_names_no_button_changes_nothing(browser, weekly, fields):
    response = browser.post(path_of(weekly), fields)
    assert response.status_code == 400
    assert state(weekly) == "confirmed"
    assert noted() == []


BODIES = {
    "too much": (b"do=" + b"1" * 3_000_000, "application/x-www-form-urlencoded"),
    "too many": (b"region=africa&" * 2000, "application/x-www-form-urlencoded"),
    "no text": (b"do=\xff\xfe\x00", "application/x-www-form-urlencoded"),
    "another encoding": (b"do=pause", "application/x-www-form-urlencoded; charset=utf-16"),
    "a broken multipart": (b"--", "multipart/form-data"),
    "JSON": (b'{"do": "leave"}', "application/json"),
    "a file": (
        b'--x\r\nContent-Disposition: form-data; name="do"; filename="x"\r\n\r\nleave\r\n--x--',
        "multipart/form-data; boundary=x",
    ),
}
VALUES = ["\0", "x" * 100_000, "‮", "\ud7ff", "{{ 7 * 7 }}", "<script>", "%s", "' OR 1=1 --"]


@pytest.mark.parametrize(("body", "content_type"), BODIES.values(), ids=BODIES.keys())
def test_what_no_browser_sends_is_refused(browser, weekly, body, content_type):
    for path in (path_of(weekly), f"{path_of(weekly)}erase/", ASK):
        assert browser.generic("POST", path, body, content_type).status_code == 400
    assert state(weekly) == "confirmed"
    assert Reader.objects.exists()


@pytest.mark.parametrize("do", ["leave", "get", "alerts", "pause", "rename", "change-address"])
def test_hostile_values_are_taken_as_text_or_refused(browser, weekly, urgent, do):
    for value in VALUES:
        fields = dict.fromkeys(
            ("publication", "region", "when", "weeks", "name", "address", "as_typed"), value
        )
        response = browser.post(path_of(weekly), {"do": do, **fields})
        assert response.status_code in (200, 400)
        assert "<script>" not in response.content.decode()
    assert {state(one) for one in (weekly, urgent)} == {"confirmed"}


def test_no_sentence_that_was_noted_has_an_address_in_it(press, urgent):
    press("alerts", region=["africa"], when="weekly")
    press("pause", weeks="1")
    press("rename", name="Ann")
    press("change-address", address="ann@example.com")
    press("end-links")
    assert not ReaderChange.objects.filter(sentence__contains="@").exists()
    assert ReaderChange.objects.exclude(network="").count() == ReaderChange.objects.count() == 5
