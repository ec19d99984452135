"""The one exception of this room."""


class RenderingError(Exception):
    """Something can't be rendered as it is; the message says what, where, and what to do."""
