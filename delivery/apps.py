"""Registers the room with Django."""

from django.apps import AppConfig


class DeliveryConfig(AppConfig):
    name = "delivery"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Tell the rooms that know nothing of this one what they can't find out themselves.

        The readers' side: what is held of mailings. The issues: which readers a sentence means.
        """
        from delivery.audience import why_not_understood
        from delivery.holdings import mailings_of
        from issues import segments
        from subscribers import holdings

        holdings.also("mailings", mailings_of)
        segments.doubts_are_told_by(why_not_understood)
