"""The one error of this room."""


class DeliveryError(Exception):
    """A mailing can't be started or delivered as things are; the message says what to do."""
