"""What a person looked at before giving their word, so that it is given for nothing else.

Not all of it is in the bytes: the sender and the rule that chooses the readers are not.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

from django.core import signing

from issues.confirmation import grew_much
from issues.errors import IssueError
from issues.models import Publication
from rendering.content import Rendering


class ChangedSinceSeen(IssueError):  # noqa: N818 - it reads as what happened
    """It is not any more what the person looked at; `what` has a clause for each difference."""

    def __init__(self, named: str, what: list[str]) -> None:
        super().__init__(
            f"{named} was changed since you opened it: {'; '.join(what)}. Look at it as it is now."
        )
        self.what = what


class NotSeen(IssueError):  # noqa: N818 - as above
    """What came back is of no page of ours."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A mail as somebody saw it: its bytes, whom it is from, and who gets it.

    `readers` is how many would have got it at that moment; None where nobody counted.
    """

    subject: str
    sha256: str
    sender: str
    audience: str
    readers: int | None = None

    def confirm(self, now: Seen, named: str) -> None:
        """Compare with how it is now.

        Args:
            named: what it is, as the message names it.

        Raises:
            ChangedSinceSeen: if it differs in anything that the person's word is for.
        """
        if what := list(self._differences(now)):
            raise ChangedSinceSeen(named, what)

    def _differences(self, now: Seen) -> list[str]:
        what = []
        if self.subject != now.subject:
            what.append(f"its subject line is “{now.subject}”")
        elif self.sha256 != now.sha256:
            what.append("its words, their order, its pictures or its look are others")
        if self.sender != now.sender:
            what.append(f"it is from {now.sender}")
        if self.audience != now.audience:
            what.append(f"it goes to {now.audience}")
        counted, recounted = self.readers, now.readers
        if counted is not None and recounted is not None and grew_much(counted, recounted):
            what.append(f"{recounted:,} readers get it, and not {counted:,}")
        return what

    def sealed(self, purpose: str) -> str:
        """As a text that goes into a form and comes back from it unchanged, or not at all.

        Args:
            purpose: the one page that it is for; on another one it is worth nothing.
        """
        return signing.dumps(asdict(self), salt=_salt(purpose))

    @classmethod
    def unsealed(cls, text: str, purpose: str) -> Seen:
        """What was sealed into a page's form.

        Raises:
            NotSeen: if the text is not of this page, letter by letter.
        """
        try:
            return cls(**signing.loads(text, salt=_salt(purpose)))
        except signing.BadSignature:
            raise NotSeen(
                "Nothing was done, because it is not known what you looked at: open the page "
                "again, look at it, and press the button there."
            ) from None


def _salt(purpose: str) -> str:
    return f"issues.seen.{purpose}"


def as_it_is(
    publication: Publication, rendering: Rendering, readers: int | None = None, segment: str = ""
) -> Seen:
    """A mail of a publication as it is now.

    Args:
        readers: how many would get it; None if nobody counted.
        segment: the sentence that chooses a part of the readers; empty for all.
    """
    return Seen(
        subject=rendering.subject,
        sha256=rendering.sha256,
        sender=sender_of(publication),
        audience=audience_rule(publication, segment),
        readers=readers,
    )


def sender_of(publication: Publication) -> str:
    """Whom its mails are from: `The Weekly <weekly@example.org>, answers to desk@example.org`."""
    sender = f"{publication.sender_name} <{publication.sender_address}>"
    answers = publication.reply_to
    return f"{sender}, answers to {answers}" if answers else sender


def audience_rule(publication: Publication, segment: str = "") -> str:
    """The rule that chooses who gets a publication's mails, in words.

    `confirmed readers of GP Alerts: region Africa, joined this year`
    """
    everybody = f"confirmed readers of {publication}"
    return f"{everybody}: {segment}" if segment else everybody
