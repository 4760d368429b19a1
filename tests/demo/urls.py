"""The portal's addresses and the demo's, as under the demo's settings."""

from django.urls import include, path

from lbf_portal.urls import urlpatterns as portal

urlpatterns = [*portal, path("", include("lbf_portal.demo.urls"))]
