"""`twtw accounts`: who may come to the desk; also the way to the first account of all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from newsroom.cli import asking
from newsroom.cli.asking import AS_JSON, say
from newsroom.state import make_ready

if TYPE_CHECKING:
    from django.contrib.auth.models import Group, User

app = typer.Typer(help="Invite people to the desk, and list them.", no_args_is_help=True)


@app.command()
def invite(
    address: str = typer.Argument(..., metavar="ADDRESS", help="The e-mail address."),
    name: str = typer.Option("", help="The person's name."),
    group: list[str] = typer.Option(
        ..., help="Contributors, Editors, Publishers or Administrators; again for another one."
    ),
    print_link: bool = typer.Option(
        False, "--print-link", help="Print the link and mail nothing, to hand it over yourself."
    ),
) -> None:
    """Invite somebody to the desk; again for who has not accepted yet."""
    make_ready()
    from desk.accounts.inviting import LASTS, invite, link_of, mail_invitation

    user = invite(_address(address), name, [_group_named(one) for one in group])
    lasts = f"The link works for {LASTS.days} days, and once."
    if print_link:
        say(link_of(user))
        typer.echo(f"User name: {user.get_username()}. {lasts}", err=True)
    elif mail_invitation(user):
        say(f"{user.get_username()} is invited: a mail is on its way. {lasts}")
    else:
        asking.fail(
            "the mail was not taken. See to the transport and run the same command again, or add "
            "--print-link and hand the link over yourself."
        )


@app.command("list")
def list_(as_json: bool = AS_JSON) -> None:
    """List the accounts with their groups and how they sign in."""
    make_ready()
    from django.contrib.auth.models import User

    from desk.accounts.viewset import ways_in

    found = User.objects.prefetch_related("groups", "authenticator_set").order_by("username")
    rows = [
        {
            "username": user.username,
            "address": user.email,
            "name": user.get_full_name(),
            "groups": sorted(one.name for one in user.groups.all()),
            "superuser": user.is_superuser,
            "active": user.is_active,
            "signs_in_by": ways_in(user),
        }
        for user in found
    ]
    if as_json:
        asking.say_json(rows)
        return
    if not rows:
        say("There is no account yet; make one with `twtw accounts invite`.")
    for user in found:
        groups = [one.name for one in user.groups.all()] + ["superuser"] * user.is_superuser
        known = [", ".join(sorted(groups)) or "in no group", ways_in(user)]
        known += [] if user.is_active else ["closed"]
        named = f"{user.username}  {user.email}  {user.get_full_name()}".rstrip()
        say(f"{named}  ({'; '.join(known)})")


@app.command("forget-second-factors")
def forget_second_factors_(
    who: str = typer.Argument(..., metavar="WHO", help="The user name or the e-mail address."),
) -> None:
    """Let somebody who lost the telephone and the recovery codes set another one up."""
    make_ready()
    from desk.accounts.second_factor import forget_second_factors

    user = _account_named(who)
    if forget_second_factors(user):
        say(f"{user.get_username()} has no second factor any more.")
    else:
        say(f"{user.get_username()} had no second factor.")


def _address(text: str) -> str:
    from email_validator import EmailNotValidError, validate_email

    try:
        return validate_email(text, check_deliverability=False).normalized
    except EmailNotValidError:
        raise asking.WrongInput(
            f"{text!r} is no e-mail address; write it like ann@example.org."
        ) from None


def _group_named(name: str) -> Group:
    from django.contrib.auth.models import Group

    found = Group.objects.filter(name__iexact=name).first()
    if found is None:
        names = ", ".join(Group.objects.order_by("name").values_list("name", flat=True))
        raise asking.WrongInput(f"There is no group {name!r}; there are: {names}.")
    return found


def _account_named(who: str) -> User:
    from django.contrib.auth.models import User
    from django.db.models import Q

    found = User.objects.filter(Q(username__iexact=who) | Q(email__iexact=who)).first()
    if found is None:
        raise asking.WrongInput(f"There is no account {who!r}; `twtw accounts list` shows them.")
    return found
