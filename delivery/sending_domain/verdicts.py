"""What is said of one thing that was looked at: how it stands, what was found, what to do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """Whether it is as it has to be; `unsure` is what DNS alone can't tell, or what could be
    better and need not be."""

    GOOD = "good"
    WRONG = "wrong"
    UNSURE = "unsure"


@dataclass(frozen=True, slots=True)
class Verdict:
    """One line of the answer.

    `subject` is what was looked at (`SPF`), `advice` which record to make or change, in plain
    words; empty where nothing is to be done.
    """

    subject: str
    state: State
    found: str
    advice: str = ""


def good(subject: str, found: str) -> Verdict:
    """All is well."""
    return Verdict(subject, State.GOOD, found)


def wrong(subject: str, found: str, advice: str) -> Verdict:
    """Something must change."""
    return Verdict(subject, State.WRONG, found, advice)


def unsure(subject: str, found: str, advice: str) -> Verdict:
    """Something could not be told, or could be better."""
    return Verdict(subject, State.UNSURE, found, advice)
