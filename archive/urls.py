"""The addresses of this room."""

from django.urls import path

from archive import views

app_name = "archive"
urlpatterns = [
    path("", views.home, name="home"),
    path("issues/<slug:publication>/<int:serial>/", views.issue, name="issue"),
    path("notes/<slug:note>/", views.note, name="note"),
    path("alerts/<slug:note>/", views.alert, name="alert"),
]
