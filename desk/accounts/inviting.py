"""Invitations to the desk: an account without a password, and a link with which its owner sets one.

The link is signed, ends after a week, works once, and ends at once when it is sent again or
withdrawn. Nobody is invited to more than the inviter may do.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import timedelta

from allauth.account.internal.userkit import filter_users_by_email
from allauth.utils import generate_unique_username
from django.conf import settings
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX, make_password
from django.contrib.auth.models import AbstractUser, Group, Permission, User
from django.core import signing
from django.db import transaction
from django.db.models import Q, QuerySet
from django.urls import reverse
from wagtail.log_actions import log

from desk.accounts.mailing import write_to
from desk.accounts.words import INVITATION
from desk.naming import name_of

LASTS = timedelta(days=7)
_PURPOSE = "desk.invitation"


class InvitationError(Exception):
    """An invitation that can't be made or accepted; the message says why and what to do."""


def pending() -> QuerySet[User]:
    """The accounts that were invited and have not accepted yet."""
    return User.objects.filter(
        password__startswith=UNUSABLE_PASSWORD_PREFIX, last_login=None, is_active=True
    )


def groups_to_invite_into(inviter: AbstractUser) -> QuerySet[Group]:
    """The groups that give no right which the inviter has not."""
    groups = Group.objects.order_by("name")
    if inviter.is_superuser:
        return groups
    own = Q(user=inviter) | Q(group__user=inviter) | _of_collections(inviter.groups.all())
    lacking = Permission.objects.exclude(pk__in=Permission.objects.filter(own).values("pk"))
    return groups.exclude(permissions__in=lacking).exclude(
        collection_permissions__permission__in=lacking
    )


def _of_collections(groups: QuerySet[Group]) -> Q:
    """The rights that groups have on Wagtail's collections of pictures."""
    return Q(groupcollectionpermission__group__in=groups)


@transaction.atomic
def invite(
    address: str, name: str, groups: Iterable[Group], *, inviter: AbstractUser | None = None
) -> User:
    """Make an account for somebody, or change that of somebody who has not accepted yet.

    Args:
        name: as the person writes it; the last word is the family name.
        inviter: None at the command line.

    Raises:
        InvitationError: if the address has an account, or the inviter may not invite so far.
    """
    # Locked, so that a button that is pressed twice makes one account.
    wanted = Group.objects.select_for_update(no_key=True).order_by("pk")
    groups = list(wanted.filter(pk__in=[group.pk for group in groups]))
    found = filter_users_by_email(address)
    user = next((one for one in found if pending().filter(pk=one.pk).exists()), None)
    if found and user is None:
        raise InvitationError("There is an account with this address already.")
    if not groups:
        raise InvitationError("Choose a group: an account without one can do nothing at the desk.")
    if inviter is not None:
        concerned = {*groups, *(user.groups.all() if user else ())}
        if not concerned <= set(groups_to_invite_into(inviter)):
            raise InvitationError("You can invite only into groups with no more rights than yours.")
    if user is None:
        user = User(username=generate_unique_username([address.partition("@")[0], "editor"]))
    first, _, last = name.strip().rpartition(" ")
    user.first_name, user.last_name = (first.strip(), last) if first else (last, "")
    user.email = address
    # Another random one each time, which ends the links that were sent before.
    user.set_unusable_password()
    user.save()
    user.groups.set(groups)
    names = sorted(group.name for group in groups)
    log(user, "accounts.invite", user=inviter, data={"groups": names})
    return user


def link_of(user: AbstractUser) -> str:
    """The absolute address at which somebody accepts."""
    token = signing.dumps([user.pk, _mark(user)], salt=_PURPOSE)
    return settings.SITE_URL + reverse("account_invitation", args=[token])


def mail_invitation(user: AbstractUser, *, inviter: AbstractUser | None = None) -> bool:
    """Mail the link; whether the mail was taken."""
    named = name_of(inviter) if inviter else "The newsroom"
    return write_to(
        user.email,
        INVITATION,
        link=link_of(user),
        inviter=named,
        site=settings.WAGTAIL_SITE_NAME,
        username=user.get_username(),
        days=str(LASTS.days),
    )


@transaction.atomic
def withdraw(user: AbstractUser, *, by: AbstractUser) -> None:
    """Take an invitation back, and its account with it.

    Raises:
        InvitationError: if it was accepted in the meantime.
    """
    found = pending().select_for_update().filter(pk=user.pk).first()
    if found is None:
        raise InvitationError("It was accepted in the meantime; the account can be closed instead.")
    log(found, "accounts.withdraw_invitation", user=by)
    found.delete()


def invited(token: str) -> User:
    """Whom a link invites.

    Raises:
        InvitationError: if it is no link of ours, too old, used, sent again or withdrawn.
    """
    try:
        pk, mark = signing.loads(token, salt=_PURPOSE, max_age=LASTS)
    except signing.SignatureExpired:
        raise InvitationError(
            f"This invitation is older than {LASTS.days} days. Ask for another one."
        ) from None
    except (signing.BadSignature, ValueError):
        raise InvitationError(
            "This is not the whole link. Copy all of it from the mail, or ask for another one."
        ) from None
    user = pending().filter(pk=pk).first()
    if user is None or _mark(user) != mark:
        raise InvitationError(
            "This invitation was used, withdrawn, or sent again. If you have a password, sign in; "
            "otherwise look for a later mail, or ask for another one."
        )
    return user


@transaction.atomic
def accept(token: str, password: str) -> User:
    """Set the password of who was invited; the account.

    Raises:
        InvitationError: as `invited`; of two who accept at once the second one gets it.
    """
    user = invited(token)
    unused = User.objects.filter(pk=user.pk, password=user.password)
    if not unused.update(password=make_password(password)):
        raise InvitationError("This invitation was used just now. Sign in with the password.")
    user.refresh_from_db()
    log(user, "accounts.accept_invitation", user=user)
    return user


def _mark(user: AbstractUser) -> str:
    return hashlib.sha256(f"{user.password} {user.email}".encode()).hexdigest()[:32]
