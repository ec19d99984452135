"""Choosing countries: a list to tick, which a search shortens, instead of a box of 250 lines.

And comparing them between two versions, by their names.
"""

from __future__ import annotations

from typing import Any

from django.forms import CheckboxSelectMultiple, Media
from django.template.loader import render_to_string
from wagtail.admin.compare import FieldComparison, TextFieldComparison
from wagtail.admin.panels import FieldPanel


class CountriesWidget(CheckboxSelectMultiple):
    """Checkboxes in columns. Without JavaScript the list is whole, and works."""

    template_name = "desk/note_countries.html"

    @property
    def media(self) -> Media:
        return Media(js=["desk/countries.js"], css={"all": ["desk/note.css"]})

    def _render(self, template_name: str, context: dict[str, Any], renderer: Any = None) -> str:
        # Django looks for a widget's template in its own folders only.
        return render_to_string(template_name, context)


class CountriesComparison(TextFieldComparison):
    """Wagtail's own for fields with choices knows only those of which one is chosen."""

    def __init__(self, field: Any, obj_a: Any, obj_b: Any) -> None:
        super().__init__(field, obj_a, obj_b)
        self.val_a: str = _names(field.value_from_object(obj_a))
        self.val_b: str = _names(field.value_from_object(obj_b))


def _names(countries: Any) -> str:
    return ", ".join(sorted(str(country.name) for country in countries))


class CountriesPanel(FieldPanel):
    """The panel of both."""

    def get_comparison_class(self) -> type[FieldComparison]:
        return CountriesComparison
