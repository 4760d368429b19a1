"""Addresses of running efforts, below `efforts/`."""

from django.urls import path

from monitoring.views import efforts, give_backs

app_name = "monitoring"

urlpatterns = [
    path("", efforts.effort_list, name="list"),
    path("give-backs/", give_backs.give_backs, name="give_backs"),
    path("give-backs/<int:give_back>/propose/", give_backs.propose_give_back, name="propose_give_back"),
    path("<int:case_number>/", efforts.dashboard, name="dashboard"),
    *(path(f"<int:case_number>/{name.replace('_', '-')}/", efforts.act(name), name=name) for name in efforts.ACTS),
]
