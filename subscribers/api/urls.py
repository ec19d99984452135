"""The addresses of the API."""

from django.urls import path, re_path

from subscribers.api import views

app_name = "api"
urlpatterns = [
    path("subscriptions", views.subscriptions, name="subscriptions"),
    path("subscriptions/<uuid:public_id>", views.subscription, name="subscription"),
    path("openapi.json", views.openapi, name="openapi"),
    re_path(r"^(?P<rest>.*)$", views.nothing, name="nothing"),
]
