"""The registers: municipalities, housing areas, departments; the published lists and key figures; development plans."""

from areas.models.areas import AreaChange, AreaChangeKind, DevelopmentPlan, HousingArea, PlanApproval
from areas.models.events import AreaEvent
from areas.models.figures import Absence, KeyFigures
from areas.models.lists import AreaList, AreaListing, Evidence, listings_of, lists_held, standing_of, standings
from areas.models.memberships import AreaMembership, ConnectedDepartment
from areas.models.registers import Department, Municipality, OwnerKind, ResidentCount
from areas.rules.standing import Answer, Standing, Status

__all__ = [
    "Absence",
    "Answer",
    "AreaChange",
    "AreaChangeKind",
    "AreaEvent",
    "AreaList",
    "AreaListing",
    "AreaMembership",
    "ConnectedDepartment",
    "Department",
    "DevelopmentPlan",
    "Evidence",
    "HousingArea",
    "KeyFigures",
    "Municipality",
    "OwnerKind",
    "PlanApproval",
    "ResidentCount",
    "Standing",
    "Status",
    "listings_of",
    "lists_held",
    "standing_of",
    "standings",
]
