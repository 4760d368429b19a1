"""Addresses of the register of areas."""

from django.urls import path

from areas import views

app_name = "areas"

urlpatterns = [
    path("", views.area_list, name="list"),
    path("<slug:key>/", views.area_detail, name="detail"),
]
