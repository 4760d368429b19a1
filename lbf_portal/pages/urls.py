"""Addresses of the portal's own small pages."""

from django.contrib.auth.decorators import login_not_required
from django.urls import path
from django.views.i18n import set_language

from lbf_portal.pages import scheme, views

urlpatterns = [
    path("health", views.health, name="health"),
    path("session", views.session, name="session"),
    path("scheme/", scheme.scheme, name="scheme"),
    path("accessibility/", views.accessibility, name="accessibility"),
    path("language/", login_not_required(set_language), name="set_language"),
]
