"""Links: they lead to public pages, tell on nobody, and say where they lead."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from issues.preflight import Level
from issues.preflight.anchors import anchors
from issues.preflight.facts import Answered
from issues.preflight.links import CHECKS
from rendering.content import Region, Section, Source, Takeaway, Takeaways
from tests.issues.preflight.sound import codes, saying, sound
from tests.rendering.samples import PORTS, RIVER

NOT_FOLLOWED = (
    *("htp://example.org/", "example.org/talks", "/talks/", "https:///talks", "https://"),
    *("https://exa mple.org/", "https://example..org/", "https://example.org:port/", "mailto:x"),
    *("https://[::1/", "javascript:alert(1)", "file:///C:/talks.docx", "https//example.org"),
)
INNER = (
    *("localhost", "127.0.0.1:8000", "10.0.0.7", "192.168.1.1", "169.254.1.1", "[::1]", "127.1"),
    *("[fd00::7]", "wiki", "nas.local", "files.internal", "printer.lan", "site.test"),
    *("0x7f000001", "100.64.0.1", "[::ffff:10.0.0.1]"),
)
LINKED = "<p>See <a href='{}'>the text of the agreement</a>.</p>"


def found(*notes, **changes):
    issue = sound(*notes, **changes)
    return [finding for check in CHECKS for finding in check(issue)]


def about(address, **changes):
    return found(saying(LINKED.format(address)), **changes)


def about_words(words, address):
    return found(saying(f"<p>See <a href='{address}'>{words}</a>.</p>"))


def test_a_sound_issue_has_sound_links():
    assert found() == []


def test_a_finding_says_where_the_link_stands_and_where_it_is_mended():
    (finding,) = about("https://example.org/?utm_source=x")
    assert finding.place == "Upper Tamba river agreement: " + RIVER.claim + " › What happened?"
    assert finding.fix == "/desk/notes/1/"


def test_links_are_looked_at_wherever_a_note_or_an_issue_can_have_one():
    bad = "http://example.org/page"
    link = f'<a href="{bad}">a page of words</a>'
    points = Takeaways((Takeaway("First", f"<p>{link}</p>"),))
    note = replace(
        PORTS,
        sections=(*PORTS.sections, Section("", (points,))),
        sources=(Source("The Post", "Strikes", bad, None),),
    )
    issue = found(note, regions=(Region("Asia", (f"<p>{link}</p>",)),))
    assert codes(issue) == ["link-not-https"] * 3
    headline = f"{PORTS.subject}: {PORTS.claim}"
    assert [one.place for one in issue] == ["briefs › Asia", headline, f"{headline} › sources"]
    assert [one.fix for one in issue] == ["/desk/issue/", "/desk/notes/1/", "/desk/notes/1/"]


def test_a_link_that_stands_twice_is_named_once_in_each_place():
    twice = LINKED.format("http://example.org/a") * 2
    assert codes(found(saying(twice), saying(twice, PORTS))) == ["link-not-https"] * 2


# link-malformed


@pytest.mark.parametrize("href", NOT_FOLLOWED)
def test_an_address_that_cannot_be_followed_stops_the_issue(href):
    (finding,) = about(href)
    assert (finding.code, finding.level) == ("link-malformed", Level.BLOCKER)
    assert "“the text of the agreement”" in finding.sentence


def test_the_advice_for_a_mailbox_is_another_than_for_a_page():
    assert "beginning with https://" in about("/talks/")[0].sentence
    assert "like name@example.org" in about("mailto:desk")[0].sentence


@pytest.mark.parametrize("anchor", ["<a>", "<a href=''>", '<a linktype="page">', "<a href>"])
def test_a_link_whose_target_is_gone_stops_the_issue(anchor):
    (finding,) = found(saying(f"<p>See {anchor}the text</a>.</p>"))
    assert finding.code == "link-malformed"
    assert finding.sentence.startswith("The link “the text” leads nowhere")


@pytest.mark.parametrize(
    "html",
    [
        '<p><a name="_Toc123"></a>Words.</p>',
        '<p><a id="bookmark">Words</a>.</p>',
        "<p><a></a>Words.</p>",
        "<p>Not a link: &lt;a href='x'&gt;.</p>",
        '<p><a href="https://EXAMPLE.org/%C3%A4?q=ü#frag">Some words</a></p>',
        '<p><a href="https://bücher.example/">Some words</a></p>',
        '<p><a href="mailto:editors@newsroom.example">The editors</a></p>',
    ],
)
def test_what_is_no_link_or_a_good_one_is_left_alone(html):
    assert found(saying(html)) == []


@pytest.mark.parametrize(
    ("html", "led_to"),
    [
        ("<a href=https://example.org/a>one</a>", ["https://example.org/a"]),
        (
            "<A\nHREF = 'https://example.org/a?b=1&amp;c=2' >one</A>",
            ["https://example.org/a?b=1&c=2"],
        ),
        ('<a title="a > b" href="/a">one</a>', ["/a"]),
        ('<a href="/a" href="/b">one</a>', ["/a"]),
        ('<!-- <a href="/a">no</a> --><a href="/b">one</a>', ["/b"]),
        ('<abbr href="/a">no</abbr><a href="/b">one</a>', ["/b"]),
        ('<a href="/a">one<a href="/b">one', ["/a", "/b"]),
        ('<a href="/a">one</a><a href="/b', ["/a"]),
        ("<a href>one</a>", [None]),
    ],
)
def test_links_are_read_as_browsers_read_them(html, led_to):
    assert anchors(html) == tuple((address, "one") for address in led_to)


@given(st.text(alphabet="<>a/=\"' !-hrefp\n&;"))
def test_whatever_is_written_gives_links_or_none(html):
    assert all(words == words.strip() for _, words in anchors(html))


# link-dropped


@pytest.mark.parametrize("href", ["tel:+123", "#talks", "mailto:?subject=Talks", "SMS:123", "#"])
def test_a_link_that_no_mail_can_hold_is_named_and_does_not_stop(href):
    (finding,) = about(href)
    assert (finding.code, finding.level) == ("link-dropped", Level.WARNING)
    assert "“the text of the agreement”" in finding.sentence
    assert "https://" not in finding.sentence


# link-not-https


def test_a_link_that_is_not_secure_is_named():
    (finding,) = about("HTTP://example.org/page")
    assert (finding.code, finding.level) == ("link-not-https", Level.WARNING)
    assert "“the text of the agreement” to example.org" in finding.sentence


def test_our_own_pages_are_as_secure_as_our_site_is():
    assert about("http://127.0.0.1:8000/issues/", site_url="http://127.0.0.1:8000") == []


# link-tracking


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("utm_source=a&id=3&utm_medium=b&utm_source=c", "utm_source and utm_medium"),
        ("fbclid=abc", "fbclid"),
        ("gclid=", "gclid"),
        ("a=1&mc_cid=1&mc_eid=2&UTM_Term=x", "mc_cid, mc_eid and UTM_Term"),
        ("igshid=1", "igshid"),
    ],
)
def test_parameters_that_follow_readers_are_named(query, named):
    (finding,) = about(f"https://example.org/page?{query}")
    assert (finding.code, finding.level) == ("link-tracking", Level.WARNING)
    assert f"Take {named} out" in finding.sentence


@pytest.mark.parametrize("query", ["id=utm_source", "page=2&ref=home", "futm_x=1", "pkg=1"])
def test_other_parameters_are_not(query):
    assert about(f"https://example.org/page?{query}") == []


# link-credentials


@pytest.mark.parametrize(
    "address",
    [
        "https://anna:s3cret@example.org/",
        "https://s3cret@example.org/",
        "https://example.org/?access_token=s3cret",
        "https://example.org/?a=1&API_KEY=s3cret",
        "https://example.org/#id_token=s3cret",
        "https://example.org/page;jsessionid=s3cret",
        "https://files.example.org/a?X-Amz-Signature=s3cret",
    ],
)
def test_a_password_in_an_address_stops_the_issue_and_is_not_repeated(address):
    (finding,) = about(address)
    assert (finding.code, finding.level) == ("link-credentials", Level.BLOCKER)
    assert "s3cret" not in finding.sentence


@pytest.mark.parametrize(
    "words",
    [
        "https://example.org/a?pwd=s3cret",
        "example.org/a?pwd=s3cret",
        "read https://example.org/#token=s3cret",
        "https://anna:s3cret@example.org/",
        "anna:s3cret@example.org",
        "www.example.org/a;jsessionid=s3cret",
    ],
)
@pytest.mark.parametrize(
    "address", ["https://example.org/a?pwd=s3cret", "http://example.org/", "#a", "", "/a?b"]
)
def test_a_secret_in_the_words_of_a_link_is_not_repeated(words, address):
    found = about_words(words, address)
    assert found
    assert not any("s3cret" in finding.sentence for finding in found)


@pytest.mark.parametrize(
    "address",
    [
        "https://us02web.zoom.us/j/8123?pwd=abc",
        "https://teams.microsoft.com/l/meetup-join/1?pwd=abc",
        "https://institute.webex.com/meet/a?password=abc",
    ],
)
def test_the_password_of_a_public_invitation_is_none(address):
    assert about(address) == []
    assert codes(
        about(address.replace(".com", ".com.example.org").replace(".us", ".us.example.org"))
    ) == ["link-credentials"]
    assert codes(about(f"{address}&access_token=abc")) == ["link-credentials"]


@pytest.mark.parametrize("rest", ["/@author/post", "/?token=", "/tokens?q=password", "/#section"])
def test_what_only_looks_like_a_password_is_none(rest):
    assert about(f"https://example.org{rest}") == []


# link-private


@pytest.mark.parametrize("host", INNER)
def test_an_inner_address_stops_what_is_really_sent(host):
    (finding,) = about(f"https://{host}/page")
    assert (finding.code, finding.level) == ("link-private", Level.BLOCKER)
    assert about(f"http://{host}/page", really_sent=False)[0].level is Level.WARNING


@pytest.mark.parametrize("host", ["8.8.8.8", "[2606:4700::1111]", "local.example.org", "lan.org"])
def test_a_public_address_does_not(host):
    assert about(f"https://{host}/page") == []


def test_a_link_to_the_desk_stops_what_is_really_sent():
    site = "https://weekly.newsroom.example"
    (finding,) = about(f"{site}/desk/notes/7/edit/", site_url=site)
    assert (finding.code, finding.level) == ("link-private", Level.BLOCKER)
    assert "the desk, which is for editors" in finding.sentence
    assert about(f"{site}/desktop/", site_url=site) == []
    assert about("https://other.example.org/desk/", site_url=site) == []


# link-text


@pytest.mark.parametrize(
    "words", ["here", "Click here", "this link.", "Read more…", "[link]", "HERE", "learn\n more »"]
)
def test_words_that_say_nothing_are_hinted_at(words):
    (finding,) = found(saying(f'<p>The text is <a href="https://example.org/">{words}</a>.</p>'))
    assert (finding.code, finding.level) == ("link-text", Level.HINT)
    assert "example.org" in finding.sentence


def test_a_long_bare_address_is_hinted_at_and_a_short_one_is_not():
    long = "https://example.org/a/very/long/way/to/the/page"
    assert codes(found(saying(f'<p><a href="{long}">{long}</a></p>'))) == ["link-text"]
    assert found(saying('<p><a href="https://example.org/">https://example.org</a></p>')) == []


def test_a_link_without_words_is_hinted_at():
    (finding,) = found(saying('<p>Words <a href="https://example.org/"> </a>go on.</p>'))
    assert finding.code == "link-text"
    assert "has no words" in finding.sentence


@pytest.mark.parametrize("words", ["eleven rounds of talks", "the <em>here</em> and now", "UN"])
def test_words_that_name_the_page_are_good(words):
    assert found(saying(f'<p><a href="https://example.org/">{words}</a></p>')) == []


# link-unreachable


def test_a_page_that_was_not_there_is_named_with_what_the_site_said():
    address = "https://example.org/a?b=ü"
    answers = {"https://example.org/a?b=%C3%BC": Answered(False, "The page is not there.")}
    (finding,) = about(address, answers=answers)
    assert (finding.code, finding.level) == ("link-unreachable", Level.WARNING)
    assert finding.sentence == (
        "The link “the text of the agreement” to example.org: The page is not there. Open it, and "
        "mend or replace it."
    )


def test_a_page_that_was_there_or_was_not_asked_for_is_not_named():
    assert about("https://example.org/a", answers={"https://example.org/a": Answered(True)}) == []
    assert about("https://example.org/a", answers={"https://example.org/b": Answered(False)}) == []
