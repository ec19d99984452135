"""Puts our own pages on accounts in the place of Wagtail's, and connects what is recorded."""

from wagtail.users.apps import WagtailUsersAppConfig


class UsersAppConfig(WagtailUsersAppConfig):
    """Takes the place of `wagtail.users` in `INSTALLED_APPS`."""

    user_viewset = "desk.accounts.viewset.UserViewSet"

    def ready(self) -> None:
        super().ready()
        from desk.accounts import addresses, locking, recording, second_factor

        addresses.connect()
        locking.connect()
        recording.connect()
        second_factor.connect()
