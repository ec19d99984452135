"""What SendGrid reports of the copies it took: checked, read, kept once and taken to heart."""


class PostError(Exception):
    """A post that is not taken in and changes nothing; the sentence says why, without its words."""


class UnsignedPost(PostError):  # noqa: N818 - it is the post that is unsigned
    """Nobody who has SendGrid's key for this newsroom made it, or it is too old."""


class MalformedPost(PostError):  # noqa: N818 - it is the post that is malformed
    """It has not the form that SendGrid documents."""
