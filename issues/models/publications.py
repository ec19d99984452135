"""Publications and their volumes."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo, available_timezones

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models

from issues.errors import IssueError
from rendering.environment import template_sets


class Weekday(models.IntegerChoices):
    """Python's numbering: Monday is 0."""

    MONDAY = 0
    TUESDAY = 1
    WEDNESDAY = 2
    THURSDAY = 3
    FRIDAY = 4
    SATURDAY = 5
    SUNDAY = 6


def _known_time_zone(name: str) -> None:
    if name not in available_timezones():
        raise ValidationError(f"{name} is no time zone; write it like Asia/Kolkata.")


class PerCent(models.TextChoices):
    """How a share is written."""

    ANY = "any", "either way"
    WORDS = "per cent", "12 per cent"
    SIGN = "%", "12%"


class DateStyle(models.TextChoices):
    """How a day is written in a text."""

    ANY = "any", "any way"
    DAY_MONTH = "day month", "29 June 2025"
    MONTH_DAY = "month day", "June 29, 2025"


class PublicationQuerySet(models.QuerySet["Publication"]):
    def named(self, slug: str) -> Publication:
        """The publication with this slug.

        Raises:
            IssueError: naming those there are.
        """
        found = self.filter(slug=slug).first()
        if found is None:
            known = ", ".join(self.values_list("slug", flat=True))
            raise IssueError(f"There is no publication {slug!r}; there are: {known}.")
        return found


class Publication(models.Model):  # type: ignore[django-manager-missing] # Wagtail is untyped
    """A series with its own name, numbering, sender and readers."""

    slug = models.SlugField(unique=True, max_length=40)
    name = models.CharField(max_length=100)
    short_name = models.CharField(max_length=20, help_text="Opens the subject line: TWTW #318: …")
    tagline = models.CharField(max_length=200, blank=True)
    sender_name = models.CharField(max_length=100)
    sender_address = models.EmailField()
    reply_to = models.EmailField(blank=True)
    postal_address = models.CharField(
        max_length=300, blank=True, help_text="Printed at the foot of each mail, as the law wants."
    )
    colour = models.CharField(
        max_length=7,
        default="#8a1c2b",
        validators=[RegexValidator(r"^#[0-9a-fA-F]{6}$", "Write the colour like #8a1c2b.")],
    )
    numbered = models.BooleanField(
        default=True, help_text="Whether it comes out in numbered issues; alerts do not."
    )
    promise = models.CharField(
        max_length=300,
        blank=True,
        help_text="What will come and how often, in a sentence, where readers subscribe.",
    )
    offered = models.BooleanField(
        default=True, help_text="Whether the page on which readers subscribe names it."
    )
    weekday = models.PositiveSmallIntegerField(choices=Weekday, default=Weekday.SUNDAY)
    hour = models.TimeField(default="08:00", help_text="When it is sent, in its own time zone.")
    prepare_hours_before = models.PositiveSmallIntegerField(
        default=24,
        validators=[MinValueValidator(1), MaxValueValidator(144)],
        help_text="How many hours before that the week's issue is put together.",
    )
    time_zone = models.CharField(
        max_length=60, default="Asia/Kolkata", validators=[_known_time_zone]
    )
    first_serial = models.PositiveIntegerField(
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text="The serial of the first issue made here; earlier ones were made elsewhere.",
    )
    template_set = models.SlugField(
        max_length=40,
        default="standard",
        help_text="The look of its mails: a folder in templates/email/sets, ours or the newsroom's "
        "own, or “standard”.",
    )
    per_cent = models.CharField(
        "per cent",
        max_length=10,
        choices=PerCent,
        default=PerCent.ANY,
        help_text="House style: preflight names what is written otherwise.",
    )
    date_style = models.CharField(
        "dates",
        max_length=20,
        choices=DateStyle,
        default=DateStyle.DAY_MONTH,
        help_text="House style: preflight names what is written otherwise.",
    )
    dictionary = models.CharField(
        max_length=10,
        blank=True,
        default="en_GB",
        validators=[RegexValidator(r"^[a-z]{2,3}(_[A-Z]{2})?$", "Write it like en_GB.")],
        help_text="Hunspell's dictionary for spelling hints; empty for none.",
    )

    objects = PublicationQuerySet.as_manager()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        former = Publication.objects.filter(pk=self.pk).exclude(slug=self.slug).first()
        if former is not None and former.editions.exists():
            raise ValidationError(
                {"slug": f"Links in mails already sent lead to {former.slug}, so it stays."}
            )
        if self.template_set not in template_sets():
            raise ValidationError(
                {
                    "template_set": f"There is no template set {self.template_set}; there are: "
                    f"{', '.join(template_sets())}."
                }
            )

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    def due(self, day: date) -> datetime:
        """The moment at which the issue of a day is sent."""
        return datetime.combine(day, self.hour, tzinfo=self.zone)


class Volume(models.Model):
    """A year's run of issues."""

    publication = models.ForeignKey(Publication, on_delete=models.CASCADE, related_name="volumes")
    number = models.PositiveIntegerField(validators=[MinValueValidator(1)])
    begins_on = models.DateField(help_text="It covers the year that begins on this day.")
    first_serial = models.PositiveIntegerField(validators=[MinValueValidator(1)])
    begun_by = models.OneToOneField(
        "Issue",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        help_text="The issue that began it. Until that is published, its first serial may change.",
    )

    class Meta:
        ordering = ["publication", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["publication", "number"], name="a_volume_number_is_given_once"
            ),
            models.UniqueConstraint(
                fields=["publication", "first_serial"], name="a_serial_begins_one_volume"
            ),
            models.UniqueConstraint(
                fields=["publication", "begins_on"], name="a_day_begins_one_volume"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.publication}, Vol {self.number}"

    def clean(self) -> None:
        settled = Volume.objects.filter(pk=self.pk, issues__published_at__isnull=False).first()
        if settled is not None and (
            settled.first_serial != self.first_serial or settled.number != self.number
        ):
            raise ValidationError(
                "Issues of this volume are published, so its number and first serial stay."
            )
        if self.pk is None or self.first_serial is None:
            return
        before = self.issues.filter(taken_serials__serial__lt=self.first_serial)
        if earliest := before.aggregate(serial=models.Min("taken_serials__serial"))["serial"]:
            raise ValidationError(
                {"first_serial": f"An issue of this volume has #{earliest}; begin with that."}
            )
