"""The addresses of the API."""

from django.urls import path, re_path

from subscribers.api import views

app_name = "api"
urlpatterns = [
    path("subscriptions", views.subscriptions, name="subscriptions"),
    path("subscriptions/<uuid:public_id>", views.subscription, name="subscription"),
    path("openapi.json", views.openapi, name="openapi"),
    # Whatever it is: `.` and `$` would leave out what has a newline in it.
    re_path(r"", views.nothing, name="nothing"),
]
