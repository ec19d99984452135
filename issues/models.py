"""Publications, their volumes and numbered issues, and what was approved to be sent.

The serial never resets and is unique in its publication; an issue's number in
its volume is derived (serial − first serial of the volume + 1), never stored.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Self
from zoneinfo import ZoneInfo, available_timezones

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.utils.functional import cached_property
from wagtail.fields import StreamField

from issues import numbering
from issues.blocks import RegionsBlock
from issues.errors import IssueError
from notes.models import Note, Photo
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


class IssueQuerySet(models.QuerySet["Issue"]):
    def published(self) -> Self:
        return self.filter(published_at__isnull=False)

    def open(self) -> Self:
        return self.filter(published_at__isnull=True)


class Issue(models.Model):
    """A numbered edition: approved notes in order."""

    publication = models.ForeignKey(Publication, on_delete=models.PROTECT, related_name="issues")
    volume = models.ForeignKey(Volume, on_delete=models.PROTECT, related_name="issues")
    date = models.DateField()
    subject_line = models.CharField(
        max_length=200, blank=True, help_text="Empty: proposed from the first note."
    )
    preview_text = models.CharField(
        max_length=200, blank=True, help_text="Empty: proposed from the other notes."
    )
    introduction = models.TextField(blank=True)
    cover = models.ForeignKey(
        Photo, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    regions = StreamField(
        RegionsBlock(required=False),
        blank=True,
        verbose_name="also, from around the world",
        help_text="Briefs, region by region.",
    )
    created_at = models.DateTimeField(auto_now_add=True)
    published_at = models.DateTimeField(null=True, blank=True, editable=False)
    asked_about = models.CharField(
        max_length=64,
        blank=True,
        editable=False,
        help_text="SHA-256 of the rendering for which the editors were last asked to approve.",
    )

    objects = IssueQuerySet.as_manager()

    class Meta:
        ordering = ["publication", "-date"]
        constraints = [
            models.UniqueConstraint(fields=["publication", "date"], name="one_issue_a_day"),
            models.UniqueConstraint(
                fields=["publication"],
                condition=models.Q(published_at__isnull=True),
                name="one_unpublished_issue_a_publication",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.publication} {self.line}"

    @cached_property
    def serials(self) -> tuple[int, ...]:
        """The serials this issue takes, ascending; more than one for a combined issue."""
        return tuple(sorted(row.serial for row in self.taken_serials.all()))

    @property
    def numbers(self) -> tuple[int, ...]:
        """Its numbers in the volume."""
        return numbering.numbers(self.serials, self.volume.first_serial)

    @property
    def line(self) -> str:
        """`#317 Vol 7, No 26, 29 June 2025`."""
        return numbering.issue_line(self.serials, self.volume.number, self.numbers, self.date)

    @property
    def is_published(self) -> bool:
        return self.published_at is not None


class IssueSerial(models.Model):
    """One serial, taken by one issue, for ever."""

    publication = models.ForeignKey(Publication, on_delete=models.PROTECT, related_name="+")
    issue = models.ForeignKey(Issue, on_delete=models.CASCADE, related_name="taken_serials")
    serial = models.PositiveIntegerField(validators=[MinValueValidator(1)])

    class Meta:
        ordering = ["serial"]
        constraints = [
            models.UniqueConstraint(fields=["publication", "serial"], name="a_serial_is_taken_once")
        ]

    def __str__(self) -> str:
        return f"#{self.serial}"


class IssueEntry(models.Model):
    """A note's place in an issue."""

    issue = models.ForeignKey(Issue, on_delete=models.CASCADE, related_name="entries")
    note = models.ForeignKey(Note, on_delete=models.PROTECT, related_name="entries")
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["position", "pk"]
        verbose_name_plural = "entries"
        constraints = [
            models.UniqueConstraint(
                fields=["issue", "note"], name="a_note_stands_once_in_an_issue"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.position}. {self.note}"


class Edition(models.Model):
    """What is mailed, rendered once and never changed: the subject, the HTML, the text.

    Belongs to an issue, or to one note for an alert.
    """

    publication = models.ForeignKey(Publication, on_delete=models.PROTECT, related_name="editions")
    issue = models.ForeignKey(
        Issue, on_delete=models.PROTECT, null=True, blank=True, related_name="editions"
    )
    note = models.ForeignKey(
        Note, on_delete=models.PROTECT, null=True, blank=True, related_name="alerts"
    )
    subject = models.CharField(max_length=200)
    html = models.TextField()
    text = models.TextField()
    sha256 = models.CharField(max_length=64)
    content = models.JSONField(
        help_text="What was rendered, as plain values: the public pages show it for ever."
    )
    rendered_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-rendered_at"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(issue__isnull=False, note__isnull=True)
                | models.Q(issue__isnull=True, note__isnull=False),
                name="an_edition_is_of_an_issue_or_of_a_note",
            ),
            models.UniqueConstraint(
                fields=["publication", "note"], name="a_note_is_one_alert_of_a_publication"
            ),
        ]

    def __str__(self) -> str:
        return self.subject


class Approval(models.Model):
    """A person's word that one edition of an issue may be sent.

    It holds for exactly those bytes: an edit that changes them voids it.
    """

    issue = models.ForeignKey(Issue, on_delete=models.CASCADE, related_name="approvals")
    edition = models.OneToOneField(Edition, on_delete=models.PROTECT, related_name="approval")
    sha256 = models.CharField(max_length=64)
    audience = models.CharField(max_length=200, help_text="The rule that chooses the readers.")
    send_at = models.DateTimeField()
    approved_by = models.CharField(max_length=150)
    approved_at = models.DateTimeField(auto_now_add=True)
    voided_at = models.DateTimeField(null=True, blank=True)
    void_reason = models.CharField(max_length=300, blank=True)
    findings = models.JSONField(
        default=list, help_text="What preflight had found, and the approver let pass."
    )

    class Meta:
        ordering = ["-approved_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["issue"],
                condition=models.Q(voided_at__isnull=True),
                name="one_approval_in_force_an_issue",
            )
        ]

    def __str__(self) -> str:
        return f"{self.issue} approved by {self.approved_by}"


class LinkAnswer(models.Model):
    """What the site behind a link said when it was asked last."""

    address = models.CharField(max_length=1000)
    key = models.CharField(max_length=64, unique=True, help_text="SHA-256 of the address.")
    reachable = models.BooleanField()
    sentence = models.CharField(max_length=300, blank=True, help_text="Why it is not.")
    asked_at = models.DateTimeField()

    class Meta:
        ordering = ["-asked_at"]

    def __str__(self) -> str:
        return self.address


class SpamVerdict(models.Model):
    """What SpamAssassin thought of a mail."""

    sha256 = models.CharField(
        max_length=64, unique=True, help_text="Of the rendering's own, its sender and its site."
    )
    score = models.FloatField()
    rules = models.JSONField(default=list, help_text="Names and points of the rules that hit.")
    asked_at = models.DateTimeField()

    class Meta:
        ordering = ["-asked_at"]

    def __str__(self) -> str:
        return f"{self.score:.1f}"
