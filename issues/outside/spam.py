"""What SpamAssassin thinks of a mail, where it is installed; by its local rules, so that nothing
of a mail that is not out yet leaves this machine, and nothing is learned from it."""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
import tempfile
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime

from issues.models import SpamVerdict
from issues.preflight.facts import IssueRendering, SpamScore
from rendering.marks import Mark, name_values, personalise

PROGRAM = "spamassassin"
SECONDS = 30.0
# The rules are updated now and then.
COUNTS_FOR = timedelta(days=7)
# More than that no mail of ours has, and its rules take long for.
MOST_BYTES = 512 * 1024
_HEADER = "X-Spam-Newsroom"
_CONFIGURATION = (
    "report_safe 0",
    "use_bayes 0",
    "use_learner 0",
    "fold_headers 0",
    "add_header all Newsroom score=_SCORE_ tests=_TESTSSCORES(,)_",
)
_SAID = re.compile(r"score=(-?[\d.]+) tests=(\S*)")


def spam_score(message: bytes) -> SpamScore | None:
    """SpamAssassin's points for a mail; None where it is not installed or can't tell.

    Debian's package brings rules of its own (`/usr/share/spamassassin`), so it needs no
    `sa-update` first; without any rules it fails, and None is the answer.

    Args:
        message: a whole mail, as one reader would get it.
    """
    program = shutil.which(PROGRAM)
    if program is None or len(message) > MOST_BYTES:
        return None
    settings = [f"--cf={line}" for line in _CONFIGURATION]
    # It writes what it learns and its preferences into the home folder.
    with tempfile.TemporaryDirectory(prefix="twtw-spamassassin-") as home:
        try:
            done = subprocess.run(  # noqa: S603 - the program of that name, and words of our own
                [program, "--local", "--nocreate-prefs", *settings],
                input=message,
                capture_output=True,
                timeout=SECONDS,
                check=False,
                env={"HOME": home, "PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8"},
                cwd=home,
            )
        except (OSError, subprocess.TimeoutExpired):
            return None
    if done.returncode != 0:
        return None
    return _read(message_from_bytes(done.stdout, policy=policy.compat32)[_HEADER])


def one_copy(issue: IssueRendering, now: datetime) -> bytes:
    """The mail as one invented reader would get it, with the headers that filters look at.

    The links to leave lead to the site's own page and let nobody leave.

    Raises:
        ValueError: if the sender is none that a header can hold.
    """
    leave = f"{issue.site_url}/leave/"
    values = {Mark.UNSUBSCRIBE_URL: leave, Mark.PREFERENCES_URL: leave, **name_values("A Reader")}
    sender = issue.sender
    address = _in_ascii(sender.address)
    mail = EmailMessage(policy=policy.SMTP)
    mail["Subject"] = issue.subject
    mail["From"] = Address(sender.name, addr_spec=address)
    mail["To"] = Address("A Reader", addr_spec="reader@mailbox.example")
    if sender.reply_to:
        mail["Reply-To"] = Address(addr_spec=_in_ascii(sender.reply_to))
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = f"<{issue.rendering.sha256[:32]}@{address.rpartition('@')[2]}>"
    mail["List-Unsubscribe"] = f"<{leave}>"
    mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    mail.set_content(personalise(issue.rendering.text, values), cte="quoted-printable")
    mail.add_alternative(
        personalise(issue.rendering.html, values), subtype="html", cte="quoted-printable"
    )
    return mail.as_bytes()


def ask_about_spam(issue: IssueRendering, now: datetime) -> None:
    """Have SpamAssassin read a mail of which nothing is known, and keep what it says."""
    if shutil.which(PROGRAM) is None or known_verdict(issue, now) is not None:
        return
    try:
        message = one_copy(issue, now)
    except (ValueError, HeaderParseError):
        return  # an address that no header can hold is for other checks to name
    score = spam_score(message)
    if score is not None:
        keep_verdict(issue, score, now)


def keep_verdict(issue: IssueRendering, score: SpamScore, now: datetime) -> None:
    """Keep what SpamAssassin said of a mail."""
    SpamVerdict.objects.update_or_create(
        sha256=_key(issue),
        defaults={"score": score.score, "rules": list(score.rules), "asked_at": now},
    )


def known_verdict(issue: IssueRendering, now: datetime) -> SpamScore | None:
    """What SpamAssassin said in the last days of this mail, from this sender; else None."""
    row = SpamVerdict.objects.filter(sha256=_key(issue), asked_at__gt=now - COUNTS_FOR).first()
    if row is None:
        return None
    return SpamScore(row.score, tuple((str(name), float(points)) for name, points in row.rules))


def _key(issue: IssueRendering) -> str:
    """Of all that is scored: a mended sender makes another mail of the same words."""
    sender = issue.sender
    parts = (
        issue.rendering.sha256, sender.name, sender.address, sender.reply_to, issue.site_url
    )  # fmt: skip
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def _in_ascii(address: str) -> str:
    """The address with its domain as DNS writes it."""
    name, _, domain = address.rpartition("@")
    return f"{name}@{domain.encode('idna').decode('ascii')}"


def _read(header: str | None) -> SpamScore | None:
    said = _SAID.search(header or "")
    if said is None:
        return None
    rules = [rule.partition("=") for rule in said[2].split(",") if "=" in rule]
    return SpamScore(float(said[1]), tuple((name, float(points)) for name, _, points in rules))
