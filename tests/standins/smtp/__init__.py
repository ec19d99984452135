"""An SMTP server on loopback that keeps what it takes, and misbehaves on command."""

from tests.standins.smtp.sink import Copy, Sink

__all__ = ["Copy", "Sink"]
