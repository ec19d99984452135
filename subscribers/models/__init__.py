"""Readers, what they asked for and when, and the addresses that must not be mailed."""

from subscribers.models.changes import AddressChange, ReaderChange
from subscribers.models.forms import ApiKey, SignUp, SignUpForm
from subscribers.models.imports import ImportRun
from subscribers.models.inbound import InboundMail
from subscribers.models.limits import Brake, Tally
from subscribers.models.mails import ServiceMail
from subscribers.models.readers import (
    Consent,
    Reader,
    RegionOfInterest,
    Subscription,
    Suppression,
    Wording,
)
from subscribers.models.reconfirming import Reconfirmation, ReconfirmationAsk
from subscribers.models.segments import Segment
from subscribers.models.world import WorldRegion

__all__ = [
    "AddressChange",
    "ApiKey",
    "Brake",
    "Consent",
    "ImportRun",
    "InboundMail",
    "Reader",
    "ReaderChange",
    "Reconfirmation",
    "ReconfirmationAsk",
    "RegionOfInterest",
    "Segment",
    "ServiceMail",
    "SignUp",
    "SignUpForm",
    "Subscription",
    "Suppression",
    "Tally",
    "Wording",
    "WorldRegion",
]
