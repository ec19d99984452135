"""The addresses of this room."""

from django.urls import path, re_path

from subscribers.inbound.views import sendgrid_inbound
from subscribers.views import (
    address_changing,
    confirming,
    fresh_links,
    leaving,
    own_data,
    preferences,
    signing_up,
    still_wanted,
)

app_name = "subscribers"
urlpatterns = [
    path("subscribe/", signing_up.subscribe, name="subscribe"),
    path("subscribe/asked/", signing_up.asked, name="asked"),
    path("confirm/<str:token>/", confirming.confirm, name="confirm"),
    path("unsubscribe/<str:token>/", leaving.unsubscribe, name="unsubscribe"),
    path("preferences/", fresh_links.ask, name="ask-for-preferences"),
    path("preferences/<str:token>/", preferences.show, name="preferences"),
    path("preferences/<str:token>/held/", own_data.held, name="held"),
    path("preferences/<str:token>/erase/", own_data.erase_all, name="erase"),
    path("new-address/<str:token>/", address_changing.new_address, name="new-address"),
    path("still-wanted/<str:token>/", still_wanted.still_wanted, name="still-wanted"),
    # With or without a slash at the end: SendGrid follows no redirect.
    re_path(r"^webhooks/sendgrid/inbound/(?P<key>[^/]+)/?$", sendgrid_inbound, name="inbound"),
]
