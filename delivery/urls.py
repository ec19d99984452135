"""The addresses of this room."""

from django.urls import path

from delivery import views

app_name = "delivery"
urlpatterns = [
    path("webhooks/sendgrid/events", views.sendgrid_events, name="sendgrid_events"),
]
