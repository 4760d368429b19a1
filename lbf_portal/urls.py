"""Addresses of the portal."""

from django.apps import apps
from django.urls import URLPattern, URLResolver, include, path

from lbf_portal.pages import start

urlpatterns: list[URLPattern | URLResolver] = [
    path("", start.start, name="start"),
    path("", include("lbf_portal.pages.urls")),
    path("", include("accounts.urls")),
    path("areas/", include("areas.urls")),
    path("frames/", include("ledger.urls")),
    path("cases/", include("applications.urls")),
    path("planner/", include("applications.planner_urls")),
    path("efforts/", include("monitoring.urls")),
]

# Sign-in without passwords and the folder of mails: nowhere but in the demo.
if apps.is_installed("lbf_portal.demo"):
    urlpatterns.append(path("", include("lbf_portal.demo.urls")))

# Rendered without request and database: what broke may be one of them.
handler400 = "lbf_portal.pages.views.bad_request"
handler500 = "lbf_portal.pages.views.server_error"
