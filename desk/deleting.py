"""Deleting several things at once, by the rules of deleting one, and for the record.

Wagtail's own way asks for the right on the kind of thing, never on the one, lists what one may
not see, and writes nothing down.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Model, QuerySet
from django.http import Http404
from wagtail import hooks
from wagtail.log_actions import log
from wagtail.snippets.bulk_actions.delete import DeleteBulkAction

SEEING = {"view", "change", "delete"}


class DeleteSeveral(DeleteBulkAction):
    """Takes the place of Wagtail's, whose name it has."""

    def check_perm(self, snippet: Model) -> bool:
        if not self._seen().filter(pk=snippet.pk).exists():
            raise Http404
        policy, user = self.model.snippet_viewset.permission_policy, self.request.user
        return bool(
            policy.user_has_permission(user, "delete")
            and policy.user_has_permission_for_instance(user, "delete", snippet)
        )

    def get_all_objects_in_listing_query(self, parent_id: Any) -> QuerySet[Any]:
        return self._seen().values_list("pk", flat=True)

    @classmethod
    def execute_action(
        cls, objects: Iterable[Model], user: Any = None, **_: Any
    ) -> tuple[int, int]:
        """Called in a transaction."""
        found = list(objects)
        for one in found:
            log(instance=one, action="wagtail.delete")
            one.delete()
        return len(found), 0

    def _seen(self) -> QuerySet[Any]:
        policy = self.model.snippet_viewset.permission_policy
        found: QuerySet[Any] = policy.instances_user_has_any_permission_for(
            self.request.user, SEEING
        )
        return found


hooks.register("register_bulk_action", DeleteSeveral, order=100)
