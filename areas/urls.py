"""Addresses of the register of areas."""

from django.urls import path

from areas.views import areas

app_name = "areas"

urlpatterns = [
    path("", areas.area_list, name="list"),
    path("<slug:key>/", areas.area_detail, name="detail"),
]
