"""The one error of translating."""


class TranslationError(Exception):
    """A translation can't be used as it is; the message names file and line, and what to do."""
