"""Addresses of running efforts, below `efforts/`."""

from django.urls import path

from monitoring import views

app_name = "monitoring"

urlpatterns = [
    path("", views.effort_list, name="list"),
    path("<int:case_number>/", views.dashboard, name="dashboard"),
    *(path(f"<int:case_number>/{name.replace('_', '-')}/", views.act(name), name=name) for name in views.ACTS),
]
