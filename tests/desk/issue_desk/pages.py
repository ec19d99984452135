"""The issue desk's pages as a person uses them: opened, filled in, sent."""

import re
from html import unescape

from django.urls import reverse
from django.utils import timezone

from subscribers.models import Reader, Subscription


def at(name, *more, publication="twtw"):
    return reverse(f"issue_desk:{name}", args=[publication, *more])


def text_of(response):
    """What a page says, without what nobody sees."""
    text = re.sub(r"<(script|style|svg).*?</\1>", " ", response.content.decode(), flags=re.DOTALL)
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]*>", " ", text)))


def fields_of(response):
    """The fields of a page's forms as a browser would send them, unchanged.

    Args:
        response: what Django's client was answered, or the page itself.
    """
    page = response if isinstance(response, str) else response.content.decode()
    found = {}
    for field in re.findall(r"<input[^>]*>", page):
        kind, name, value = (
            unescape(match[1]) if (match := re.search(rf'\b{part}="([^"]*)"', field)) else ""
            for part in ("type", "name", "value")
        )
        if name and (kind not in ("checkbox", "radio") or "checked" in field):
            found[name] = value
    return found


def press(client, path, **changed):
    """Open a page, change some fields of its form, and press its button."""
    return client.post(path, {**fields_of(client.get(path)), **changed})


def told(client, response):
    """What the desk says on the page after a change."""
    page = client.get(response.url).content.decode()
    found = re.search(r'<div class="messages".*?</ul>', page, re.DOTALL)
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]*>", " ", found[0]))).strip() if found else ""


def gather(publication, number):
    """Make readers until a publication has so many who have confirmed."""
    confirmed = Subscription.objects.filter(publication=publication, state="confirmed")
    addresses = [f"more{n}@example.org" for n in range(number - confirmed.count())]
    readers = Reader.objects.bulk_create(Reader(address=one, key=one) for one in addresses)
    Subscription.objects.bulk_create(
        Subscription(
            reader=reader,
            publication=publication,
            state="confirmed",
            confirmed_at=timezone.now(),
        )
        for reader in readers
    )
