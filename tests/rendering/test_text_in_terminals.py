"""An outsider's word: the mail as mutt and lynx show it, to those who read in a terminal."""

import email
import os
import pty
import re
import subprocess
from dataclasses import replace
from email import policy
from unicodedata import category, east_asian_width

import pytest

from delivery.transports.outbox import Outbox
from rendering.content import Section, Takeaway, Takeaways, Text
from rendering.mail import render_issue
from rendering.marks import personalise
from tests.optional import program
from tests.rendering.samples import ISSUE, PORTS, RIVER
from tests.standins.test_prism import MESSAGE, addressee

COLUMNS = 72
SCRIPTS = (
    "تنص المادة الأولى على أن للدولة رأياً.",
    "पहला अनुच्छेद निचले देश का है।",
    "第一条规定下游国家有权发表意见。",
)
POINTS = Takeaways(
    (
        Takeaway("A calendar is easier to keep than a quota.", "<p>It can be checked.</p>"),
        Takeaway("The protocol is missing.", "<p>And it may <em>stay</em> so.</p>"),
    )
)
NOTE = replace(
    RIVER,
    sections=(
        *RIVER.sections,
        Section("What to remember", (POINTS, Text("".join(f"<p>{line}</p>" for line in SCRIPTS)))),
    ),
)
READER = addressee(1)


@pytest.fixture(scope="module")
def rendering():
    return render_issue(
        replace(ISSUE, notes=(NOTE, PORTS), subject_line=f"TWTW #318: {SCRIPTS[2]}")
    )


@pytest.fixture
def maildir(rendering, tmp_path):
    """A reader's mailbox with the issue in it, as the outbox writes one."""
    message = replace(MESSAGE, subject=rendering.subject, html=rendering.html, text=rendering.text)
    Outbox(tmp_path / "mail").hand_over(message, [READER])
    return tmp_path / "mail"


def surroundings(home):
    """What a program in a terminal finds around it; nothing of this machine's user."""
    return {
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "LC_ALL": "C.UTF-8",
        "PATH": os.environ["PATH"],
        "TERM": "xterm",
    }


@pytest.fixture
def in_mutt(maildir, tmp_path):
    """What mutt hands its pager for the mail: the lines of its head, and the text."""
    mutt = program("mutt")
    pager, shown, settings = (tmp_path / name for name in ("pager", "shown", "muttrc"))
    pager.write_text(f'#!/bin/sh\ncp "$1" "{shown}"\n')
    pager.chmod(0o755)
    settings.write_text(f'set folder="{maildir}" pager="{pager}" prompt_after=no wait_key=no\n')
    keys = 'push "<display-message><exit>"'
    ours, its = pty.openpty()
    with subprocess.Popen(
        # Should it ever ask something, it ends instead of waiting for an answer.
        [program("timeout"), "20", mutt, "-n", "-R", "-F", settings, "-f", maildir, "-e", keys],
        stdin=its,
        stdout=its,
        stderr=its,
        env=surroundings(tmp_path),
        start_new_session=True,
    ) as process:
        os.close(its)
        screen = b""
        try:
            while drawn := os.read(ours, 65536):
                screen += drawn
        except OSError:  # so Linux says that nobody is at the other end any more
            os.close(ours)
    assert process.returncode == 0, screen.decode(errors="replace")
    _, head, text = shown.read_text(encoding="utf-8").split("\n\n", 2)
    return head, text


@pytest.fixture
def in_lynx(maildir, tmp_path):
    """What lynx makes of the HTML part: the text, and the addresses by their numbers."""
    lynx = program("lynx")
    (file,) = (maildir / "new").iterdir()
    mail = email.message_from_bytes(file.read_bytes(), policy=policy.default)
    page = tmp_path / "page.html"
    page.write_text(mail.get_body(("html",)).get_content(), encoding="utf-8")
    dump = subprocess.run(
        [lynx, "-dump", "-width=80", "-display_charset=utf-8", page],
        capture_output=True,
        encoding="utf-8",
        env=surroundings(tmp_path),
        check=True,
    )
    text, _, references = dump.stdout.partition("\nReferences\n")
    return text, dict(re.findall(r"^ *(\d+)\. (\S+)$", references, re.MULTILINE))


def columns(line):
    """How wide a terminal shows a line."""
    return sum(
        0
        if category(character) in {"Mn", "Me", "Cf"}
        else 1 + (east_asian_width(character) in "WF")
        for character in line
    )


def test_mutt_shows_every_word_of_the_text_part_as_it_was_written(rendering, in_mutt):
    head, text = in_mutt
    assert text == personalise(rendering.text, READER.values)
    assert f"Subject: {rendering.subject}" in head.split("\n")
    assert f"To: {READER.name} <{READER.address}>" in head.split("\n")
    for line in SCRIPTS:
        assert line in text


def test_what_mutt_shows_reads_well_in_72_columns(in_mutt):
    _, text = in_mutt
    lines = text.split("\n")
    # An address is never broken, however long it is.
    assert [line for line in lines if columns(line) > COLUMNS and "://" not in line] == []
    assert re.findall(r"<\w|</|&\w+;|\*\*|\[%|\\u|�", text) == []
    for section in NOTE.sections:
        underline = lines[lines.index(section.heading) + 1]
        assert underline == "-" * len(section.heading)
    links = dict(re.findall(r"^(\[\d+\]) (https?://\S+)$", text, re.MULTILINE))
    assert links["[1]"] == "https://example.org/talks?a=1&b=2"
    assert set(re.findall(r"\[\d+\]", text)) == links.keys()
    assert re.search(r"^2022 +78 +655 +average$", text, re.MULTILINE)


def test_lynx_shows_the_html_part_with_its_headings_lists_tables_and_numbered_links(in_lynx):
    text, addresses = in_lynx
    lines = text.split("\n")
    assert max(map(columns, lines)) <= 80
    for heading in ("The World This Week", *(section.heading for section in NOTE.sections)):
        assert heading in lines, heading
    for line in (*SCRIPTS, *(point.lead for point in POINTS.points)):
        assert line in " ".join(text.split())
    assert re.search(r"^ *2022 +78 +655 +average$", text, re.MULTILINE)
    assert re.search(r"^ *\* Kalwe needs 1\.2 GW", text, re.MULTILINE)
    assert re.findall(r"<\w|</|&\w+;|\[%|\\u|�", text) == []
    number = re.search(r"\[(\d+)\]eleven rounds of talks", text)[1]
    assert addresses[number] == "https://example.org/talks?a=1&b=2"
    number = re.search(r"\[(\d+)\]Unsubscribe", text)[1]
    assert addresses[number] == READER.unsubscribe_url
    assert set(re.findall(r"\[(\d+)\]", text)) <= addresses.keys()
