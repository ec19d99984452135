"""Whatever happens to whom in whatever order: nobody is mailed who did not agree, or who left.

What may be is kept beside the database, by what the people did and not by what was written down.
"""

from __future__ import annotations

from contextlib import suppress as passing_over
from dataclasses import dataclass, field

import pytest
from django.conf import settings as django_settings
from django.db import transaction
from django.test import Client, override_settings
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from delivery.audience import subscribers_of, subscriptions_in
from subscribers import address_changing, confirming, preferences
from subscribers.adding import add_reader
from subscribers.addresses import address_key
from subscribers.api import wishes
from subscribers.api.keys import Scope, make_key
from subscribers.api.problems import Problem
from subscribers.by_hand import allow_again, suppress_by_hand
from subscribers.erasing import erase
from subscribers.errors import SubscriberError
from subscribers.importing.deciding import Word
from subscribers.importing.one_go import import_file
from subscribers.inbound.acting import CameBy, Verdict, act_on
from subscribers.inbound.reading import read_mail
from subscribers.leaving import end_subscriptions, leave_by_address
from subscribers.links import unsubscribe_url
from subscribers.models import Consent, Reader, SignUp, Subscription, Suppression
from subscribers.signing_up import sign_up
from subscribers.suppressing import suppress

pytestmark = pytest.mark.django_db

ADDRESSES = ("ann@example.org", "Ben@example.org", "chi+news@example.org")
WRITINGS = (str.lower, str.upper, str.title)
# Of SignUp rows: which address asked, when, and for what.
Asked = tuple[int, str, int, frozenset[str]]


@dataclass
class People:
    """What everybody has agreed to, as they remember it; keys are of address and publication."""

    publications: dict
    tmp_path: object
    step: int = 0
    agreed: dict[tuple[str, str], int] = field(default_factory=dict)
    left: dict[tuple[str, str], int] = field(default_factory=dict)
    barred: set[str] = field(default_factory=set)
    erased: set[str] = field(default_factory=set)
    paused: set[str] = field(default_factory=set)
    asked: list[Asked] = field(default_factory=list)
    # The first link to leave that anybody was given, by subscription.
    links: dict[int, str] = field(default_factory=dict)
    # Of what was asked by the API, its id; and when which sign-up was confirmed.
    by_api: dict[int, object] = field(default_factory=dict)
    pressed: dict[int, set[int]] = field(default_factory=dict)

    def __post_init__(self):
        self.key, _ = make_key("A site", list(Scope), list(self.publications.values()))

    def may_be_mailed(self, key: str, slug: str) -> bool:
        agreed = self.agreed.get((key, slug), 0)
        return (
            agreed > self.left.get((key, slug), 0)
            and key not in self.barred
            and key not in self.paused
        )

    def reader(self, address: str) -> Reader | None:
        return Reader.objects.filter(key=address_key(address)).first()

    # What people do.

    def ask(self, address, slugs):
        self._asked(
            sign_up(
                address, [self.publications[slug] for slug in slugs], form="page", source="the page"
            )
        )

    def ask_by_api(self, address, slugs):
        with passing_over(Problem):  # asked too often
            wishes.begin(self.key, wishes.Wish(address=address, publications=slugs))
            made = SignUp.objects.latest("pk")
            self.by_api[made.pk] = made.public_id
            self._asked(made)

    def ask_by_mail(self, address, slugs):
        if self._write(address, "subscribe") == Verdict.ASKED_TO_CONFIRM:
            self._asked(SignUp.objects.latest("pk"))

    def _asked(self, made):
        named = made.subscriptions.values_list("publication__slug", flat=True)
        self.asked.append((made.pk, made.reader.key, self.step, frozenset(named)))

    def press(self, which):
        """Confirm some sign-up that was ever asked, old links too."""
        if not self.asked:
            return
        pk, key, at, slugs = self.asked[which % len(self.asked)]
        confirming.confirm(pk)
        self.pressed.setdefault(pk, set()).add(self.step)
        for slug in slugs:
            # A link from before somebody left brings nobody back.
            if at > self.left.get((key, slug), 0):
                self.agreed[key, slug] = self.step
        if key in self.erased and any(at > self.left.get((key, slug), 0) for slug in slugs):
            self.erased.discard(key)

    def leave_by_link(self, address, slugs):
        own = Subscription.objects.filter(
            reader__key=address_key(address), publication__slug__in=slugs
        )
        for pk, slug in own.values_list("pk", "publication__slug"):
            url = self.links.setdefault(pk, unsubscribe_url(pk))
            path = url.removeprefix("http://127.0.0.1:8000")
            answer = Client().post(path, {"List-Unsubscribe": "One-Click"})
            assert answer.status_code == 200
            self.left[address_key(address), slug] = self.step

    def leave_by_mail(self, address, slugs):
        self._left(address, slugs)
        leave_by_address(address, "mail", [self.publications[slug] for slug in slugs])

    def _left(self, address, slugs):
        """What somebody is about to leave; who was never asked and never had it leaves nothing."""
        own = Subscription.objects.filter(
            reader__key=address_key(address), publication__slug__in=slugs
        )
        for slug in own.values_list("publication__slug", flat=True):
            self.left[address_key(address), slug] = self.step

    def write_to_leave(self, address, slugs):
        self._left(address, self.publications)
        self._write(address, "unsubscribe")

    def _write(self, address, subject):
        raw = f"From: {address}\nMessage-ID: <{self.step}@example.net>\nSubject: {subject}\n\n"
        return act_on(read_mail(raw.encode()), CameBy.MAILBOX)

    def end_by_api(self, address, slugs):
        """End whatever the address was asked to confirm by the API."""
        for pk, key, _, named in self.asked:
            if key != address_key(address) or pk not in self.by_api:
                continue
            with passing_over(Problem):  # of who was erased nothing is known
                wishes.end(self.key, self.by_api[pk])
                for slug in named:
                    if self.agreed.get((key, slug)) in self.pressed.get(pk, ()):
                        self.left[key, slug] = self.step

    def leave_at_the_provider(self, address, slugs):
        own = Subscription.objects.filter(
            reader__key=address_key(address), publication__slug__in=slugs
        )
        self._left(address, slugs)
        end_subscriptions(dict.fromkeys(own.values_list("pk", flat=True), "an event"))

    def bounce(self, address, slugs):
        suppress(address, Suppression.Reason.BOUNCED, "an event")
        self.barred.add(address_key(address))

    def complain(self, address, slugs):
        suppress(address, Suppression.Reason.COMPLAINED, "an event")
        self.barred.add(address_key(address))

    def erase(self, address, slugs):
        reader = self.reader(address)
        if reader is None:
            return
        erase(reader)
        key = address_key(address)
        self.erased.add(key)
        self.paused.discard(key)
        for slug in self.publications:
            self.left[key, slug] = self.step

    def pause(self, address, slugs):
        if reader := self.reader(address):
            preferences.pause(reader, 2)
            self.paused.add(address_key(address))

    def go_on(self, address, slugs):
        if reader := self.reader(address):
            preferences.resume(reader)
            self.paused.discard(address_key(address))

    def move(self, address, slugs):
        """Ask for the mail to go to the address after this one, and open the mail there."""
        reader = self.reader(address)
        place = [address_key(one) for one in ADDRESSES].index(address_key(address))
        target = ADDRESSES[(place + 1) % len(ADDRESSES)]
        if reader is None:
            return
        with passing_over(SubscriberError):
            change = address_changing.ask_for(reader, target)
            if address_changing.confirm(change.pk) == address_changing.Confirmed.CHANGED:
                self._moved(address_key(address), address_key(target))

    def _moved(self, former, now):
        for slug in self.publications:
            self.agreed[now, slug] = self.agreed.pop((former, slug), 0)
            self.left[now, slug] = self.left.get((former, slug), 0)
            # The former address belongs to nobody any more, and no list brings it back.
            self.left.pop((former, slug), None)
        self.erased.add(former)
        self.erased.discard(now)
        self.asked = [
            (pk, now if key == former else key, 0 if key == former else at, slugs)
            for pk, key, at, slugs in self.asked
        ]
        if former in self.paused:
            self.paused.discard(former)
            self.paused.add(now)

    # What the newsroom does.

    def import_stated(self, address, slugs):
        self._import(address, slugs, Word("forms of the conference"))
        for slug in slugs:
            self._agreed_elsewhere(address_key(address), slug)

    def import_asking(self, address, slugs):
        self._import(address, slugs, Word(None))

    def _import(self, address, slugs, word):
        file = self.tmp_path / "readers.csv"
        file.write_text(f"address\n{address}\n", encoding="utf-8")
        for slug in slugs:
            import_file(file, self.publications[slug], word, by="An Editor")

    def add(self, address, slugs):
        with passing_over(SubscriberError):
            add_reader(
                address,
                [self.publications[slug] for slug in slugs],
                basis=Consent.Basis.CONTRACT,
                source="the members' book",
                by="An Editor",
            )
        for slug in slugs:
            self._agreed_elsewhere(address_key(address), slug)

    def _agreed_elsewhere(self, key, slug):
        """The newsroom's word counts for who never left, was erased or is barred."""
        if not self.left.get((key, slug)) and key not in self.erased and key not in self.barred:
            self.agreed[key, slug] = self.step

    def bar(self, address, slugs):
        with passing_over(SubscriberError):
            suppress_by_hand(
                address, Suppression.Reason.BY_REQUEST, "Wrote that they want no mail.", by="Eve"
            )
        self.barred.add(address_key(address))

    def change_the_secret_key(self, address, slugs):
        former = [django_settings.SECRET_KEY, *django_settings.SECRET_KEY_FALLBACKS]
        django_settings.SECRET_KEY_FALLBACKS = former
        django_settings.SECRET_KEY = f"the key of step {self.step}"

    def allow(self, address, slugs):
        row = Suppression.objects.filter(key=address_key(address)).first()
        if row is not None:
            allow_again(row.pk, row.reason, "They wrote that they want mail.", by="Eve")
            self.barred.discard(address_key(address))


DEEDS = [
    People.ask,
    People.ask_by_api,
    People.ask_by_mail,
    People.press,
    People.leave_by_link,
    People.leave_by_mail,
    People.write_to_leave,
    People.end_by_api,
    People.leave_at_the_provider,
    People.bounce,
    People.complain,
    People.erase,
    People.pause,
    People.go_on,
    People.move,
    People.import_stated,
    People.import_asking,
    People.add,
    People.bar,
    People.allow,
    People.change_the_secret_key,
]
SLUGS = st.lists(st.sampled_from(["gp-alerts", "twtw"]), min_size=1, max_size=2, unique=True)
WHO = st.builds(lambda address, write: write(address), st.sampled_from(ADDRESSES),
                st.sampled_from(WRITINGS))  # fmt: skip
# Asking and confirming come most often: without them there is nobody to be wrong about.
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just(People.press), st.integers(0, 9), st.none()),
        st.tuples(st.sampled_from([People.ask, People.import_stated, People.add]), WHO, SLUGS),
        st.tuples(st.sampled_from([d for d in DEEDS if d is not People.press]), WHO, SLUGS),
    ),
    max_size=14,
)


def would_get(publication):
    """The keys of the addresses to which a mailing would go that is frozen now."""
    own = Subscription.objects.filter(pk__in=subscriptions_in(subscribers_of(publication)))
    return set(own.values_list("reader__key", flat=True))


def live(publications, tmp_path, steps):
    with transaction.atomic(), override_settings():
        people = People(publications, tmp_path)
        for deed, who, slugs in steps:
            people.step += 1
            deed(people, *(who,) if deed is People.press else (who, slugs))
            for slug, publication in publications.items():
                wrongly = {
                    key for key in would_get(publication) if not people.may_be_mailed(key, slug)
                }
                assert not wrongly, (
                    f"after {[(d.__name__, w, s) for d, w, s in steps]}: {wrongly} would get {slug}"
                )
        found = {slug: would_get(publication) for slug, publication in publications.items()}
        transaction.set_rollback(True)
    return found


ANN, BEN = ADDRESSES[:2]
BOTH = ["gp-alerts", "twtw"]


@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
@example([(People.ask, ANN, BOTH), (People.leave_by_link, ANN, BOTH), (People.press, 0, None)])
@example([(People.import_stated, ANN, BOTH), (People.erase, ANN, BOTH),
          (People.import_stated, ANN, BOTH), (People.add, ANN, BOTH)])  # fmt: skip
@example([(People.import_asking, ANN, BOTH), (People.bounce, ANN, BOTH),
          (People.ask, ANN, BOTH), (People.press, 0, None)])  # fmt: skip
@example([(People.import_stated, ANN, BOTH), (People.complain, ANN, BOTH),
          (People.erase, ANN, BOTH), (People.ask, ANN, BOTH), (People.press, 0, None)])  # fmt: skip
@example([(People.add, ANN, BOTH), (People.move, ANN, BOTH), (People.leave_by_mail, BEN, BOTH),
          (People.import_stated, BEN, BOTH)])  # fmt: skip
@example([(People.ask_by_api, ANN, BOTH), (People.press, 0, None), (People.end_by_api, ANN, BOTH),
          (People.press, 0, None)])  # fmt: skip
@example([(People.add, ANN, BOTH), (People.leave_by_link, BEN, BOTH), (People.erase, ANN, BOTH),
          (People.change_the_secret_key, ANN, BOTH), (People.import_stated, ANN, BOTH),
          (People.add, ANN, BOTH)])  # fmt: skip
@given(STEPS)
def test_nobody_is_mailed_without_a_consent_or_after_leaving(twtw, alerts, tmp_path, steps):
    live({"twtw": twtw, "gp-alerts": alerts}, tmp_path, steps)


@pytest.mark.parametrize(
    ("steps", "whom"),
    [
        ([(People.ask, ANN, BOTH), (People.press, 0, None)], {ANN}),
        ([(People.ask_by_api, ANN, BOTH), (People.press, 0, None)], {ANN}),
        ([(People.add, ANN, BOTH), (People.write_to_leave, ANN, BOTH)], set()),
        (
            [
                (People.ask_by_api, ANN, BOTH),
                (People.press, 0, None),
                (People.end_by_api, ANN, BOTH),
            ],
            set(),
        ),
        ([(People.import_stated, BEN, BOTH)], {BEN.lower()}),
        ([(People.import_stated, BEN, BOTH), (People.leave_by_mail, BEN, BOTH)], set()),
        (
            [
                (People.import_stated, BEN, BOTH),
                (People.leave_by_link, BEN, BOTH),
                (People.ask, BEN, BOTH),
                (People.press, 0, None),
            ],
            {BEN.lower()},
        ),
        (
            [
                (People.add, ANN, BOTH),
                (People.erase, ANN, BOTH),
                (People.ask, ANN, BOTH),
                (People.press, 0, None),
            ],
            {ANN},
        ),
        ([(People.add, ANN, BOTH), (People.pause, ANN, BOTH)], set()),
        (
            [(People.add, ANN, BOTH), (People.pause, ANN, BOTH), (People.go_on, ANN, BOTH)],
            {ANN},
        ),
        ([(People.add, ANN, BOTH), (People.move, ANN, BOTH)], {BEN.lower()}),
        ([(People.add, ANN, BOTH), (People.bar, ANN, BOTH), (People.allow, ANN, BOTH)], {ANN}),
    ],
)
def test_and_whoever_agreed_and_stayed_is(twtw, alerts, tmp_path, steps, whom):
    found = live({"twtw": twtw, "gp-alerts": alerts}, tmp_path, steps)
    assert found == {"twtw": whom, "gp-alerts": whom}
