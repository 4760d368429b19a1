"""Addresses of the frames."""

from django.urls import path

from ledger.kinds import FrameKind
from ledger.views import cases, checker, entries, frames, proposals, years

app_name = "ledger"

urlpatterns = [
    path("", frames.frames, name="frames"),
    path("<int:year>/", years.frame_year, name="frame_year"),
    path("<int:year>/cases/", cases.frame_cases, name="frame_cases"),
    path("<int:year>/extra/", years.frame_year, {"frame": FrameKind.EXTRA_RENT}, name="extra_year"),
    path("<int:year>/extra/cases/", cases.frame_cases, {"frame": FrameKind.EXTRA_RENT}, name="extra_cases"),
    path("entries/<int:entry>/", entries.entry, name="entry"),
    path("proposals/", proposals.proposal_list, name="proposals"),
    path("proposals/new/", proposals.choose, name="choose_proposal"),
    path("proposals/new/<slug:kind>/", proposals.propose, name="propose"),
    path("proposals/<int:proposal>/", proposals.proposal, name="proposal"),
    path("check/", checker.check, name="check"),
    path("check/now/", checker.check_now, name="check_now"),
    path("check/history/", checker.checks, name="checks"),
    path("check/findings/<int:finding>/", checker.finding, name="finding"),
]
