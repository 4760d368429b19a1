"""Addresses of the planner: the fund's own, so they stand apart from the cases."""

from django.urls import path

from applications.views import planner, scenarios

app_name = "planner"

urlpatterns = [
    path("", planner.plan, name="plan"),
    path("forecast/", planner.forecast, name="forecast"),
    path("compare/", scenarios.compare, name="compare"),
    path("scenarios/", scenarios.scenario_list, name="scenarios"),
    path("scenarios/new/", scenarios.new, name="new"),
    path("scenarios/<int:scenario>/", scenarios.scenario, name="scenario"),
    path("scenarios/<int:scenario>/settings/", scenarios.settings, name="settings"),
    path("scenarios/<int:scenario>/copy/", scenarios.copy, name="copy"),
    path("scenarios/<int:scenario>/take-note/", scenarios.take_note, name="take_note"),
    path("scenarios/<int:scenario>/cases/<int:case_number>/", scenarios.case_in_scenario, name="case"),
]
