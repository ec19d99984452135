"""The groups in the database are those of the table, and an administrator can give their rights."""

import pytest
from django.contrib.auth.models import Group, Permission
from wagtail import hooks
from wagtail.models import GroupApprovalTask, GroupCollectionPermission, GroupPagePermission

from desk.roles import APPROVERS, PICTURES, RIGHTS, rights

pytestmark = pytest.mark.django_db


def named(permissions):
    return {f"{one.content_type.app_label}.{one.codename}" for one in permissions}


def test_there_are_these_groups_and_no_others():
    assert set(Group.objects.values_list("name", flat=True)) == set(RIGHTS)


@pytest.mark.parametrize("name", RIGHTS)
def test_a_group_has_the_rights_of_the_table(name):
    group = Group.objects.get(name=name)
    assert named(group.permissions.select_related("content_type")) == RIGHTS[name]
    given = GroupCollectionPermission.objects.filter(group=group)
    assert named(one.permission for one in given) == PICTURES[name]


def test_nobody_has_rights_on_pages_or_may_put_a_note_past_its_approval():
    assert not GroupPagePermission.objects.exists()
    assert not any(name.endswith(".publish_note") for every in RIGHTS.values() for name in every)


def test_the_step_of_the_workflow_is_taken_by_those_of_the_table():
    task = GroupApprovalTask.objects.get(name="An editor approves")
    assert set(task.groups.values_list("name", flat=True)) == set(APPROVERS)


def test_every_right_of_the_table_exists():
    assert named(rights().select_related("content_type")) == frozenset().union(*RIGHTS.values())


def test_an_administrator_is_offered_the_rights_of_the_table_and_no_others_on_what_is_ours():
    offered = Permission.objects.none()
    for registered in hooks.get_hooks("register_permissions"):
        offered |= registered()
    # Wagtail offers its own ones on its sites, and there is but one.
    ours = offered.exclude(content_type__app_label="wagtailcore", content_type__model="site")
    assert named(ours.select_related("content_type")) == frozenset().union(*RIGHTS.values())
