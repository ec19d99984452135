"""Publications, their volumes and numbered issues, and what was approved to be sent."""

from issues.models.approvals import Approval, ApprovalLink
from issues.models.editions import Correction, Edition
from issues.models.issues import Issue, IssueEntry, IssueSerial, Omission
from issues.models.outside import LinkAnswer, SpamVerdict
from issues.models.publications import DateStyle, PerCent, Publication, Volume, Weekday

__all__ = [
    "Approval",
    "ApprovalLink",
    "Correction",
    "DateStyle",
    "Edition",
    "Issue",
    "IssueEntry",
    "IssueSerial",
    "LinkAnswer",
    "Omission",
    "PerCent",
    "Publication",
    "SpamVerdict",
    "Volume",
    "Weekday",
]
