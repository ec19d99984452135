"""Mailings at the desk: what is seen of them, and what a person with the right to can do."""

import re

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from wagtail import hooks
from wagtail.models import ModelLogEntry

from delivery.counting import counts
from delivery.models import Chunk, Pace
from delivery.pace import pace_of
from delivery.states import ChunkState, Outcome
from delivery.transports import Unanswered
from issues.models import Publication

pytestmark = pytest.mark.django_db

LINE = "#317 Vol 7, No 26, 29 June 2025"
CHANGES = ("pause", "resume", "cancel", "settle")


def signed_in(client, *rights):
    """A person who may open the desk, and has these rights besides."""
    user = get_user_model().objects.create_user("somebody", "s@example.org", "x")
    names = ["access_admin", *rights]
    user.user_permissions.set(Permission.objects.filter(codename__in=names))
    client.force_login(user)
    return client


def at(name, mailing, *more):
    return reverse(f"mailings:{name}", args=[mailing.pk, *more])


def logged():
    """What the log of the site has of mailings that had begun."""
    found = ModelLogEntry.objects.filter(action__startswith="delivery.")
    return found.exclude(action="delivery.begin").order_by("timestamp")


def text_of(response):
    text = re.sub(r"<(script|style|svg).*?</\1>", " ", response.content.decode(), flags=re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", text)).replace("&#x27;", "'")


def told(client, response):
    """What the desk says after a change."""
    page = client.get(response.url).content.decode()
    return re.sub(r"\s+", " ", re.search(r"<div class=\"messages\".*?</ul>", page, re.DOTALL)[0])


def test_the_list_has_every_mailing_with_its_state_and_counts(ann, mailing):
    page = text_of(ann.get(reverse("mailings:index")))
    assert LINE in page
    assert "6 candidates, 1 excluded (1 not confirmed), 1 accepted, 1 rejected, 1 in doubt" in page


def test_the_page_of_a_mailing_adds_up(ann, mailing):
    page = ann.get(at("mailing", mailing)).content.decode()
    table = re.search(r'<table class="mailing-sum">.*?</table>', page, re.DOTALL)[0]
    rows = re.findall(r"<th scope=\"row\">([^<]*)</th>\s*<td>([\d,]*)</td>", table)
    numbers = {label: int(number) for label, number in rows}
    parts = ("accepted", "rejected", "withdrawn", "in doubt", "pending")
    assert sum(numbers[part] for part in parts) == numbers["frozen"] == 5
    assert numbers["frozen"] + numbers["excluded: not confirmed"] == numbers["candidates"] == 6


def test_the_page_says_what_is_known_of_every_chunk_that_needs_a_person(ann, mailing):
    Chunk.objects.filter(number=2).update(asked_at=timezone.now(), asked_answer="They know nothing")
    mailing.recipients.filter(chunk_number=1).update(outcome=Outcome.BOUNCED)
    page = text_of(ann.get(at("mailing", mailing)))
    assert "Chunk 2: 1 reader in doubt since" in page
    assert "No answer came." in page
    assert "They know nothing." in page
    assert "Chunk 3: 1 reader rejected since" in page
    assert "turned away for good by the reader's server" in page
    assert "(Asia/Kolkata)" in page


def test_no_page_has_a_readers_address(ann, mailing):
    for address in [
        reverse("mailings:index"),
        *(at(name, mailing) for name in ("mailing", "now", *CHANGES)),
    ]:
        assert "@example.org" not in text_of(ann.get(address)).replace("ann@example.org", "")


def test_looking_changes_nothing(ann, mailing):
    for name in ("mailing", "now", *CHANGES):
        with CaptureQueriesContext(connection) as queries:
            assert ann.get(at(name, mailing)).status_code == 200
        written = [query for query in queries.captured_queries if "delivery_" in query["sql"]]
        assert all(query["sql"].startswith("SELECT") for query in written)


def test_a_mailing_that_is_not_there_is_not_found(ann, mailing):
    for name in ("mailing", "now", *CHANGES):
        assert ann.get(reverse(f"mailings:{name}", args=[99])).status_code == 404


def test_a_stranger_is_asked_to_sign_in(client, mailing):
    for name in ("mailing", "now", *CHANGES):
        assert reverse("wagtailadmin_login") in client.get(at(name, mailing)).url


def test_who_may_only_look_can_change_nothing(client, mailing):
    looker = signed_in(client, "view_mailing")
    page = text_of(looker.get(at("mailing", mailing)))
    assert LINE in page
    assert "Pause" not in page
    assert "Settle" not in page
    for name in CHANGES:
        for call in (looker.get, looker.post):
            assert call(at(name, mailing)).url == reverse("wagtailadmin_home")
    mailing.refresh_from_db()
    assert (mailing.paused_at, mailing.cancelled_at) == (None, None)


def test_who_has_no_right_does_not_see_mailings_at_all(client, mailing):
    nobody = signed_in(client)
    for name in ("mailing", "now"):
        assert nobody.get(at(name, mailing)).url == reverse("wagtailadmin_home")
    home = nobody.get(reverse("wagtailadmin_home")).content.decode()
    assert reverse("mailings:index") not in home


def test_who_has_the_right_to_change_a_mailing_can_pause_it(client, mailing):
    changer = signed_in(client, "view_mailing", "change_mailing")
    changer.post(at("pause", mailing), {"reason": "A typo"})
    mailing.refresh_from_db()
    assert mailing.pause_reason == "somebody paused it: A typo"


def test_a_change_without_its_token_is_refused(ann, mailing):
    from django.test import Client

    strict = Client(enforce_csrf_checks=True)
    strict.force_login(get_user_model().objects.get(username="ann"))
    for name in CHANGES:
        assert strict.post(at(name, mailing)).status_code == 403
    mailing.refresh_from_db()
    assert mailing.paused_at is None


def test_what_was_done_and_by_whom_is_in_the_log_of_the_site(ann, mailing):
    ann.post(at("pause", mailing))
    ann.post(at("resume", mailing))
    ann.post(at("settle", mailing), {"decision": "count as sent", "chunk": ["2"]})
    ann.post(at("cancel", mailing))
    assert list(logged().values_list("action", "user__username")) == [
        (f"delivery.{name}", "ann") for name in ("pause", "resume", "settle", "cancel")
    ]


def test_who_presses_second_is_told_how_it_is_and_nothing_happens_twice(ann, mailing):
    assert "is paused" in told(ann, ann.post(at("pause", mailing), {"reason": "A typo"}))
    second = told(ann, ann.post(at("pause", mailing), {"reason": "Another"}))
    assert "Nothing was changed. It is paused since" in second
    assert "Ann paused it: A typo" in second
    assert "is resumed" in told(ann, ann.post(at("resume", mailing)))
    assert "Nothing was changed." in told(ann, ann.post(at("resume", mailing)))
    assert "2 readers will not get it" in told(ann, ann.post(at("cancel", mailing)))
    assert "by Ann, and stays so" in told(ann, ann.post(at("cancel", mailing)))
    assert "is cancelled, and stays so" in told(ann, ann.post(at("resume", mailing)))
    assert logged().count() == 3


def test_the_person_who_cancels_is_told_how_many_readers_it_is_about(ann, mailing):
    page = text_of(ann.get(at("cancel", mailing)))
    assert "2 readers have not been sent their copy yet, and will never get it." in page


def test_whoever_is_asked_sees_which_mailing_it_is_about(ann, mailing):
    for name in CHANGES:
        assert f"The World This Week {LINE}" in text_of(ann.get(at(name, mailing)))


def test_a_doubt_is_settled_by_a_persons_word(ann, mailing):
    type(mailing).objects.update(transport="sendgrid")
    page = text_of(ann.get(at("settle-chunk", mailing, 2)))
    assert "Count 1 as sent" in page
    assert "Evidence may still come by itself." in page
    ann.post(at("settle-chunk", mailing, 2), {"decision": "count as sent", "chunk": ["2"]})
    chunk = Chunk.objects.get(number=2)
    assert chunk.state == ChunkState.ACCEPTED
    assert "Ann decided to count them as sent" in chunk.answer
    late = ann.post(at("settle-chunk", mailing, 2), {"decision": "resend", "chunk": ["2"]})
    assert "is accepted" in told(ann, late)
    assert "There is nothing to decide here any more." in text_of(
        ann.get(at("settle-chunk", mailing, 2))
    )


def test_what_was_refused_can_only_be_sent_again(ann, mailing):
    page = text_of(ann.get(at("settle-chunk", mailing, 3)))
    assert "Send 1 again" in page
    assert "as sent" not in page
    ann.post(at("settle-chunk", mailing, 3), {"decision": "resend", "chunk": ["3"]})
    assert Chunk.objects.get(number=3).state == ChunkState.PENDING


def test_only_the_doubts_that_a_person_has_seen_are_settled(ann, mailing, hand_over):
    page = ann.get(at("settle", mailing)).content.decode()
    seen = re.findall(r'name="chunk" value="(\d+)"', page)
    hand_over(mailing, Unanswered("Nor here."))
    ann.post(at("settle", mailing), {"decision": "resend", "chunk": seen})
    states = dict(mailing.chunks.values_list("number", "state"))
    assert (states[2], states[4]) == (ChunkState.PENDING, ChunkState.IN_DOUBT)


@pytest.mark.parametrize("posted", [{}, {"decision": "burn", "chunk": "2"}, {"chunk": "x"}])
def test_no_decision_decides_nothing(ann, mailing, posted):
    assert "Nothing was decided" in told(ann, ann.post(at("settle", mailing), posted))
    assert counts(mailing).in_doubt == 1


def test_the_week_leads_to_its_last_mailing_where_one_may_look(client, mailing):
    looker = signed_in(client, "view_mailing", "view_issue")
    assert at("mailing", mailing) in looker.get(reverse("wagtailadmin_home")).content.decode()


def test_groups_can_be_given_the_rights_on_mailings_and_their_pace_and_no_others_of_delivery(ann):
    ann.get(reverse("wagtailadmin_home"))
    offered = {
        permission.codename
        for registered in hooks.get_hooks("register_permissions")
        for permission in registered()
        if permission.content_type.app_label == "delivery"
    }
    assert offered == {"change_mailing", "change_pace", "view_mailing", "view_pace"}


def test_every_publication_has_one_pace_and_none_is_added_or_taken_away(ann, twtw):
    new = Publication.objects.create(slug="new", name="New", short_name="N", first_serial=1)
    page = text_of(ann.get(reverse("wagtailsnippets_delivery_pace:list")))
    assert page.count("pauses after 5") + page.count("Pauses after 5") == Pace.objects.count()
    assert Pace.objects.count() == Publication.objects.count()
    refused = reverse("wagtailadmin_home")
    assert ann.get(reverse("wagtailsnippets_delivery_pace:add")).url == refused
    delete = reverse("wagtailsnippets_delivery_pace:delete", args=[new.pace.pk])
    assert ann.post(delete).url == refused


def test_a_publications_pace_is_set_at_the_desk(ann, twtw):
    pace = pace_of(twtw)
    edit = reverse("wagtailsnippets_delivery_pace:edit", args=[pace.pk])
    fields = {"per_minute": "600", "quiet_from": "22:00", "breaker_after": "3"}
    half = ann.post(edit, fields)
    assert "A quiet time has a beginning and an end" in text_of(half)
    assert ann.post(edit, {**fields, "quiet_until": "06:00"}).status_code == 302
    pace.refresh_from_db()
    assert (pace.per_minute, pace.quiet_until.hour, pace.breaker_after) == (600, 6, 3)
    page = text_of(ann.get(reverse("wagtailsnippets_delivery_pace:list")))
    assert (
        "At most 600 recipients a minute; nothing between 22:00 and 06:00; pauses after 3" in page
    )
