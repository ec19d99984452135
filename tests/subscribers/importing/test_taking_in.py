"""Who is taken in, on which terms; and never somebody who has left."""

from collections import Counter
from datetime import timedelta
from itertools import pairwise

import pytest
from django.conf import settings
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from subscribers.erased import stand_in
from subscribers.errors import ReaderImportError
from subscribers.exporting import export_readers
from subscribers.importing.deciding import Word
from subscribers.importing.folders import Folder
from subscribers.importing.one_go import import_file
from subscribers.importing.telling import lines_of, rows_of, summary_of
from subscribers.models import (
    Consent,
    Reader,
    ReaderChange,
    ServiceMail,
    SignUp,
    Subscription,
    Suppression,
)
from subscribers.service_mails import put_out
from subscribers.signing_up import sign_up
from subscribers.suppressing import suppress

pytestmark = pytest.mark.django_db


def people():
    return list(Reader.objects.values_list("address", "name"))


def test_a_reader_is_subscribed_with_the_consent_that_a_person_names(bring, twtw):
    done = bring("address,name,optin\nann@example.org,Ann Reader,2025-05-01\n")
    assert (done.state, done.counts) == ("finished", {"new": 1})
    subscription = Subscription.objects.get()
    assert (subscription.publication, subscription.state) == (twtw, "confirmed")
    assert not subscription.with_weekly
    assert people() == [("ann@example.org", "Ann Reader")]
    consent = Consent.objects.get()
    assert consent.subscription == subscription
    assert (consent.act, consent.source) == ("given", "Paper forms (readers.csv)")
    assert (consent.basis, consent.by) == ("consent", "Ann")
    assert consent.at == subscription.confirmed_at
    assert consent.asked_at.isoformat() == "2025-05-01T00:00:00+00:00"
    assert not ServiceMail.objects.exists()


def test_another_basis_than_consent_is_kept_with_each(list_file, twtw):
    file = list_file("address\nann@example.org\n")
    import_file(file, twtw, Word("Members", Consent.Basis.CONTRACT), by="Ann")
    assert Consent.objects.get().basis == "contract"


@pytest.mark.parametrize("consent", ["", "  ", "x" * 201, "forms of ann@example.org", "a\0b"])
def test_without_a_consent_that_says_something_nobody_is_imported(list_file, twtw, consent):
    with pytest.raises(ReaderImportError, match="consent comes from"):
        import_file(list_file("address\nann@example.org\n"), twtw, Word(consent), by="Ann")
    assert not Reader.objects.exists()


def test_good_rows_are_imported_beside_refused_ones_where_that_is_asked_for(list_file, twtw):
    file = list_file("address\nann@example.org\nnobody\n")
    with pytest.raises(ReaderImportError, match="1 row was refused"):
        import_file(file, twtw, Word("Paper forms"), by="Ann")
    assert not Reader.objects.exists()
    done = import_file(file, twtw, Word("Paper forms", skip_refused=True), by="Ann")
    assert done.counts == {"new": 1, "refused": 1}


def test_the_report_counts_each_row_once_and_names_no_address(bring):
    done = bring("address\nann@example.org\nnobody\nANN@example.org\n", skip_refused=True)
    assert [str(line) for line in lines_of(done)] == [
        "1 new",
        "1 the same as an earlier row",
        "1 refused",
    ]
    assert summary_of(done) == "1 new reader; 3 rows read."


def test_importing_again_changes_nothing(bring):
    content = "address,name\nann@example.org,Ann\nbob@example.org,\n"
    bring(content)
    assert bring(content).counts == {"confirmed": 2}
    assert (Subscription.objects.count(), Consent.objects.count()) == (2, 2)


def test_a_name_fills_an_empty_one_and_replaces_none(bring):
    bring("address,name\nann@example.org,\nbob@example.org,Bob\n")
    bring("address,name\nann@example.org,Ann\nbob@example.org,Robert\n")
    assert people() == [("ann@example.org", "Ann"), ("bob@example.org", "Bob")]


@pytest.mark.parametrize("consent", ["Paper forms", None])
def test_whoever_has_left_is_suppressed_or_was_erased_is_left_alone(
    bring, subscribe, twtw, consent
):
    subscribe(twtw, "left@example.org", state="ended")
    suppress("Suppressed@example.org", Suppression.Reason.COMPLAINED)
    Suppression.objects.create(key=stand_in("gone@example.org"), reason="erased")
    names = ("LEFT", "suppressed", "Gone", "new")
    done = bring("address\n" + "".join(f"{name}@example.org\n" for name in names), consent=consent)
    assert done.counts == {"left": 1, "suppressed": 1, "erased": 1, "new": 1}
    assert Subscription.objects.get(reader__key="left@example.org").state == "ended"
    assert set(Reader.objects.values_list("key", flat=True)) == {
        "left@example.org",
        "new@example.org",
    }


def test_a_reader_of_one_publication_can_be_subscribed_to_another(bring, subscribe, twtw, alerts):
    subscribe(twtw, "ann@example.org", state="ended")
    assert bring("address\nann@example.org\n", publication=alerts).counts == {"new": 1}
    assert Reader.objects.count() == 1
    assert Subscription.objects.get(publication=alerts).state == "confirmed"


def test_somebody_who_never_confirmed_is_confirmed_by_the_consent_given_elsewhere(
    bring, subscribe, twtw
):
    subscribe(twtw, "ann@example.org", state="pending")
    done = bring("address,name\nann@example.org,Ann\n")
    assert [str(line) for line in lines_of(done)] == ["0 new", "1 asked before: confirmed now"]
    subscription = Subscription.objects.get()
    assert (subscription.state, subscription.consents.get().act) == ("confirmed", "given")
    assert people() == [("ann@example.org", "Ann")]


def test_without_a_consent_each_is_asked_as_by_a_sign_up(bring, twtw, alerts):
    bring("address,name\nann@example.org,Ann\n", consent=None)
    sign_up("bob@example.org", [twtw], form="import", source="x", name="Bob", due_at=None)
    first, second = SignUp.objects.order_by("pk")
    assert first.source == "a list of the newsroom (readers.csv)"
    for wish in (first, second):
        subscription = wish.subscriptions.get()
        assert (subscription.reader, subscription.state) == (wish.reader, "pending")
        assert subscription.publication == twtw
        assert not subscription.consents.exists()
        mail = wish.mails.get()
        assert (mail.kind, mail.state, mail.reader) == ("confirm", "waiting", wish.reader)
        assert (mail.publication, mail.address, mail.subscription) == (twtw, "", None)
        assert (wish.form, wish.network, wish.wording) == ("import", "", None)
    assert not ReaderChange.objects.exists()


def test_who_is_asked_is_asked_in_turn_after_those_who_still_wait(bring, settings):
    settings.CONFIRMATIONS_A_MINUTE = 2
    for name in "ab":
        rows = "".join(f"{name}{number}@example.org\n" for number in range(2))
        bring(f"address\n{rows}", consent=None)
    due = list(ServiceMail.objects.order_by("pk").values_list("due_at", flat=True))
    assert [after - before for before, after in pairwise(due)] == [timedelta(seconds=30)] * 3


def test_who_is_asked_waits_for_no_other_mails(bring, twtw):
    later = timezone.now() + timedelta(days=1)
    sign_up("page@example.org", [twtw], form="page", source="the page", due_at=later)
    file = {"form": "import", "source": "a list", "due_at": later}
    left = sign_up("left@example.org", [twtw], **file)
    left.mails.update(state="sent")
    put_out(ServiceMail.Kind.WELCOME, left.reader, sign_up=left, due_at=later)
    bring("address\nann@example.org\n", consent=None)
    assert ServiceMail.objects.get(reader__key="ann@example.org").due_at <= timezone.now()


def test_who_waits_already_is_not_asked_again(bring, subscribe, twtw):
    subscribe(twtw, "ann@example.org", state="pending")
    done = bring("address\nann@example.org\n", consent=None)
    assert done.counts == {"pending": 1}
    assert not ServiceMail.objects.exists()
    assert Subscription.objects.get().state == "pending"


def test_an_export_imported_elsewhere_subscribes_those_who_had_confirmed_and_no_others(
    bring, subscribe, twtw, alerts, tmp_path
):
    for address, state in [("+a", "confirmed"), ("=b", "ended"), ("c", "pending"), ("d", "ended")]:
        subscribe(twtw, f"{address}@example.org", state=state, name="-1+1|cmd")
    file = tmp_path / "exported.csv"
    with file.open("w", encoding="utf-8", newline="") as stream:
        export_readers(twtw, stream)
    done = bring(file.read_bytes(), publication=alerts, consent="Moved from the weekly")
    assert done.counts == {"new": 1, "left there": 2, "pending there": 1}
    moved = alerts.subscriptions.get()
    assert (moved.reader.address, moved.reader.name) == ("+a@example.org", "-1+1|cmd")
    was = twtw.subscriptions.get(reader=moved.reader).confirmed_at.replace(microsecond=0)
    assert moved.consents.get().asked_at == was


def test_what_is_no_state_and_no_day_is_refused(look, refusals):
    found = look(
        "email,state,optin\nann@example.org,confirmed,2025-05-01\nbob@example.org,opt out,\n",
        wanted={"consented": "optin"},
    )
    assert [row for row, _ in refusals(found)] == [3]
    found = look(
        "email,optin\nann@example.org,2025-05-01\nbob@example.org,soon\n"
        "carl@example.org,2999-01-01\ndora@example.org,0001-01-01\n",
        wanted={"consented": "optin"},
    )
    assert [reason.partition(";")[0] for _, reason in refusals(found)] == [
        "The day of consent can't be understood",
        "The day of consent is still to come.",
        "The day of consent can't be understood",
    ]


def test_nothing_of_the_file_is_left_but_the_refused_rows(bring):
    done = bring("address\nann@example.org\nnobody\n", skip_refused=True)
    assert [file.name for file in Folder(done.key).path.iterdir()] == ["refused.csv"]
    assert done.sample == []


def test_the_files_are_their_owners_alone(look):
    found = look("address\nann@example.org\n")
    folder = Folder(found.key).path
    assert {file.stat().st_mode & 0o777 for file in folder.iterdir()} == {0o600}
    assert folder.stat().st_mode & 0o777 == 0o700
    assert settings.IMPORTS.stat().st_mode & 0o777 == 0o700


ROWS = st.lists(
    st.tuples(
        st.sampled_from(["a", "B", "b", "c", "d", "left", "wait", "sup", "in", "", "no"]),
        st.sampled_from(["", "confirmed", "ended", "pending", "nonsense"]),
    ),
    max_size=12,
)


@hypothesis_settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(rows=ROWS, consent=st.sampled_from(["Paper forms", None]))
def test_rows_are_the_sum_of_the_counts_and_nobody_who_left_is_back(
    rows, consent, list_file, twtw, subscribe, look, bring
):
    Reader.objects.all().delete()
    Suppression.objects.all().delete()
    for address, state in (("left", "ended"), ("wait", "pending"), ("in", "confirmed")):
        subscribe(twtw, f"{address}@example.org", state=state)
    suppress("sup@example.org", Suppression.Reason.COMPLAINED)
    lines = [(f"{who}@example.org" if len(who) != 2 else who, state) for who, state in rows]
    lines.append(("always@example.org", ""))
    content = "email,subscription status\n" + "".join(f"{who},{how}\n" for who, how in lines)
    # Rows without anything in them are none.
    number = sum(any(cells) for cells in lines)
    found = look(content, wanted={"state": "2"})
    assert rows_of(found) == number
    expected = Counter(found.counts)
    done = bring(content, consent=consent, skip_refused=True, wanted={"state": "2"})
    assert rows_of(done) == number
    assert Counter(done.counts) == expected
    states = dict(Subscription.objects.values_list("reader__key", "state"))
    assert states["left@example.org"] == "ended"
    assert "sup@example.org" not in states
    confirmed = {key for key, state in states.items() if state == "confirmed"}
    proved = set(
        Consent.objects.filter(act="given").values_list("subscription__reader__key", flat=True)
    )
    # The one that the test made itself has none.
    assert confirmed - proved == {"in@example.org"}
    if consent is None:
        assert confirmed == {"in@example.org"}
        assert ServiceMail.objects.count() == done.counts.get("new", 0)
