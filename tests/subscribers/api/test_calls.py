"""The API as a program uses it."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from subscribers.api.keys import Scope, make_key
from subscribers.confirming import confirm
from subscribers.erasing import erase
from subscribers.leaving import end_subscription
from subscribers.models import ServiceMail, SignUp, Subscription
from subscribers.signing_up import sign_up

pytestmark = pytest.mark.django_db

ADDRESS = "Ann@example.org"


class Caller:
    def __init__(self, client, secret):
        self._client = client
        self._headers = {"Authorization": f"Bearer {secret}"}

    def begin(self, body, content_type="application/json"):
        body = body if isinstance(body, bytes | str) else json.dumps(body)
        return self._client.post("/api/v1/subscriptions", body, content_type, headers=self._headers)

    def get(self, path="/api/v1/subscriptions", **query):
        return self._client.get(path, query, headers=self._headers)

    def end(self, public_id):
        return self._client.delete(f"/api/v1/subscriptions/{public_id}", headers=self._headers)

    def one(self, public_id):
        return self.get(f"/api/v1/subscriptions/{public_id}")


@pytest.fixture
def key(twtw, alerts):
    return make_key("The institute's foot", list(Scope), [twtw, alerts], per_minute=6000)


@pytest.fixture
def caller(client, key):
    return Caller(client, key[1])


def wish(**others):
    return {"address": ADDRESS, "publications": ["twtw"], **others}


def test_a_wish_asks_the_address_to_confirm_and_is_known_by_an_id(caller, twtw):
    response = caller.begin(wish(name="Ann", wording="Yes, mail me.", visitor="192.0.2.7"))
    assert response.status_code == 202
    body = response.json()
    assert response["Location"].endswith(f"/api/v1/subscriptions/{body['id']}")
    assert body["state"] == "waiting"
    assert body["publications"] == [{"publication": "twtw", "state": "waiting"}]
    made = SignUp.objects.get(public_id=body["id"])
    assert (made.form, made.source) == ("api", "API: The institute's foot")
    assert made.wording.text == "Yes, mail me."
    assert len(made.network) == 64
    assert made.reader.name == "Ann"
    assert [mail.kind for mail in ServiceMail.objects.all()] == ["confirm"]
    assert not Subscription.objects.filter(state="confirmed").exists()


def test_what_became_of_it_is_told_until_it_ends(caller):
    public_id = caller.begin(wish(publications=["twtw", "gp-alerts"])).json()["id"]
    confirm(SignUp.objects.get().pk)
    told = caller.one(public_id).json()
    assert told["state"] == "confirmed"
    assert told["confirmed_at"]
    left = Subscription.objects.get(publication__slug="twtw")
    end_subscription(left.pk, "unsubscribe link")
    told = caller.one(public_id).json()
    assert told["state"] == "confirmed"
    assert told["publications"] == [
        {"publication": "gp-alerts", "state": "confirmed"},
        {"publication": "twtw", "state": "ended"},
    ]
    end_subscription(Subscription.objects.get(state="confirmed").pk, "unsubscribe link")
    assert caller.one(public_id).json()["state"] == "ended"


def test_no_answer_has_an_address_in_it(caller):
    public_id = caller.begin(wish(name="Ann")).json()["id"]
    for response in (caller.one(public_id), caller.get()):
        assert "ann" not in response.content.decode().lower()


def test_no_answer_is_kept_by_anybody_on_its_way(caller):
    public_id = caller.begin(wish()).json()["id"]
    answers = [caller.begin(b"{"), caller.get(), caller.one(public_id), caller.end(public_id)]
    assert {answer["Cache-Control"] for answer in answers} == {"no-store"}


@pytest.mark.parametrize("state", ["unknown", "pending", "confirmed", "ended"])
def test_a_known_address_is_answered_as_an_unknown_one(caller, twtw, subscribe, state):
    if state != "unknown":
        subscribe(twtw, ADDRESS, state=state)
    response = caller.begin(wish())
    assert response.status_code == 202
    body = response.json()
    assert {name: body[name] for name in ("state", "confirmed_at", "publications")} == {
        "state": "waiting",
        "confirmed_at": None,
        "publications": [{"publication": "twtw", "state": "waiting"}],
    }
    assert caller.one(body["id"]).json() == body


def test_one_that_nobody_confirmed_expires(caller):
    public_id = caller.begin(wish()).json()["id"]
    SignUp.objects.update(asked_at=timezone.now() - timedelta(days=8))
    assert caller.one(public_id).json()["state"] == "expired"


def test_its_time_begins_when_the_mail_leaves(caller):
    public_id = caller.begin(wish()).json()["id"]
    now = timezone.now()
    SignUp.objects.update(
        asked_at=now - timedelta(days=8), mailed_at=now - timedelta(days=6, hours=23)
    )
    assert caller.one(public_id).json()["state"] == "waiting"


def test_a_mailbox_is_mailed_a_few_times_a_day_however_many_calls_ask_for_it(caller, twtw):
    for number in range(3):
        assert caller.begin(wish(address=f"ann+{number}@example.org")).status_code == 202
    refused = caller.begin(wish())
    assert refused.status_code == 429
    assert 0 < int(refused["Retry-After"]) <= 24 * 3600
    assert "example.org" not in refused.content.decode()
    assert ServiceMail.objects.count() == 3


@pytest.mark.parametrize("path", ["/api/v1/subscriptions/%0A", "/api/v1/%0A", "/api/v1/"])
def test_what_is_not_there_is_told_as_a_problem(client, path):
    answer = client.get(path)
    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")


def test_ending_withdraws_what_waits_and_ends_what_is_confirmed_once_and_for_all(caller):
    waiting = caller.begin(wish()).json()["id"]
    assert caller.end(waiting).status_code == 204
    confirm(SignUp.objects.get().pk)
    assert caller.one(waiting).json()["state"] == "ended"
    assert not Subscription.objects.filter(state="confirmed").exists()

    confirmed = caller.begin(wish()).json()["id"]
    confirm(SignUp.objects.get(public_id=confirmed).pk)
    assert caller.end(confirmed).status_code == 204
    withdrawn_at = SignUp.objects.get(public_id=confirmed).withdrawn_at
    assert caller.end(confirmed).status_code == 204
    assert SignUp.objects.get(public_id=confirmed).withdrawn_at == withdrawn_at
    subscription = Subscription.objects.get()
    assert subscription.state == "ended"
    assert subscription.consents.last().source == "API: The institute's foot"


def test_ending_ends_nothing_else(caller, twtw, alerts, subscribe):
    subscribe(twtw, "bob@example.org")
    subscribe(alerts, ADDRESS)
    waits, stays, ends = (
        caller.begin(wish(address=address)).json()["id"]
        for address in ("cem@example.org", "dora@example.org", ADDRESS)
    )
    for public_id in (stays, ends):
        confirm(SignUp.objects.get(public_id=public_id).pk)
    assert caller.end(ends).status_code == 204
    ended = Subscription.objects.get(state="ended")
    assert (ended.reader.key, ended.publication) == ("ann@example.org", twtw)
    assert caller.one(waits).json()["state"] == "waiting"
    assert caller.one(stays).json()["state"] == "confirmed"
    assert SignUp.objects.filter(withdrawn_at=None).count() == 2


def test_ending_what_waits_ends_nothing_that_came_from_elsewhere(caller, twtw, subscribe):
    had = subscribe(twtw, ADDRESS)
    public_id = caller.begin(wish()).json()["id"]
    assert caller.end(public_id).status_code == 204
    had.refresh_from_db()
    assert had.state == "confirmed"


def test_what_the_reader_confirmed_anew_since_stays(caller):
    first = caller.begin(wish()).json()["id"]
    confirm(SignUp.objects.get().pk)
    end_subscription(Subscription.objects.get().pk, "unsubscribe link")
    again = caller.begin(wish()).json()["id"]
    confirm(SignUp.objects.get(public_id=again).pk)
    assert caller.end(first).status_code == 204
    assert Subscription.objects.get().state == "confirmed"


def test_a_key_sees_and_ends_nothing_of_another_one(caller, client, twtw):
    public_id = caller.begin(wish()).json()["id"]
    other = Caller(client, make_key("Another site", list(Scope), [twtw])[1])
    assert other.one(public_id).status_code == 404
    assert other.end(public_id).status_code == 404
    assert other.get().json()["subscriptions"] == []
    assert SignUp.objects.get().withdrawn_at is None


def test_a_key_learns_nothing_of_wishes_made_elsewhere(caller, twtw, alerts):
    own = caller.begin(wish()).json()["id"]
    sign_up(ADDRESS, [alerts], form="page", source="the page")
    later = caller.begin(wish()).json()["id"]
    assert caller.one(own).json()["state"] == "ended", "one link of the key's own is enough"
    assert caller.one(later).json()["publications"] == [{"publication": "twtw", "state": "waiting"}]
    assert SignUp.objects.get(form="page").withdrawn_at is None


def test_what_was_erased_is_gone_for_the_key_too(caller):
    public_id = caller.begin(wish()).json()["id"]
    erase(SignUp.objects.get().reader)
    assert caller.one(public_id).status_code == 404


def test_pages_show_each_once_the_newest_first(caller):
    begun = [
        caller.begin(wish(address=f"reader{number}@example.org")).json()["id"]
        for number in range(5)
    ]
    seen, path = [], "/api/v1/subscriptions?limit=2"
    while path:
        page = caller.get(path).json()
        assert len(page["subscriptions"]) <= 2
        seen += [one["id"] for one in page["subscriptions"]]
        path = (page["next"] or "").removeprefix("http://127.0.0.1:8000")
    assert seen == begun[::-1]
    assert caller.get(limit=5).json()["next"] is None


WRONG = {
    "no JSON": (b"{", 400, None),
    "no UTF-8": (b'{"address": "\xff"}', 400, None),
    "no object": (b"[]", 422, ""),
    "no address": ({"publications": ["twtw"]}, 422, "/address"),
    "an address that is none": (wish(address="ann at example"), 422, "/address"),
    "two lines": (wish(address="ann@example.org\nBcc: x@example.org"), 422, "/address"),
    "a NUL": (wish(name="A\x00nn"), 422, "/name"),
    "no publication": (wish(publications=[]), 422, "/publications"),
    "an unknown publication": (wish(publications=["twtw", "times"]), 422, "/publications/1"),
    "a field too many": (wish(admin=True), 422, ""),
    "an endless name": (wish(name="x" * 201), 422, "/name"),
    "an odd visitor": (wish(visitor="here"), 422, "/visitor"),
}


@pytest.mark.parametrize(("body", "status", "pointer"), WRONG.values(), ids=WRONG)
def test_a_wrong_body_is_a_problem_that_says_where_and_not_what(caller, body, status, pointer):
    response = caller.begin(body)
    assert response.status_code == status
    assert response["Content-Type"] == "application/problem+json"
    told = response.json()
    assert told["status"] == status
    if pointer is not None:
        assert pointer in {error["pointer"].partition("/function")[0] for error in told["errors"]}
    assert "ann" not in response.content.decode().lower().replace("cannot", "")
    assert not SignUp.objects.exists()


def test_a_key_is_told_to_which_publications_it_subscribes(caller):
    told = caller.begin(WRONG["an unknown publication"][0]).json()
    assert told["errors"][0]["detail"].endswith("other publications: gp-alerts, twtw.")


def test_what_is_no_json_or_too_large_is_said_so(caller):
    assert caller.begin("address=a", "application/x-www-form-urlencoded").status_code == 415
    assert caller.begin(wish(wording="x" * 30_000)).status_code == 413


def test_without_a_key_and_at_other_addresses_there_are_only_problems(client):
    for response, status in (
        (client.get("/api/v1/subscriptions"), 401),
        (client.head("/api/v1/subscriptions"), 401),
        (client.put("/api/v1/subscriptions"), 405),
        (client.get("/api/v1/readers"), 404),
        (client.get("/api/v1/subscriptions/7"), 404),
        (client.post("/api/v1/openapi.json"), 405),
    ):
        assert response.status_code == status
        assert response["Content-Type"] == "application/problem+json"
    assert client.put("/api/v1/subscriptions")["Allow"] == "GET, HEAD, POST"


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=201", "limit=x", "before=-1", "before=٣", f"before={2**63}"]
)
def test_a_page_that_can_not_be_is_a_problem(caller, query):
    assert caller.get(f"/api/v1/subscriptions?{query}").status_code == 422


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=50),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=5,
)


@hypothesis_settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.fixed_dictionaries({}, optional=dict.fromkeys(wish(name="", visitor=""), ANYTHING)))
def test_whatever_is_sent_nothing_breaks(caller, body):
    assert caller.begin(body).status_code in {202, 422}
