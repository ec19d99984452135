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
    "issues.choose_readers": "Choose who gets an issue",
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
    "subscribers.add": "Add a reader",
    "subscribers.add_segment": "Save a segment",
    "subscribers.allow": "Allow an address to be mailed again",
    "subscribers.ask": "Ask somebody to confirm a subscription",
    "subscribers.cancel_import": "Cancel an import of readers",
    "subscribers.cancel_reconfirmation": "Stop asking silent readers",
    "subscribers.change_segment": "Change a segment",
    "subscribers.close_form": "Close a form on another site",
    "subscribers.delete_segment": "Delete a segment",
    "subscribers.end": "End a subscription for a reader",
    "subscribers.erase": "Erase a reader",
    "subscribers.export": "Write readers to a file",
    "subscribers.housekeeping": "Forget what is old about readers",
    "subscribers.import": "Bring readers in from a file",
    "subscribers.make_form": "Make a form for another site",
    "subscribers.make_key": "Make an API key",
    "subscribers.open_form": "Open a form on another site again",
    "subscribers.pull": "Take over SendGrid's suppressed addresses",
    "subscribers.push": "Tell SendGrid of suppressed addresses",
    "subscribers.reconfirm": "Ask silent readers whether they want to stay",
    "subscribers.release_brake": "Release the brake on confirmation mails",
    "subscribers.revoke_key": "Revoke an API key",
    "subscribers.suppress": "Suppress an address",
}


@hooks.register("register_log_actions")
def name_them(actions: LogActionRegistry) -> None:
    """For Wagtail's log of the site, and the forms that filter it."""
    for action, words in ACTIONS.items():
        actions.register_action(action, words, words)
