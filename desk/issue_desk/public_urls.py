"""What an approval link opens: the one page of the desk that needs no account."""

from django.urls import path

from desk.issue_desk import linked

app_name = "approval"
urlpatterns = [
    path("approve/<str:token>/", linked.page, name="page"),
    path("approve/<str:token>/mail/", linked.mail, name="mail"),
]
