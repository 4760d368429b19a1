"""Addresses of the register of areas."""

from django.urls import path

from areas.views import area, areas, changes, departments, imports, maps, municipalities, organisations, reshaping, upkeep

app_name = "areas"

urlpatterns = [
    path("", areas.area_list, name="list"),
    path("changes/", changes.area_changes, name="changes"),
    path("map/", maps.municipality_map, name="map"),
    path("departments/", departments.department_list, name="departments"),
    path("departments/register/", upkeep.register_department, name="register_department"),
    path("departments/<int:department>/", departments.department_detail, name="department"),
    path("departments/<int:department>/change/", upkeep.change_department, name="change_department"),
    path("departments/<int:department>/residents/", upkeep.record_residents, name="record_residents"),
    path("departments/<int:department>/place/", upkeep.place_department, name="place_department"),
    path("departments/<int:department>/connect/", upkeep.connect_department, name="connect_department"),
    path("placements/<int:membership>/end/", upkeep.end_placement, name="end_placement"),
    path("connections/<int:connection>/end/", upkeep.end_connection, name="end_connection"),
    path("organisations/", organisations.organisation_list, name="organisations"),
    path("organisations/<int:organisation>/", organisations.organisation_detail, name="organisation"),
    path("organisations/<int:organisation>/change/", upkeep.edit_organisation, name="change_organisation"),
    path("organisations/<int:organisation>/rename/", upkeep.rename_organisation, name="rename_organisation"),
    path("organisations/<int:organisation>/merge/", upkeep.merge_organisation, name="merge_organisation"),
    path("municipalities/", municipalities.municipality_list, name="municipalities"),
    path("municipalities/<slug:code>/", municipalities.municipality_detail, name="municipality"),
    path("development-plans/<int:plan>/change/", upkeep.change_plan, name="change_development_plan"),
    path("imports/", imports.batch_list, name="imports"),
    path("imports/new/", imports.upload, name="import_upload"),
    path("imports/<int:batch>/", imports.batch_detail, name="import_batch"),
    path("imports/<int:batch>/confirm/", imports.confirm, name="import_confirm"),
    path("imports/<int:batch>/discard/", imports.discard, name="import_discard"),
    path("imports/<int:batch>/take-back/", imports.take_back, name="import_take_back"),
    path("imports/<int:batch>/file/", imports.original, name="import_file"),
    path("imports/<int:batch>/refused/", imports.refused, name="import_refused"),
    path("<slug:key>/", area.area_detail, name="detail"),
    path("<slug:key>/register-development-plan/", upkeep.register_plan, name="register_development_plan"),
    path("<slug:key>/rename/", reshaping.rename, name="rename"),
    path("<slug:key>/merge/", reshaping.merge, name="merge"),
    path("<slug:key>/split/", reshaping.split, name="split"),
    path("<slug:key>/enlarge/", reshaping.enlarge, name="enlarge"),
]
