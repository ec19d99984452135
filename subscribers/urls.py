"""The addresses of this room."""

from django.urls import path

from subscribers import views

app_name = "subscribers"
urlpatterns = [
    path("unsubscribe/<str:token>/", views.unsubscribe, name="unsubscribe"),
    path("preferences/<str:token>/", views.preferences, name="preferences"),
]
