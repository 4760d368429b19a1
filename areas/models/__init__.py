"""The registers: municipalities, housing areas, departments; the published lists and key figures; development plans."""

from areas.models.areas import AreaChange, AreaChangeKind, DevelopmentPlan, HousingArea, PlanApproval
from areas.models.eligibility import DepartmentsOn, StatedConnection, departments_on, eligibility_of
from areas.models.events import AreaEvent
from areas.models.figures import Absence, KeyFigures
from areas.models.imports import (
    ImportBatch,
    ImportChange,
    ImportFile,
    ImportKind,
    ImportProgress,
    ImportRow,
    RowOutcome,
)
from areas.models.lists import (
    AreaHistory,
    AreaList,
    AreaListing,
    Evidence,
    bound_by_origin,
    history_of,
    inherited_on,
    listings_of,
    lists_held,
    standing_of,
    standings,
)
from areas.models.memberships import AreaMembership, ConnectedDepartment
from areas.models.registers import Department, Municipality, OwnerKind, ResidentCount
from areas.models.residents import ResidentsIn, residents_in
from areas.models.successions import Successions, current_area, successions
from areas.rules.eligibility import AreaAnswer, DepartmentAnswer, Eligibility, Place
from areas.rules.section_91a import PROBLEM_NAMES, Problem
from areas.rules.standing import Answer, Standing, Status

__all__ = [
    "PROBLEM_NAMES",
    "Absence",
    "Answer",
    "AreaAnswer",
    "AreaChange",
    "AreaChangeKind",
    "AreaEvent",
    "AreaHistory",
    "AreaList",
    "AreaListing",
    "AreaMembership",
    "ConnectedDepartment",
    "Department",
    "DepartmentAnswer",
    "DepartmentsOn",
    "DevelopmentPlan",
    "Eligibility",
    "Evidence",
    "HousingArea",
    "ImportBatch",
    "ImportChange",
    "ImportFile",
    "ImportKind",
    "ImportProgress",
    "ImportRow",
    "KeyFigures",
    "Municipality",
    "OwnerKind",
    "Place",
    "PlanApproval",
    "Problem",
    "ResidentCount",
    "ResidentsIn",
    "RowOutcome",
    "Standing",
    "StatedConnection",
    "Status",
    "Successions",
    "bound_by_origin",
    "current_area",
    "departments_on",
    "eligibility_of",
    "history_of",
    "inherited_on",
    "listings_of",
    "lists_held",
    "residents_in",
    "standing_of",
    "standings",
    "successions",
]
