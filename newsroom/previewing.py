"""Looking at a mail before anybody gets it: files that a browser and a terminal show."""

from __future__ import annotations

import os
from pathlib import Path

from issues.approval import approval_in_force
from issues.editions import render_issue
from issues.models import Issue
from newsroom.configuration import configuration
from newsroom.whole_files import whole_file
from rendering.content import Rendering
from rendering.marks import Mark, name_values, personalise


def rendering_of(issue: Issue) -> Rendering:
    """The issue as it was mailed, whatever was edited since; before that, as it would be mailed."""
    approval = approval_in_force(issue)
    if not issue.is_published or approval is None:
        return render_issue(issue)
    mailed = approval.edition
    return Rendering(mailed.subject, mailed.html, mailed.text, mailed.sha256)


def as_a_reader_sees_it(text: str) -> str:
    """A rendered part as one for whom no name is known reads it; the links lead nobody anywhere."""
    home = configuration().site_url
    return personalise(
        text,
        {
            Mark.UNSUBSCRIBE_URL: f"{home}/unsubscribe/preview",
            Mark.PREFERENCES_URL: f"{home}/preferences/preview",
            **name_values(""),
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
    parts = {
        html: as_a_reader_sees_it(rendering.html).replace(f"{ours.site_url}/media/", f"{media}/"),
        html.with_suffix(".txt"): as_a_reader_sees_it(rendering.text),
    }
    for file, content in parts.items():
        with whole_file(file) as stream:
            stream.write(content)
    return html
