"""What can't be done with readers; every message is a sentence without anybody's address."""


class SubscriberError(Exception):
    """The readers' side of the house can't do what was asked."""


class AddressError(SubscriberError):
    """Not an address; the message says why, without repeating the address."""


class ReaderFileError(SubscriberError):
    """A file of readers can't be read as one; the message names the file and what to change."""


class ReaderImportError(SubscriberError):
    """An import can't be treated so as it stands now; the message says what to do instead."""


class BadLink(SubscriberError):  # noqa: N818 - it is the link that is bad
    """A reader's link that was cut short, changed, or made for another purpose."""


class ExpiredLink(SubscriberError):  # noqa: N818 - as above
    """A reader's link whose time is over; `row` is what it would have granted."""

    def __init__(self, message: str, row: int) -> None:
        super().__init__(message)
        self.row = row


class SegmentError(SubscriberError):
    """A rule that chooses readers can't be understood; the message names the words."""


class PreferencesError(SubscriberError):
    """What a reader asked for can't be done; the message is for the reader, in their language."""


class MailboxError(SubscriberError):
    """The mailbox that readers write to can't be read; the message says what to look at."""
