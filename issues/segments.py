"""The sentence that chooses a part of an issue's readers, as far as this room knows it: words.

Who reads is another room's business. So whoever knows both rooms says here, when Django is ready,
how to find out whether such words can be understood.
"""

from __future__ import annotations

from collections.abc import Callable

# Why a sentence can't be understood, in a sentence; empty if it can.
Doubt = Callable[[str], str]
_doubts: list[Doubt] = []


def doubts_are_told_by(told: Doubt) -> None:
    """From now on, ask there; called once."""
    _doubts[:] = [told]


def doubt_about(segment: str) -> str:
    """Why a segment's sentence chooses nobody, for whoever chose it; empty if it can be used."""
    return next((doubt for told in _doubts if segment and (doubt := told(segment))), "")
