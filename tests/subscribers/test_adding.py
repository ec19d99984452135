"""Added by hand: with a reason that is kept, or asked first; and nobody against their will."""

import pytest

from subscribers.adding import add_reader, ask_reader
from subscribers.erasing import erase
from subscribers.errors import AddressError, SubscriberError
from subscribers.models import Consent, Reader, ReaderChange, ServiceMail, SignUp, Subscription
from subscribers.suppressing import Suppression, suppress

pytestmark = pytest.mark.django_db
State = Subscription.State
ADDRESS = "Ann.Other@Example.org"


@pytest.fixture
def add(twtw):
    def call(address=ADDRESS, publications=None, **told):
        told = {"basis": Consent.Basis.CONSENT, "source": "A signed list", "by": "Ada", **told}
        return add_reader(address, [twtw] if publications is None else publications, **told)

    return call


@pytest.fixture
def ask(twtw):
    def call(address=ADDRESS, publications=None, **told):
        told = {"source": "Asked on the telephone", "by": "Ada", **told}
        return ask_reader(address, [twtw] if publications is None else publications, **told)

    return call


def test_who_is_added_gets_it_from_now_on_and_the_reason_is_kept(add, twtw, alerts):
    added = add(publications=[twtw, alerts], name="Ann Other", basis=Consent.Basis.CONTRACT)
    reader = Reader.objects.get()
    assert (reader.address, reader.key) == ("Ann.Other@example.org", "ann.other@example.org")
    assert reader.name == "Ann Other"
    assert (added.reader, set(added.to), added.already) == (reader, {twtw, alerts}, ())
    for subscription in Subscription.objects.all():
        assert (subscription.state, bool(subscription.confirmed_at)) == (State.CONFIRMED, True)
        consent = subscription.consents.get()
        assert (consent.act, consent.basis) == (Consent.Act.GIVEN, Consent.Basis.CONTRACT)
        assert (consent.source, consent.by, consent.form) == ("A signed list", "Ada", "desk")
    change = ReaderChange.objects.get()
    assert (change.kind, change.by) == (ReaderChange.Kind.ADDED, "Ada")
    assert change.sentence == "To GP Alerts and The World This Week."
    # The newsroom wrote it down: nobody has heard from the reader.
    assert reader.heard_from_at is None


def test_what_a_reader_gets_already_is_told_and_left_as_it_is(add, twtw, alerts, subscribe):
    before = subscribe(twtw, ADDRESS, name="Ann")
    added = add(publications=[twtw, alerts], name="Somebody Else")
    assert (added.to, added.already) == ((alerts,), (twtw,))
    assert before.consents.count() == 0
    before.refresh_from_db()
    assert before.reader.name == "Ann"


def test_a_name_is_filled_in_where_there_is_none_and_for_nobody_else(add, twtw, alerts, subscribe):
    before, other = subscribe(twtw, ADDRESS), subscribe(twtw, "bob@example.org")
    add(publications=[alerts], name="Ann")
    for subscription, name in [(before, "Ann"), (other, "")]:
        assert Reader.objects.get(pk=subscription.reader_id).name == name


@pytest.mark.parametrize("state", [State.ENDED, State.PENDING])
def test_it_is_a_word_for_nobody_else(add, twtw, subscribe, state):
    other = subscribe(twtw, "bob@example.org", state=state)
    assert add().to == (twtw,)
    other.refresh_from_db()
    assert (other.state, other.consents.count()) == (state, 0)


def test_who_has_not_confirmed_yet_is_confirmed_by_it(add, twtw, subscribe):
    waiting = subscribe(twtw, ADDRESS, state=State.PENDING)
    assert add().to == (twtw,)
    waiting.refresh_from_db()
    assert (waiting.state, waiting.consents.get().by) == (State.CONFIRMED, "Ada")


def test_who_is_asked_gets_nothing_before_they_confirm(ask, twtw):
    asked = ask(name="Ann")
    subscription = Subscription.objects.get()
    assert (subscription.state, subscription.consents.count()) == (State.PENDING, 0)
    assert (asked.form, asked.source) == ("desk", "Asked on the telephone")
    mail = ServiceMail.objects.get()
    assert (mail.kind, mail.sign_up) == (ServiceMail.Kind.CONFIRM, asked)
    assert ReaderChange.objects.get().sentence == f"Asked to confirm {twtw}."


@pytest.mark.parametrize("way", ["add", "ask"])
@pytest.mark.parametrize("reason", [one for one in Suppression.Reason if one != "erased"])
def test_nobody_who_must_not_be_mailed_is_added(way, reason, request):
    suppress("ann.other@example.org", reason)
    with pytest.raises(SubscriberError, match="must not be mailed"):
        request.getfixturevalue(way)()
    assert not Reader.objects.exists()


@pytest.mark.parametrize("way", ["add", "ask"])
def test_nobody_who_was_erased_is_added_though_the_address_is_gone(way, twtw, subscribe, request):
    erase(subscribe(twtw, ADDRESS).reader)
    with pytest.raises(SubscriberError, match="let them subscribe themselves"):
        request.getfixturevalue(way)()
    assert not Reader.objects.exists()


@pytest.mark.parametrize("way", ["add", "ask"])
def test_nobody_who_has_left_is_added_to_that(way, twtw, alerts, subscribe, request):
    left = subscribe(twtw, ADDRESS, state=State.ENDED)
    with pytest.raises(SubscriberError, match="has left The World This Week"):
        request.getfixturevalue(way)(publications=[twtw, alerts])
    left.refresh_from_db()
    assert left.state == State.ENDED
    assert Subscription.objects.count() == 1
    request.getfixturevalue(way)(publications=[alerts])
    assert Subscription.objects.count() == 2


@pytest.mark.parametrize("way", ["add", "ask"])
@pytest.mark.parametrize(
    ("told", "error", "said"),
    [
        ({"address": "nobody"}, AddressError, "@"),
        ({"publications": []}, SubscriberError, "at least one publication"),
        ({"source": " \n"}, SubscriberError, "in a sentence"),
        ({"source": "Wrote from ann@example.org"}, SubscriberError, "without an e-mail address"),
        ({"source": "x" * 301}, SubscriberError, "at most 300 characters; there are 301"),
        ({"name": "x" * 201}, SubscriberError, "200"),
        ({"name": "Ann\x00"}, SubscriberError, "name"),
    ],
)
def test_what_is_missing_or_wrong_is_one_sentence_and_adds_nobody(way, told, error, said, request):
    with pytest.raises(error, match=said):
        request.getfixturevalue(way)(**told)
    assert not Reader.objects.exists()
    assert not SignUp.objects.exists()
