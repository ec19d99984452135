"""The parts of the world that a reader can be interested in."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class WorldRegion(models.TextChoices):
    """`notes.regions` says which countries each has; a test compares the two."""

    AFRICA = "africa", _("Africa")
    CENTRAL_ASIA = "central-asia", _("Central Asia")
    EAST_ASIA = "east-asia", _("East Asia")
    EUROPE = "europe", _("Europe")
    LATIN_AMERICA = "latin-america", _("Latin America and the Caribbean")
    MIDDLE_EAST = "middle-east", _("Middle East")
    NORTH_AMERICA = "north-america", _("North America")
    OCEANIA = "oceania", _("Oceania")
    SOUTH_ASIA = "south-asia", _("South Asia")
    SOUTH_EAST_ASIA = "south-east-asia", _("South-East Asia")
