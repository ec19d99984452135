"""Who gets the open issue is chosen by hand, on the record, and takes its approval back."""

import pytest
from wagtail.models import ModelLogEntry

from issues.approval import approval_in_force, approve_issue
from issues.arranging import choose_readers
from issues.assembling import assemble
from issues.errors import IssueError

pytestmark = pytest.mark.django_db


@pytest.fixture
def issue(twtw, write_note):
    return assemble(twtw, write_note().date).issue


def test_others_take_the_approval_back_and_the_same_do_not(issue):
    approve_issue(issue, "An Editor")
    assert not choose_readers(issue, "", "")
    assert approval_in_force(issue) is not None
    assert choose_readers(issue, "region Africa", "")
    issue.refresh_from_db()
    assert issue.segment == "region Africa"
    assert approval_in_force(issue) is None
    assert "confirmed readers of The World This Week: region Africa" in (
        issue.approvals.get().void_reason
    )
    entry = ModelLogEntry.objects.get(action="issues.choose_readers")
    assert "region Africa" in entry.data["what"]


def test_what_somebody_else_chose_since_is_not_written_over(issue):
    choose_readers(issue, "region Africa", "")
    with pytest.raises(IssueError, match="Somebody else chose"):
        choose_readers(issue, "region Europe", "")
    issue.refresh_from_db()
    assert issue.segment == "region Africa"


def test_what_was_mailed_stays(issue):
    issue.published_at = "2025-06-29T02:30Z"
    issue.save()
    with pytest.raises(IssueError, match="is published"):
        choose_readers(issue, "region Africa", "")
