"""A server on loopback that behaves as SendGrid documents, and misbehaves on command.

It checks every request against our own table of the documented rules, and against the
provider's published schema where that is on this machine. It keeps what it accepted, one entry
a recipient, so that a test can ask who has how many copies.
"""

from tests.standins.sendgrid.faults import FAULTS
from tests.standins.sendgrid.standin import KEY, StandIn

__all__ = ["FAULTS", "KEY", "StandIn"]
