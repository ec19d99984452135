"""An outsider's word: html-validate finds nothing in any form of any mail.

Its rules against what only old mail programs need (styles at the elements, attributes for
measures, comments for Outlook, roles that say what a table is) are off; see `tests/node`.
"""

from newsroom.gallery.forms import FORMS, reader_copy
from tests.optional import answered_by_node

RULES = "html-validate.mails.json"


def findings(pages):
    asked = {"rules": RULES, "pages": pages}
    return answered_by_node("validate_html.mjs", "html-validate", asked)


def test_every_mail_is_good_html():
    assert findings({form.name: reader_copy(form.render().html) for form in FORMS}) == []


def test_what_is_not_good_html_would_be_found():
    found = findings({"mail": '<!doctype html><html lang="en"><p>Here <img src="a.png"></div>'})
    for rule in ("close-order", "element-required-content", "wcag/h37"):
        assert any(rule in finding for finding in found), found
