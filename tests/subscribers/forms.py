"""A form as a browser without JavaScript would send it."""

from html.parser import HTMLParser


class _Fields(HTMLParser):
    def __init__(self):
        super().__init__()
        self.action, self.fields, self.buttons = "", [], []

    def handle_starttag(self, tag, attrs):
        has = dict(attrs)
        if tag == "form":
            self.action = has.get("action", "")
        if tag == "button" and "name" in has:
            self.buttons.append((has["name"], has["value"]))
        is_off = has.get("type") == "checkbox" and "checked" not in has
        if tag == "input" and not is_off:
            self.fields.append((has["name"], has.get("value", "")))


def form_of(html):
    """Where the page's form goes, its fields with their values, and its buttons that have one."""
    found = _Fields()
    found.feed(html)
    data = {}
    for name, value in found.fields:
        data.setdefault(name, []).append(value)
    return found.action, data, found.buttons
