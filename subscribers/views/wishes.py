"""What somebody typed into a form to subscribe, read and looked through."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from subscribers.addresses import valid_address
from subscribers.embedding import TRAP
from subscribers.errors import AddressError, SubscriberError
from subscribers.signing_up import checked_name
from subscribers.time_tokens import SHORTEST


@dataclass(frozen=True, slots=True)
class Form:
    """A form of ours: the page itself, or one on another site, which brings no time along."""

    slug: str
    name: str
    source: str
    publications: list[Any]

    @property
    def bare(self) -> bool:
        return bool(self.slug)


@dataclass(frozen=True, slots=True)
class Wish:
    """The fields as they came, for the same form to be shown again."""

    address: str = ""
    name: str = ""
    chosen: frozenset[str] = frozenset()
    token: str = ""
    trap: str = ""
    # Whether a likely slip was asked about already.
    asked: bool = False

    @classmethod
    def read(cls, fields: QueryDict) -> Wish:
        return cls(
            address=fields.get("address", "").strip(),
            name=fields.get("name", ""),
            chosen=frozenset(fields.getlist("publication")),
            token=fields.get("token", ""),
            trap=fields.get(TRAP, ""),
            asked="asked" in fields,
        )

    def with_token(self, token: str) -> Wish:
        return replace(self, token=token)

    def publications(self, form: Form) -> list[Any]:
        """What was chosen of what the form offers."""
        return [one for one in form.publications if one.slug in self.chosen]

    def is_a_scripts(self, age: timedelta | None) -> bool:
        """Whether no person filled this in: a field nobody sees is full, or it went too fast."""
        return bool(self.trap) or (age is not None and age < SHORTEST)

    def faults(self, form: Form) -> Mapping[str, str]:
        """What has to be mended, a sentence for each field that is wrong."""
        found = {}
        if not self.publications(form):
            found["publication"] = _("Choose what you would like to get.")
        if fault := _address_fault(self.address):
            found["address"] = fault
        try:
            checked_name(self.name)
        except SubscriberError as error:
            found["name"] = str(error)
        return found


def _address_fault(address: str) -> str:
    """Why it can't be an address, in the readers' language; email-validator speaks English."""
    local, at, domain = address.rpartition("@")
    if not address:
        return _("Write your mail address.")
    if not at:
        return _("A mail address has an @ in it, like name@example.org.")
    if not local or not domain:
        return _("A part of the address is missing; it looks like name@example.org.")
    try:
        valid_address(address, ascii_only=False)
    except AddressError:
        return _("This can't be a mail address; look for a sign too many, or one that is missing.")
    try:
        valid_address(address)
    except AddressError as error:
        return str(error)
    return ""
