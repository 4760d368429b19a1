"""Addresses of the demo."""

from django.urls import path

from lbf_portal.demo import views

app_name = "demo"

urlpatterns = [
    path("demo/sign-in/", views.sign_in, name="sign_in"),
    path("demo/mails/", views.mails, name="mails"),
    path("demo/mails/<slug:key>/", views.mail, name="mail"),
    path("demo/mails/<slug:key>/html/", views.mail_html, name="mail_html"),
]
