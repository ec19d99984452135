"""What somebody wrote themselves: nothing of what they answer, and nothing of a signature."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from subscribers.inbound.own_words import LONGEST, own_words, text_of

OUR_FOOT = """\
This mail goes to Ann Reader because of a subscription to The World This Week.

Preferences:
https://weekly.example.org/preferences/7.abc/

Unsubscribe:
https://weekly.example.org/unsubscribe/7.abc/
"""
QUOTED = "".join(f"> {line}\n" for line in OUR_FOOT.splitlines())


@pytest.fixture(autouse=True)
def _site(settings):
    settings.SITE_URL = "https://weekly.example.org"


ANSWERS = {
    "Gmail": f"On Sun, 29 Jun 2025 at 08:00, The World <w@example.org> wrote:\n\n{QUOTED}",
    "Gmail, broken in two": "On Sun, 29 Jun 2025 at 08:00, The World This Week "
    f"<w@example.org>\nwrote:\n\n{QUOTED}",
    "not marked at all": f"On 29 Jun 2025, at 08:00, The World <w@example.org> wrote:\n{OUR_FOOT}",
    "German": f"Am 29.06.2025 um 08:00 schrieb The World <w@example.org>:\n{QUOTED}",
    "French": f"Le dim. 29 juin 2025 à 08h00, The World <w@example.org> a écrit :\n{QUOTED}",
    "Spanish": f"El dom, 29 jun 2025 a las 8:00, The World (<w@example.org>) escribió:\n{QUOTED}",
    "Outlook": f"-----Original Message-----\nFrom: The World\nSent: Sunday\n\n{OUR_FOOT}",
    "Outlook, in German": f"-----Ursprüngliche Nachricht-----\nVon: The World\n\n{OUR_FOOT}",
    "Outlook on the web": f"{'_' * 32}\nFrom: The World <w@example.org>\n\n{OUR_FOOT}",
    "Outlook, with a head alone": f"From: The World\nSent: Sunday\nTo: Ann\n\n{OUR_FOOT}",
    "Apple, with stars": f"*Von:* The World\n*Gesendet:* Sonntag\n\n{OUR_FOOT}",
    "forwarded": f"---------- Forwarded message ---------\nFrom: The World\n\n{OUR_FOOT}",
    "forwarded by Apple": f"Begin forwarded message:\n\nFrom: The World\n\n{OUR_FOOT}",
    "quoted without a word": QUOTED,
    "our foot and nothing else": f"The World This Week\n\n{OUR_FOOT}",
    "a signature": "-- \nAnn, who will unsubscribe nobody\nSubscribe to my blog",
    "a telephone's": "Sent from my telephone\n",
}


@pytest.mark.parametrize("below", ANSWERS.values(), ids=ANSWERS.keys())
def test_of_an_answer_only_what_was_written_above_counts(below):
    words = own_words(f"Thank you for this.\n\n{below}", "")
    assert words.startswith("Thank you for this.")
    assert "nsubscribe" not in words
    assert "ubscribe" not in words
    assert "nsubscribe" not in own_words(f"\n{below}", "")


def test_what_is_written_below_or_in_between_counts_where_the_quotation_is_marked():
    words = own_words(
        f"On 29 Jun 2025 at 08:00, w@example.org wrote:\n{QUOTED}\nLeave!\n> a\nNow", ""
    )
    assert words.split() == ["Leave!", "Now"]


@pytest.mark.parametrize(
    "text",
    [
        "unsubscribe\nOn Sun, 29 Jun 2025, The World <w@example.org>\nwrote:\n> Hello",
        "unsubscribe\n\nOn Sun, 29 Jun 2025 at 08:00 The\nWorld <w@example.org>\nwrote:\n",
    ],
)
def test_what_stands_right_above_the_introduction_is_no_part_of_it(text):
    assert own_words(text, "").splitlines()[0] == "unsubscribe"


def test_addresses_are_no_words():
    words = own_words(
        "Hello https://example.org/unsubscribe/1/ and <mailto:subscribe@example.org>, "
        "(www.example.org/unsubscribe) or write to unsubscribe@example.org.",
        "",
    )
    assert "ubscribe" not in words
    assert words.startswith("Hello")


def test_the_first_words_count_also_with_one_of_our_links_in_them():
    text = f"Unsubscribe me, https://weekly.example.org/unsubscribe/7.abc/ fails\n\n{OUR_FOOT}"
    assert own_words(text, "").split() == ["Unsubscribe", "me,", "fails"]


PAGES = {
    "Gmail": '<div dir="ltr">Thanks</div><br><div class="gmail_quote"><div>Unsubscribe</div></div>',
    "Apple": '<body>Thanks<div><br><blockquote type="cite"><p>Unsubscribe</p></blockquote></div>',
    "Yahoo": '<p>Thanks</p><div id="yahoo_quoted_1"><div>a<div>b</div></div>Unsubscribe</div>',
    "Outlook": '<p>Thanks</p><div id="divRplyFwdMsg">From: W</div>'
    "<p>From: The World &lt;w@example.org&gt;<br>Sent: Sunday</p><p>Unsubscribe</p>",
    "a quotation in a quotation": "<p>Thanks</p><blockquote>a<blockquote>b</blockquote>Unsubscribe"
    "</blockquote>",
    "not marked, known by its link": '<p>Thanks</p><p>Our mail</p><p><a href="'
    'https://weekly.example.org/unsubscribe/7.abc/">Unsubscribe</a></p>',
    "what nobody sees": "<title>Unsubscribe</title><style>.unsubscribe{}</style>Thanks"
    "<script>unsubscribe()</script><!-- unsubscribe -->",
    "cut off in a comment": "Thanks<!-- unsubscribe",
}


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES.keys())
def test_in_html_what_the_mail_program_quotes_does_not_count(page):
    assert own_words("", page).split("\n")[0] == "Thanks"
    assert "nsubscribe" not in own_words("", page)


def test_html_is_read_as_text_where_there_is_no_other():
    page = "<html><body><p>Please&nbsp;<b>un</b>subscribe</p><div>me &amp; her</div></body></html>"
    assert own_words("", page).split() == ["Please", "unsubscribe", "me", "&", "her"]
    assert own_words("In plain", page) == "In plain"


AWKWARD = {
    "open tags": "<" * 60_000,
    "one long tag": "<" + "a" * 60_000,
    "tags in tags": "<a" * 30_000,
    "open comments": "<!--" * 15_000,
    "open declarations": "<!x" * 20_000,
    "nested divisions": "<div class=gmail_quote>" + "<div>" * 10_000,
    "a rule that is none": "-" * 60_000 + "x",
    "rules that are none": ("-" * 119 + "x\n") * 500,
    "one long word": "a" * 60_000,
    "introductions": ("x 12:00 " * 30 + ":\n") * 250,
    "heads": ("From: " + "x:" * 100 + "\n") * 300,
    "spaces": " " * 60_000 + "x",
    "at signs": "@" * 60_000,
    "entities": "&amp" * 15_000,
}


@pytest.mark.parametrize("text", AWKWARD.values(), ids=AWKWARD.keys())
def test_what_was_made_to_be_awkward_takes_no_time(text):
    for words in (own_words(text, ""), own_words("", text)):
        assert len(words) <= LONGEST


@given(st.text(), st.text(alphabet="<>/=\"' abdivlockquote!-&;\n", max_size=500))
def test_no_text_is_an_error(text, page):
    assert len(own_words(text, page)) <= LONGEST
    assert isinstance(text_of(page), str)
