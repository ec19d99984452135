"""The desk's pages on accounts: Wagtail's list and form, with invitations instead of passwords
that somebody else chooses.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any, cast

from allauth.mfa.models import Authenticator
from django import forms
from django.contrib.auth.models import AbstractUser, User
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.views.generic import FormView, TemplateView
from wagtail.admin import messages
from wagtail.admin.ui.tables import Column
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin
from wagtail.admin.widgets.button import Button
from wagtail.users.views.users import EditView, IndexView
from wagtail.users.views.users import UserViewSet as WagtailsUserViewSet

from desk.accounts.forms import InvitationForm
from desk.accounts.inviting import (
    LASTS,
    InvitationError,
    invite,
    mail_invitation,
    pending,
    withdraw,
)
from desk.accounts.second_factor import forget_second_factors
from desk.naming import name_of

NAME = "wagtailusers_users"
NOT_MAILED = (
    "{name} has an invitation, but the mail was not taken. See to the newsroom's way of sending "
    "mail, then send the invitation again."
)


def _factors(user: User) -> QuerySet[Authenticator]:
    factors: QuerySet[Authenticator] = user.authenticator_set.all()  # type: ignore[attr-defined]
    return factors


def ways_in(user: User) -> str:
    """How somebody signs in, for the list."""
    if not user.has_usable_password():
        return "Invited, not accepted yet"
    kinds = {one.type for one in _factors(user)}
    labels = {
        Authenticator.Type.TOTP: "authenticator app",
        Authenticator.Type.WEBAUTHN: "passkey",
    }
    found = [label for kind, label in labels.items() if kind in kinds]
    return ", ".join(["Password", *found])


class AccountsView(IndexView):
    """All accounts, with how their people sign in."""

    add_item_label = "Invite somebody"

    @cached_property
    def columns(self) -> list[Column]:
        *columns, last = super().columns
        return [*columns, Column("ways_in", label="Signs in by", accessor=ways_in), last]

    def get_base_queryset(self) -> QuerySet[User]:
        accounts: QuerySet[User] = super().get_base_queryset().prefetch_related("authenticator_set")
        return accounts


def refuse_superusers_account(account: AbstractUser, user: AbstractUser) -> None:
    """See that nobody gets a superuser's rights through that one's address or second factor.

    Raises:
        PermissionDenied: if the account may more than the one who would change it.
    """
    if account.is_superuser and not user.is_superuser:
        raise PermissionDenied("Only a superuser changes a superuser's account.")


class AccountView(EditView):
    """One account. Only who is a superuser makes another one, or changes one."""

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        refuse_superusers_account(self.object, _person_at(request))

    def get_form(self, form_class: type[forms.Form] | None = None) -> forms.Form:
        form: forms.Form = super().get_form(form_class)
        form.fields["last_name"].required = False
        if not self.request.user.is_superuser:
            form.fields.pop("is_superuser", None)
        return form


class _AccountsPage(PermissionCheckedMixin, WagtailAdminTemplateMixin):
    header_icon = "user"

    def get_breadcrumbs_items(self) -> list[dict[str, str]]:
        return [
            *self.breadcrumbs_items,
            {"url": reverse(f"{NAME}:index"), "label": "Users"},
            {"url": "", "label": str(self.page_title)},
        ]


class InviteView(_AccountsPage, FormView[InvitationForm]):
    """Invites somebody by mail."""

    permission_required = "add"
    page_title = "Invite somebody"
    form_class = InvitationForm
    template_name = "desk/account_invite.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "inviter": self.request.user}

    def form_valid(self, form: InvitationForm) -> HttpResponse:
        given, inviter = form.cleaned_data, _person_at(self.request)
        try:
            user = invite(given["email"], given["name"], given["groups"], inviter=inviter)
        except InvitationError as refusal:
            form.add_error("email", str(refusal))
            return self.form_invalid(form)
        _send(self.request, user)
        return redirect(f"{NAME}:index")


def _person_at(request: HttpRequest) -> User:
    """Who is at the desk: nobody comes here without having signed in."""
    return cast(User, request.user)


def _send(request: HttpRequest, user: User) -> None:
    """Mail an invitation, and say what became of it."""
    if mail_invitation(user, inviter=_person_at(request)):
        said = f"{name_of(user)} is invited: a mail with a link is on its way."
        messages.success(request, f"{said} The link works for {LASTS.days} days.")
    else:
        messages.warning(request, NOT_MAILED.format(name=name_of(user)))


class AccountChange(_AccountsPage, TemplateView):
    """A change of one account: asked for by a GET, made by a POST."""

    template_name = "desk/account_confirm.html"
    question = ""
    serious = True

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.account = get_object_or_404(User, pk=kwargs["pk"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {
            **super().get_context_data(**kwargs),
            "question": self.question.format(name=name_of(self.account)),
            "button": self.page_title,
            "serious": self.serious,
            "back": reverse(f"{NAME}:index"),
        }

    def change(self) -> None:
        """Do it, and say so.

        Raises:
            InvitationError: if it can't be done as the account is now.
        """
        raise NotImplementedError

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        try:
            self.change()
        except InvitationError as refusal:
            messages.error(request, str(refusal))
        return redirect(f"{NAME}:index")


class SendAgain(AccountChange):
    """Mails another link; the one before ends."""

    permission_required = "add"
    page_title = "Send the invitation again"
    question = "{name} gets another mail. The link of the mail before ends."
    serious = False

    def change(self) -> None:
        if not pending().filter(pk=self.account.pk).exists():
            raise InvitationError("It was accepted in the meantime; there is nothing to send.")
        account, inviter = self.account, _person_at(self.request)
        again = invite(account.email, name_of(account), account.groups.all(), inviter=inviter)
        _send(self.request, again)


class Withdraw(AccountChange):
    """Takes an invitation back."""

    permission_required = "add"
    page_title = "Withdraw the invitation"
    question = "The link that {name} was sent ends at once, and the account is taken away."

    def change(self) -> None:
        withdraw(self.account, by=_person_at(self.request))
        messages.success(self.request, f"The invitation of {name_of(self.account)} is withdrawn.")


class ForgetSecondFactors(AccountChange):
    """For somebody who has lost the telephone and the recovery codes."""

    permission_required = "change"
    page_title = "Remove second factors"
    question = (
        "{name} will sign in with the password alone, and set another second factor up. Make sure "
        "that it is {name} who asks for it."
    )

    def change(self) -> None:
        refuse_superusers_account(self.account, _person_at(self.request))
        forget_second_factors(self.account, by=_person_at(self.request))
        messages.success(self.request, f"{name_of(self.account)} has no second factor any more.")


class UserViewSet(WagtailsUserViewSet):
    """Takes the place of Wagtail's."""

    index_view_class = AccountsView
    index_template_name = "desk/accounts.html"
    edit_view_class = AccountView

    @property
    def add_view(self) -> Any:
        return InviteView.as_view(permission_policy=self.permission_policy)

    def get_urlpatterns(self) -> list[URLPattern]:
        policy = self.permission_policy
        changes = {
            "send-again": SendAgain,
            "withdraw": Withdraw,
            "forget-second-factors": ForgetSecondFactors,
        }
        ours = [
            path(f"{name}/<int:pk>/", view.as_view(permission_policy=policy), name=name)
            for name, view in changes.items()
        ]
        return [*super().get_urlpatterns(), *ours]


def listing_buttons(user: User, request_user: User) -> Iterator[Button]:
    """What can be done about one account in the list, besides what Wagtail offers."""

    def button(view: type[AccountChange], name: str, icon: str) -> Button:
        address = reverse(f"{NAME}:{name}", args=[user.pk])
        return Button(view.page_title, url=address, icon_name=icon, priority=50)

    if not user.has_usable_password() and request_user.has_perm("auth.add_user"):
        yield button(SendAgain, "send-again", "mail")
        yield button(Withdraw, "withdraw", "bin")
    if _factors(user) and request_user.has_perm("auth.change_user"):
        yield button(ForgetSecondFactors, "forget-second-factors", "key")


def account_menu_item(_request: HttpRequest) -> dict[str, str]:
    """On everybody's own page: where password, app, passkeys and recovery codes are."""
    return {
        "url": reverse("mfa_index"),
        "label": "Sign-in and security",
        "help_text": "Change your password, set up an authenticator app or a passkey, and see "
        "your recovery codes.",
    }
