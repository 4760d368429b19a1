"""What changes the registers and lists; whoever is not the fund is refused."""

from areas.transitions.changes import (
    MergerEffects,
    effects_of_merger,
    enlarge_area,
    merge_areas,
    rename_area,
    split_area,
)
from areas.transitions.imports import ImportResult, import_files
from areas.transitions.placements import (
    PERIOD_FIELDS,
    connect_department,
    end_connection,
    end_placement,
    move_department,
    place_department,
)
from areas.transitions.plans import PLAN_FIELDS, change_development_plan, register_development_plan
from areas.transitions.reference import load_reference
from areas.transitions.registers import (
    DEPARTMENT_FIELDS,
    change_department,
    hand_over_departments,
    record_residents,
    register_department,
)
from areas.transitions.upkeep import rehearse

__all__ = [
    "DEPARTMENT_FIELDS",
    "PERIOD_FIELDS",
    "PLAN_FIELDS",
    "ImportResult",
    "MergerEffects",
    "change_department",
    "change_development_plan",
    "connect_department",
    "effects_of_merger",
    "end_connection",
    "end_placement",
    "enlarge_area",
    "hand_over_departments",
    "import_files",
    "load_reference",
    "merge_areas",
    "move_department",
    "place_department",
    "record_residents",
    "register_department",
    "register_development_plan",
    "rehearse",
    "rename_area",
    "split_area",
]
