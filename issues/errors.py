"""What can't be done with an issue; every message is a sentence for the person who asked."""


class IssueError(Exception):
    """The issue, its number or its date does not allow what was asked."""


class NotApproved(IssueError):  # noqa: N818 - it reads as the state that it reports
    """The issue has no approval in force, so it must not be sent."""


class NotYet(IssueError):  # noqa: N818 - as above
    """The issue is approved to leave later."""
