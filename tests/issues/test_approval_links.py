"""Approval links: signed, for one purpose, once, until a day."""

from datetime import date, timedelta

import pytest
from django.core.signing import Signer
from django.utils import timezone

from issues.approval import approval_in_force
from issues.approval_links import (
    VALID_FOR,
    BrokenLink,
    LinkError,
    approve_by_link,
    make_link,
    opened,
    withdraw,
)
from issues.assembling import assemble
from issues.editions import render_issue
from issues.errors import IssueError
from issues.seen import ChangedSinceSeen, as_it_is

pytestmark = pytest.mark.django_db


@pytest.fixture
def issue(twtw, write_note):
    write_note("Mali")
    return assemble(twtw, date(2025, 6, 29)).issue


@pytest.fixture
def made(issue):
    return make_link(issue, "The Director", "director@example.net", None)


def seen(issue):
    return as_it_is(issue.publication, render_issue(issue), 2)


def test_a_link_opens_its_row_until_its_time_has_run_out(made):
    link, token = made
    now = timezone.now()
    assert opened(token, now) == link
    assert opened(token, now + VALID_FOR - timedelta(minutes=1)) == link
    with pytest.raises(LinkError, match="has run out"):
        opened(token, now + VALID_FOR)


def test_a_link_that_was_signed_for_anything_else_is_none(made):
    link, token = made
    for other in (Signer().sign(str(link.pk)), str(link.pk), token[1:], f"{token}x", ""):
        with pytest.raises(BrokenLink):
            opened(other, timezone.now())


def test_it_approves_once(issue, made):
    _, token = made
    approval = approve_by_link(token, seen(issue), timezone.now(), readers=2)
    assert (approval.approved_by, approval.readers) == ("The Director", 2)
    with pytest.raises(LinkError, match="was used"):
        approve_by_link(token, seen(issue), timezone.now())


def test_what_is_refused_leaves_the_link_good(issue, made):
    _, token = made
    looked_at = seen(issue)
    issue.introduction = "New words."
    issue.save()
    with pytest.raises(ChangedSinceSeen):
        approve_by_link(token, looked_at, timezone.now())
    assert approve_by_link(token, seen(issue), timezone.now()) == approval_in_force(issue)


def test_two_links_do_not_approve_one_after_the_other(issue, made):
    _, token = make_link(issue, "Another", "another@example.net", None)
    first = approve_by_link(made[1], seen(issue), timezone.now())
    with pytest.raises(IssueError, match="The Director approved it before you"):
        approve_by_link(token, seen(issue), timezone.now())
    assert approval_in_force(issue) == first


def test_a_link_that_was_taken_back_opens_nothing_and_a_used_one_stays_used(issue, made):
    link, token = made
    withdraw(link, None)
    with pytest.raises(LinkError, match="was taken back"):
        opened(token, timezone.now())
    other, token = make_link(issue, "Another", "another@example.net", None)
    approve_by_link(token, seen(issue), timezone.now())
    withdraw(other, None)
    other.refresh_from_db()
    assert other.withdrawn_at is None
