"""The addresses of this room."""

from django.urls import path

from subscribers.views import leaving

app_name = "subscribers"
urlpatterns = [
    path("unsubscribe/<str:token>/", leaving.unsubscribe, name="unsubscribe"),
    path("preferences/<str:token>/", leaving.preferences, name="preferences"),
]
