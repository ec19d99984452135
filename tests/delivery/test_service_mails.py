"""Mails to single readers: each leaves once, from whom it should, or it is said why not."""

import os
import re
import subprocess
import sys
import threading
from collections import Counter
from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from delivery.errors import DeliveryError
from delivery.service_mails import send_due
from delivery.transports import AUTO_REPLIED, Notice
from delivery.transports.sendgrid import notice_body
from rendering.errors import RenderingError
from subscribers.erased import stand_in
from subscribers.grants import Grant, row_granted
from subscribers.links import Purpose, subscription_and_version, subscription_of
from subscribers.models import (
    AddressChange,
    Brake,
    Reader,
    Reconfirmation,
    ReconfirmationAsk,
    ServiceMail,
    SignUp,
    Subscription,
    Suppression,
)
from subscribers.service_mails import put_out
from tests.standins.sendgrid import KEY, StandIn

pytestmark = pytest.mark.django_db

ROOT = Path(__file__).resolve().parent.parent.parent
READER = "noor@example.org"
Kind, State = ServiceMail.Kind, ServiceMail.State


@pytest.fixture(autouse=True)
def outbox(settings, tmp_path):
    """Reads what lies in the outbox, the oldest first."""
    settings.OUTBOX = tmp_path / "outbox"

    def mails():
        files = sorted(settings.OUTBOX.glob("new/*"), key=lambda file: file.stat().st_mtime_ns)
        return [message_from_bytes(file.read_bytes(), policy=policy.strict) for file in files]

    return mails


@pytest.fixture
def subscription(twtw, alerts, subscribe):
    """A reader who gets GP Alerts, from a publication to which one can reply."""
    alerts.reply_to = "desk@example.org"
    alerts.save()
    return subscribe(alerts, READER, name="Noor Example")


@pytest.fixture
def sign_up(subscription, twtw, subscribe):
    """The same reader's wish for the weekly, which waits for its confirmation."""
    wish = SignUp.objects.create(
        reader=subscription.reader, form="subscribe page", source="a test", asked_at=timezone.now()
    )
    wish.subscriptions.add(
        Subscription.objects.create(reader=subscription.reader, publication=twtw)
    )
    return wish


@pytest.fixture
def ask(subscription, alerts):
    run = Reconfirmation.objects.create(
        publication=alerts,
        silent_since=timezone.now(),
        deadline="2031-08-30T20:00Z",
        begun_by="An Editor",
    )
    return ReconfirmationAsk.objects.create(run=run, subscription=subscription)


@pytest.fixture
def put(subscription, sign_up, ask, alerts):
    """Puts out a mail of a kind, as the part of the house does that it belongs to."""

    def put(kind, **changes):
        reader = subscription.reader
        about = {
            Kind.CONFIRM: lambda: {"sign_up": sign_up},
            Kind.SUBSCRIBED_ALREADY: lambda: {"subscription": subscription},
            Kind.WELCOME: lambda: {"subscription": subscription},
            Kind.NEW_ADDRESS: lambda: {
                "address": "new@example.net",
                "address_change": AddressChange.objects.create(
                    reader=reader, address="new@example.net", asked_at=timezone.now()
                ),
            },
            Kind.ADDRESS_CHANGED: lambda: {"address": "former@example.net"},
            Kind.PREFERENCES_LINK: lambda: {"subscription": subscription},
            Kind.ERASED: lambda: {"address": "gone@example.net"},
            Kind.LEFT: dict,
            Kind.STILL_WANTED: lambda: {"subscription": subscription},
        }[kind]()
        about = {"publication": alerts} | about | changes
        return put_out(kind, None if kind == Kind.ERASED else reader, **about)

    return put


def post(later=timedelta(0)):
    return send_due(timezone.now() + later)


def links(mail):
    text = mail.get_body(["plain"]).get_content()
    return re.findall(r"^http://127\.0\.0\.1:8000(/\S+)$", text, re.MULTILINE)


def token_in(mail, word):
    return next(link.rstrip("/").rpartition("/")[2] for link in links(mail) if word in link)


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_leaves_once_from_the_publications_sender(put, outbox, kind):
    row = put(kind)
    address = row.address or READER
    assert post() == 1
    assert post() == 0
    (mail,) = outbox()
    assert mail["To"] == address
    assert mail["From"].addresses[0].addr_spec == row.publication.sender_address
    assert mail["Reply-To"] == "desk@example.org"
    assert mail["Message-ID"]
    expected = "auto-replied" if kind == Kind.LEFT else "auto-generated"
    assert mail["Auto-Submitted"] == expected
    html, text = (mail.get_body([part]).get_content() for part in ("html", "plain"))
    for part in (html, text):
        assert "[%" not in part
        assert "None" not in part
    assert "<img" not in html
    assert all(
        link.startswith("http://127.0.0.1:8000/") for link in re.findall('href="([^"]+)"', html)
    )
    row.refresh_from_db()
    assert (row.state, row.address) == (State.SENT, "")
    assert row.ended_at is not None


@pytest.mark.parametrize("kind", Kind)
def test_only_what_comes_of_one_subscription_has_a_header_to_leave_it(
    put, outbox, subscription, kind
):
    put(kind)
    post()
    (mail,) = outbox()
    if kind in {Kind.WELCOME, Kind.STILL_WANTED}:
        assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        token = mail["List-Unsubscribe"].strip("<>").rstrip("/").rpartition("/")[2]
        assert subscription_of(token, Purpose.UNSUBSCRIBE) == subscription.pk
    else:
        assert mail["List-Unsubscribe"] is None
        assert mail["List-Unsubscribe-Post"] is None


def test_what_asks_for_a_confirmation_names_the_publications_and_its_time_begins_then(
    put, outbox, sign_up
):
    put(Kind.CONFIRM)
    post()
    (mail,) = outbox()
    assert mail["Subject"] == "Please confirm: The World This Week"
    assert row_granted(Grant.CONFIRM, token_in(mail, "confirm")) == sign_up.pk
    text = " ".join(mail.get_body(["plain"]).get_content().split())
    assert "The link is good for 7 days." in text
    # True also for who gets something else already.
    assert "If it was not you, do nothing: nothing comes of it" in text
    sign_up.refresh_from_db()
    assert timezone.now() - sign_up.mailed_at < timedelta(minutes=1)


def test_the_links_in_the_mails_lead_where_they_should(put, outbox, subscription, ask):
    Reader.objects.update(link_version=3)
    change = put(Kind.NEW_ADDRESS).address_change
    put(Kind.PREFERENCES_LINK)
    put(Kind.STILL_WANTED)
    post()
    new, preferences, still = outbox()
    assert row_granted(Grant.NEW_ADDRESS, token_in(new, "")) == change.pk
    named = subscription_and_version(token_in(preferences, "preferences"), Purpose.PREFERENCES)
    assert named == (subscription.pk, 3)
    assert row_granted(Grant.STILL_WANTED, token_in(still, "")) == ask.pk
    assert "31 August 2031" in still.get_body(["plain"]).get_content()
    ask.refresh_from_db()
    assert ask.asked_at is not None


def test_a_welcome_says_what_comes_and_leads_to_the_latest_issue(
    twtw, write_note, subscribe, outbox
):
    from issues.assembling import assemble
    from issues.models import Issue

    issue = assemble(twtw, write_note().date).issue
    Issue.objects.update(published_at=timezone.now())
    new = subscribe(twtw, "new@example.org")
    put_out(Kind.WELCOME, new.reader, subscription=new)
    post()
    (mail,) = outbox()
    assert mail["Subject"] == "Welcome to The World This Week"
    assert "Sundays" in mail.get_body(["plain"]).get_content()
    assert issue.line in " ".join(mail.get_body(["plain"]).get_content().split())
    assert "/issues/twtw/317/" in links(mail)
    assert any(link.startswith("/preferences/") for link in links(mail))


@pytest.mark.parametrize("kind", Kind)
def test_a_reader_is_greeted_by_name_where_the_address_is_known_to_be_theirs(put, outbox, kind):
    put(kind)
    post()
    (mail,) = outbox()
    nameless = {Kind.CONFIRM, Kind.NEW_ADDRESS, Kind.ERASED}
    for part in (mail.get_body(["html"]), mail.get_body(["plain"])):
        assert ("Noor" in part.get_content()) == (kind not in nameless)
    assert "Noor" not in str(mail.items())


@pytest.mark.parametrize("kind", [Kind.ERASED, Kind.ADDRESS_CHANGED, Kind.NEW_ADDRESS])
def test_what_goes_elsewhere_does_not_name_the_readers_address(put, outbox, kind):
    put(kind)
    post()
    (mail,) = outbox()
    for part in (mail.get_body(["html"]), mail.get_body(["plain"])):
        assert READER not in part.get_content()
        assert "example.net" not in part.get_content()


def test_a_mail_without_a_publication_is_written_by_the_first_one(put, outbox, twtw):
    put(Kind.LEFT, publication=None)
    post()
    assert outbox()[0]["From"].addresses[0].addr_spec == twtw.sender_address


# What must not leave


SETTLED = {
    "confirmed": (Kind.CONFIRM, lambda: SignUp.objects.update(confirmed_at=timezone.now())),
    "withdrawn": (Kind.CONFIRM, lambda: SignUp.objects.update(withdrawn_at=timezone.now())),
    "left": (Kind.WELCOME, lambda: Subscription.objects.update(state="ended")),
    "left already": (
        Kind.SUBSCRIBED_ALREADY,
        lambda: Subscription.objects.update(state="ended"),
    ),
    "left meanwhile": (Kind.STILL_WANTED, lambda: Subscription.objects.update(state="ended")),
    "answered": (
        Kind.STILL_WANTED,
        lambda: ReconfirmationAsk.objects.update(answered_at=timezone.now()),
    ),
    "cancelled": (
        Kind.STILL_WANTED,
        lambda: Reconfirmation.objects.update(cancelled_at=timezone.now()),
    ),
    "address confirmed": (
        Kind.NEW_ADDRESS,
        lambda: AddressChange.objects.update(confirmed_at=timezone.now()),
    ),
    "another address": (
        Kind.NEW_ADDRESS,
        lambda: AddressChange.objects.create(
            reader=Reader.objects.get(), address="other@example.net", asked_at=timezone.now()
        ),
    ),
}


def test_the_mail_is_locked_before_the_sign_up_as_in_erasing(put):
    put(Kind.CONFIRM)
    with CaptureQueriesContext(connection) as asked:
        assert post() == 1
    changed = [sql.split('"')[1] for query in asked if (sql := query["sql"]).startswith("UPDATE")]
    assert changed[-2:] == ["subscribers_servicemail", "subscribers_signup"]


@pytest.mark.parametrize("case", SETTLED)
def test_what_was_settled_meanwhile_is_dropped_and_says_why(put, outbox, case):
    kind, settle = SETTLED[case]
    row = put(kind)
    settle()
    assert post() == 0
    assert outbox() == []
    row.refresh_from_db()
    assert (row.state, row.address) == (State.DROPPED, "")
    assert row.answer
    assert "@" not in row.answer


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("reason", Suppression.Reason)
def test_to_a_suppressed_address_nothing_leaves_but_to_who_was_erased_the_way_back(
    put, outbox, kind, reason
):
    row = put(kind)
    key = row.address or READER
    key = stand_in(key) if reason == Suppression.Reason.ERASED else key
    Suppression.objects.create(key=key, reason=reason)
    may_leave = reason == Suppression.Reason.ERASED and kind in {
        Kind.CONFIRM,
        Kind.NEW_ADDRESS,
        Kind.ERASED,
        Kind.ADDRESS_CHANGED,
    }
    assert post() == len(outbox()) == may_leave
    row.refresh_from_db()
    assert row.state == (State.SENT if may_leave else State.DROPPED)


def test_while_the_brake_is_on_nobody_is_asked_to_confirm_and_all_else_leaves(put, outbox):
    put(Kind.CONFIRM)
    put(Kind.LEFT)
    brake = Brake.objects.create(began_at=timezone.now(), why="500 in an hour")
    assert post() == 1
    brake.ended_at = timezone.now()
    brake.save()
    assert post() == 1
    assert [mail["Auto-Submitted"] for mail in outbox()] == ["auto-replied", "auto-generated"]


def test_a_mail_stays_until_it_is_due(put, outbox):
    put(Kind.LEFT, due_at=timezone.now() + timedelta(hours=1))
    assert post() == 0
    assert post(timedelta(hours=1)) == 1


def test_who_waits_for_a_mail_does_not_wait_for_those_who_do_not(put, outbox):
    for _ in range(3):
        put(Kind.STILL_WANTED)
    put(Kind.PREFERENCES_LINK)
    assert send_due(timezone.now(), limit=2) == 2
    assert outbox()[0]["Subject"] == "The link to your preferences"


# What the other side does


@pytest.fixture
def sendgrid(settings, monkeypatch):
    monkeypatch.setenv("no_proxy", "*")
    with StandIn() as standin:
        settings.DELIVERY_TRANSPORT = "sendgrid"
        settings.SENDGRID_API_KEY, settings.SENDGRID_URL = KEY, standin.url
        yield standin


def test_by_sendgrid_a_mail_has_the_same_headers(put, sendgrid):
    put(Kind.WELCOME)
    assert post() == 1
    notice = Notice(
        sender_name="GP Alerts",
        sender_address="alerts@example.org",
        subject="Welcome",
        html="<p>Hello</p>",
        text="Hello",
        date=timezone.now(),
        reply_to="desk@example.org",
        auto_submitted=AUTO_REPLIED,
        leave_url="https://weekly.example.org/unsubscribe/1",
    )
    body = notice_body(notice, [READER])
    assert body["reply_to"] == {"email": "desk@example.org"}
    assert body["headers"] == {
        "Auto-Submitted": "auto-replied",
        "List-Unsubscribe": "<https://weekly.example.org/unsubscribe/1>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
    assert body["tracking_settings"]["click_tracking"]["enable"] is False


def test_what_provably_has_not_left_waits_for_longer_and_longer(put, sendgrid):
    row = put(Kind.CONFIRM)
    pauses = []
    for _ in range(11):
        sendgrid.misbehave("too_many_unexplained")
        with pytest.raises(DeliveryError, match="429"):
            send_due(row.due_at)
        row.refresh_from_db()
        assert row.state == State.WAITING
        assert send_due(row.due_at - timedelta(milliseconds=1)) == 0
        pauses.append((row.due_at - row.lease_until).total_seconds())
    assert pauses == [10, 20, 40, 80, 160, 320, 640, 1280, 2560, 3600, 3600]
    assert send_due(row.due_at) == 1
    assert sendgrid.copies() == {READER: 1}


def test_what_got_no_answer_is_in_doubt_and_is_not_repeated(put, sendgrid, caplog):
    row = put(Kind.CONFIRM)
    sendgrid.misbehave("accept_then_drop")
    assert post() == 0
    row.refresh_from_db()
    assert (row.state, row.address) == (State.IN_DOUBT, "")
    assert post(timedelta(days=9)) == 0
    assert sendgrid.copies() == {READER: 1}
    assert "in doubt" in caplog.text
    assert "@" not in caplog.text


def test_what_is_refused_says_why_without_an_address(put, sendgrid, caplog):
    put(Kind.NEW_ADDRESS)
    sendgrid.refuse("new@example.net")
    assert post() == 0
    row = ServiceMail.objects.get()
    assert (row.state, row.address) == (State.REFUSED, "")
    assert "SendGrid answered 4" in row.answer
    assert "refused" in caplog.text
    assert "@" not in row.answer + caplog.text


def test_without_a_key_nothing_is_lost_and_the_sentence_says_what_to_do(put, settings):
    row = put(Kind.CONFIRM)
    settings.DELIVERY_TRANSPORT, settings.SENDGRID_API_KEY = "sendgrid", ""
    with pytest.raises(DeliveryError, match="TWTW_SENDGRID_API_KEY is empty"):
        post()
    settings.DELIVERY_TRANSPORT = "outbox"
    assert post() == 1
    assert row.worker == ""


def test_a_broken_template_keeps_only_its_own_mail(put, settings, tmp_path, outbox):
    put(Kind.CONFIRM)
    put(Kind.LEFT)
    settings.TEMPLATES_OF_THE_NEWSROOM = tmp_path
    own = tmp_path / "email" / "confirm"
    own.mkdir(parents=True)
    (own / "subject.txt").write_text("{{ nothing }}")
    with pytest.raises(RenderingError, match="line 1"):
        post()
    assert post() == 1
    (own / "subject.txt").unlink()
    assert post(timedelta(minutes=1)) == 1
    assert len(outbox()) == 2


# Several workers, and dead ones


@pytest.mark.django_db(transaction=True)
def test_of_several_workers_one_sends_each_mail(put, outbox):
    for _ in range(20):
        put(Kind.LEFT)
    taken = []

    def work():
        try:
            taken.append(post())
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sum(taken) == len(outbox()) == 20


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("moment", "in_doubt", "copies"),
    [
        ("before the call is begun", 0, 3),
        ("before it is taken", 1, 2),
        ("after it is taken", 1, 3),
    ],
)
def test_after_a_kill_at_any_moment_each_mail_left_once_or_is_in_doubt(
    put, outbox, settings, moment, in_doubt, copies
):
    for kind in (Kind.LEFT, Kind.PREFERENCES_LINK, Kind.CONFIRM):
        put(kind)
    killed = subprocess.run(
        [
            *(sys.executable, "-m", "tests.delivery.posting_process"),
            *(str(settings.OUTBOX), moment),
        ],
        cwd=ROOT,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "newsroom.settings"},
    )
    assert killed.returncode == -9
    # Nobody takes what the dead one holds, until its lease runs out.
    assert post() == 0
    # The lease of the dead runs out.
    post(timedelta(minutes=16))
    assert post(timedelta(minutes=16)) == 0
    states = Counter(ServiceMail.objects.values_list("state", flat=True))
    assert states == Counter({State.SENT: 3 - in_doubt, State.IN_DOUBT: in_doubt})
    subjects = Counter(mail["Subject"] for mail in outbox())
    assert set(subjects.values()) == {1}
    assert len(subjects) == copies
