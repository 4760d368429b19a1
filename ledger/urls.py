"""Addresses of the frames."""

from django.urls import path

from ledger import views

app_name = "ledger"

urlpatterns = [
    path("", views.frames, name="frames"),
    path("<int:year>/", views.frame_year, name="frame_year"),
]
