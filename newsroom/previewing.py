"""Looking at a mail before anybody gets it: files that a browser and a terminal show."""

from __future__ import annotations

import os
from pathlib import Path

from newsroom.configuration import configuration
from rendering.content import Rendering
from rendering.marks import Mark, personalise


def as_a_reader_sees_it(text: str) -> str:
    """A rendered part with its marks replaced by addresses that lead nobody anywhere."""
    home = configuration().site_url
    return personalise(
        text,
        {
            Mark.UNSUBSCRIBE_URL: f"{home}/unsubscribe/preview",
            Mark.PREFERENCES_URL: f"{home}/preferences/preview",
        },
    )


def write_preview(rendering: Rendering, folder: Path, name: str) -> Path:
    """Write NAME.html and NAME.txt into a folder; returns the HTML file.

    Its pictures are those in the state folder, so that it is complete without the site.
    """
    folder.mkdir(parents=True, exist_ok=True)
    ours = configuration()
    media = os.path.relpath(ours.state / "media", folder)
    html = folder / f"{name}.html"
    html.write_text(
        as_a_reader_sees_it(rendering.html).replace(f"{ours.site_url}/media/", f"{media}/"),
        encoding="utf-8",
    )
    html.with_suffix(".txt").write_text(as_a_reader_sees_it(rendering.text), encoding="utf-8")
    return html
