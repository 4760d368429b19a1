"""What changes the registers and lists; whoever is not the fund is refused."""

from areas.transitions.lists import ImportResult, import_area_lists
from areas.transitions.reference import load_reference
from areas.transitions.registers import place_department, register_department, register_development_plan

__all__ = [
    "ImportResult",
    "import_area_lists",
    "load_reference",
    "place_department",
    "register_department",
    "register_development_plan",
]
