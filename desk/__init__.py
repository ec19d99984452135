"""What editors see: Wagtail's admin, furnished for a numbered weekly."""
