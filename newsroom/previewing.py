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
from rendering.marks import shown_to_nobody


def rendering_of(issue: Issue) -> Rendering:
    """The issue as it was mailed, whatever was edited since; before that, as it would be mailed."""
    approval = approval_in_force(issue)
    if not issue.is_published or approval is None:
        return render_issue(issue)
    mailed = approval.edition
    return Rendering(mailed.subject, mailed.html, mailed.text, mailed.sha256)


def write_preview(rendering: Rendering, folder: Path, name: str) -> Path:
    """Write NAME.html and NAME.txt into a folder; returns the HTML file.

    Its pictures are those in the state folder, so that it is complete without the site.
    """
    folder.mkdir(parents=True, exist_ok=True)
    ours = configuration()
    media = os.path.relpath(ours.state / "media", folder)
    html = folder / f"{name}.html"
    parts = {
        html: shown_to_nobody(rendering.html).replace(f"{ours.site_url}/media/", f"{media}/"),
        html.with_suffix(".txt"): shown_to_nobody(rendering.text),
    }
    for file, content in parts.items():
        with whole_file(file) as stream:
            stream.write(content)
    return html
