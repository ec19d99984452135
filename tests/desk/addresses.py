"""Every address of the desk, and who may enter there."""

from django.urls import URLPattern, get_resolver
from django.urls.resolvers import RegexPattern

EVERYBODY = frozenset({"contributor", "editor", "publisher", "administrator"})
WRITING = EVERYBODY - {"publisher"}
KNOWING = EVERYBODY - {"contributor"}
ALL_NOTES = frozenset({"editor", "administrator"})
SENDING = frozenset({"publisher", "administrator"})
ADMINISTRATORS = frozenset({"administrator"})
NOBODY = frozenset()
# Nothing of the newsroom's is there, so whoever is signed in may come and find it empty.
NO_MATTER = None

# By the beginning of an address's name; of several the longest counts. What is about one note,
# picture or account is meant of somebody else's.
WHO_ENTERS = {
    "^desk/": NOBODY,
    "account_": NO_MATTER,
    "mfa_": NO_MATTER,
    "desk/test404/": NO_MATTER,
    "desk/^.*/$": NO_MATTER,
    "api_keys:": ADMINISTRATORS,
    "corrections:": KNOWING,
    "corrections:choose": ALL_NOTES,
    "corrections:record": ALL_NOTES,
    "corrections:mail": SENDING,
    "issue_desk:": KNOWING,
    **dict.fromkeys(
        (f"issue_desk:{name}" for name in ("arrange", "leave-out", "take-in", "postpone")),
        ALL_NOTES,
    ),
    **dict.fromkeys(
        (
            f"issue_desk:{name}"
            for name in (
                "alert",
                "approve",
                "links",
                "reschedule",
                "send-now",
                "take-back",
                "withdraw-link",
            )
        ),
        SENDING,
    ),
    "mailings:": KNOWING,
    **dict.fromkeys(
        (f"mailings:{name}" for name in ("go-on", "pause", "resume", "cancel", "settle")), SENDING
    ),
    "note_import:": WRITING,
    "reader_import:": ADMINISTRATORS,
    "reader_health:": KNOWING,
    "readers:": ADMINISTRATORS,
    "readers:index": SENDING,
    "readers:reader": SENDING,
    "record": KNOWING,
    "reconfirming:": KNOWING,
    "reconfirming:begin": ADMINISTRATORS,
    "reconfirming:cancel": ADMINISTRATORS,
    "segments:": SENDING,
    "segments:count": KNOWING,
    "segments:delete": ADMINISTRATORS,
    "wagtail_bulk_action": NO_MATTER,
    "wagtailadmin_home": EVERYBODY,
    "wagtailadmin_account": EVERYBODY,
    "wagtailadmin_logout": NO_MATTER,
    "wagtailadmin_dismissibles": NO_MATTER,
    "wagtailadmin_editing_sessions:": NO_MATTER,
    "wagtailadmin_block_preview": NO_MATTER,
    "wagtailadmin_api:": NO_MATTER,
    "wagtailadmin_choose_page": NO_MATTER,
    "wagtailadmin_tag_": NO_MATTER,
    "wagtailadmin_collections:": NOBODY,
    "wagtailadmin_error_test": NOBODY,
    "wagtailadmin_explore": NOBODY,
    "wagtailadmin_pages:": NOBODY,
    **dict.fromkeys(
        (
            f"wagtailadmin_pages:{name}"
            for name in (
                "choose_parent",
                "collect_workflow_action_data",
                "confirm_workflow_cancellation",
                "move_confirm",
                "revisions_index",
                "workflow_action",
            )
        ),
        NO_MATTER,
    ),
    "wagtailadmin_password_reset": NOBODY,
    "wagtailadmin_reports:": NOBODY,
    "wagtailadmin_workflows:": ADMINISTRATORS,
    "wagtailadmin_workflows:usage": NOBODY,
    "wagtailadmin_workflows:task_cho": NO_MATTER,
    "wagtaildocs": NOBODY,
    "wagtailimages:": ALL_NOTES,
    "wagtailimages:index": WRITING,
    "wagtailimages:add": WRITING,
    "wagtailimages:url_generator": NOBODY,
    "wagtailimages_chooser:": NO_MATTER,
    "wagtailsites:": NOBODY,
    "wagtailsnippetchoosers_": NO_MATTER,
    "wagtailsnippets:index": NO_MATTER,
    "wagtailsnippets_delivery_pace:": SENDING,
    "wagtailsnippets_delivery_pace:add": NOBODY,
    "wagtailsnippets_delivery_pace:delete": NOBODY,
    "wagtailsnippets_issues_issue:": ALL_NOTES,
    "wagtailsnippets_issues_issue:add": NOBODY,
    "wagtailsnippets_issues_issue:delete": NOBODY,
    "wagtailsnippets_issues_publication:": ADMINISTRATORS,
    "wagtailsnippets_issues_volume:": ADMINISTRATORS,
    "wagtailsnippets_notes_note:": ALL_NOTES,
    "wagtailsnippets_notes_note:list": EVERYBODY,
    "wagtailsnippets_notes_note:add": WRITING,
    "wagtailsnippets_notes_note:preview_on_add": WRITING,
    "wagtailsnippets_notes_note:slips_of_new": WRITING,
    "wagtailsnippets_notes_note:inspect": KNOWING,
    "wagtailsnippets_notes_note:revisions_unschedule": NOBODY,
    "wagtailsnippets_notes_note:revisions_view": KNOWING,
    # In review only who locked it.
    "wagtailsnippets_notes_note:unlock": NOBODY,
    "wagtailsnippets_notes_note:unpublish": NOBODY,
    "wagtailsnippets_notes_person:": ALL_NOTES,
    "wagtailsnippets_notes_person:list": WRITING,
    "wagtailsnippets_notes_person:add": WRITING,
    "wagtailsnippets_notes_person:history": WRITING,
    "wagtailsnippets_notes_sectionschema:": ADMINISTRATORS,
    "wagtailusers_": ADMINISTRATORS,
}
# Where a stranger is not led to signing in: what that needs itself.
WITHOUT_SIGNING_IN = (
    "account_",
    "mfa_",
    "wagtailadmin_javascript_catalog",
    "wagtailadmin_login",
    "wagtailadmin_sprite",
)


def addresses_below_the_desk():
    """Of every pattern: its name with its namespaces (or its text), the names of its arguments."""
    return [
        (name, arguments)
        for name, text, arguments in _walk(get_resolver().url_patterns, (), "", ())
        if text.lstrip("^").startswith("desk/")
    ]


def longest(table, name):
    """The entry of a table whose key is the longest beginning of a name.

    Raises:
        ValueError: if there is none: an address that nobody has thought of here.
    """
    return table[max((key for key in table if name.startswith(key)), key=len)]


def _walk(patterns, namespaces, before, outer):
    for one in patterns:
        text = before + str(one.pattern)
        regex = isinstance(one.pattern, RegexPattern)
        arguments = (*outer, *(one.pattern.regex.groupindex if regex else one.pattern.converters))
        if isinstance(one, URLPattern):
            yield ":".join((*namespaces, one.name)) if one.name else text, text, arguments
        else:
            inner = (*namespaces, one.namespace) if one.namespace else namespaces
            yield from _walk(one.url_patterns, inner, text, arguments)
