"""The words in which the record says what was done; without its line here nothing can be logged."""

from __future__ import annotations

from wagtail import hooks
from wagtail.log_actions import LogActionRegistry

ACTIONS = {
    "delivery.begin": "Begin a mailing",
    "delivery.cancel": "Cancel a mailing",
    "delivery.pause": "Pause a mailing",
    "delivery.resume": "Resume a mailing",
    "delivery.settle": "Settle a mailing's doubts",
    "issues.alert": "Send a note as an alert",
    "issues.approve": "Approve an issue",
    "issues.arrange": "Change the order of an issue's notes",
    "issues.leave_out": "Leave a note out of an issue",
    "issues.mail_correction": "Mail a correction",
    "issues.make_link": "Send an approval link",
    "issues.move": "Move a note to another week",
    "issues.postpone": "Move a note to the next week's issue",
    "issues.prepare": "Have an issue prepared",
    "issues.record_correction": "Record a correction",
    "issues.reschedule": "Have an issue leave at another time",
    "issues.send_now": "Have an approved issue leave at once",
    "issues.take_in": "Take a note into an issue",
    "issues.trial": "Send a test mail",
    "issues.void": "An issue's approval became void",
    "issues.withdraw_link": "Withdraw an approval link",
    "notes.import": "Bring a note in from a file",
    "subscribers.export": "Write readers to a file",
    "subscribers.import": "Bring readers in from a file",
    "subscribers.pull": "Take over SendGrid's suppressed addresses",
    "subscribers.push": "Tell SendGrid of suppressed addresses",
}


@hooks.register("register_log_actions")
def name_them(actions: LogActionRegistry) -> None:
    """For Wagtail's log of the site, and the forms that filter it."""
    for action, words in ACTIONS.items():
        actions.register_action(action, words, words)
