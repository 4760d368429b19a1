"""The sections people fill in, as plain values.

One form of each section's content serves four ends: to notice that somebody else saved in between (fingerprint), to show
both versions then, to keep before and after in the event, and to make the agreement's content.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext_lazy as _

from applications.models import KEY_FIGURES, Application
from areas.models import Department

Values = dict[str, Any]


def canonical(values: Any) -> str:
    """JSON with sorted keys and no spaces: equal values give equal text, and so equal hashes."""
    return json.dumps(values, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)


def sha256(values: Any) -> str:
    """SHA-256 of the canonical form, 64 hexadecimal digits."""
    return hashlib.sha256(canonical(values).encode()).hexdigest()


def _basics(application: Application) -> Values:
    return {
        "title": application.title,
        "participants": [organisation.name for organisation in application.participants.all()],
        "expected_start_on": application.expected_start_on,
    }


def _departments(application: Application) -> Values:
    return {
        "departments": [
            {
                "department": str(row.department),
                "department_id": row.department_id,
                "is_connected": row.is_connected,
                "connection_reason": row.connection_reason,
                "master_data": row.master_data,
                "master_data_on": row.master_data_on,
                "correction": row.correction,
            }
            for row in application.application_departments.all()
        ]
    }


def master_data(department: Department) -> Values:
    """The master data of a department as the register has it (R63), as JSON keeps it; to be read `with_residents`."""
    found = department.__dict__  # the two of `with_residents` are annotations
    residents_on = found.get("residents_on")
    return {
        "organisation": str(department.organisation),
        "addresses": department.addresses,
        "postcode": department.postcode,
        "floor_area_m2": None if department.floor_area_m2 is None else str(department.floor_area_m2),
        "dwellings": department.dwellings,
        "residents": found.get("residents"),
        "residents_on": residents_on.isoformat() if residents_on else None,
    }


def _challenges(application: Application) -> Values:
    return {
        "problem_types": list(application.problem_types),
        "challenges": application.challenges,
        "coordination": application.coordination,
        "figures": [
            {"problem": row.problem, "value": row.value, "unit": row.unit, "year": row.year, "source": row.source}
            for row in application.problem_figures.all()
        ],
    }


def _figures(application: Application) -> Values:
    """Of departments that are in the case; what was typed for one that left it is kept, in case it comes back."""
    in_case = {row.department_id for row in application.application_departments.all()}
    return {
        "departments": [
            {
                "department": str(row.department),
                "department_id": row.department_id,
                "year": row.year,
                **{name: getattr(row, name) for name in KEY_FIGURES},
                "absence": row.absence,
            }
            for row in application.department_figures.all()
            if row.department_id in in_case
        ]
    }


def _budget(application: Application) -> Values:
    return {
        "total_budget": application.total_budget,
        "lines": [
            {
                "source": line.source,
                "kind": line.kind,
                "amount": line.amount,
                "accepted_as_local": line.accepted_as_local,
                "note": line.note,
            }
            for line in application.funding_lines.all()
        ],
    }


def _rent(application: Application) -> Values:
    return {
        "wants_rent_support": application.wants_rent_support,
        "lines": [
            {
                "department": str(row.department),
                "department_id": row.department_id,
                "amount_per_m2": row.amount_per_m2,
                "area_m2": row.area_m2,
                "starts_on": row.starts_on,
                "ends_on": row.ends_on,
            }
            for row in application.rent_supports.all()
        ],
    }


def _plan(application: Application) -> Values:
    plan = application.plan
    return {
        "starts_on": plan.starts_on,
        "ends_on": plan.ends_on,
        "summary": plan.summary,
        "effort_areas": list(plan.effort_areas),
    }


def _goals(application: Application) -> Values:
    return {
        "goals": [
            {
                "effort_area": goal.effort_area,
                "indicator": goal.indicator.code,
                "indicator_name": goal.indicator.name_da,
                "unit": goal.indicator.unit_da,
                "sub_goal": goal.sub_goal,
                "responsible_party": goal.responsible_party,
                "baseline_value": goal.baseline_value,
                "baseline_on": goal.baseline_on,
                "target_value": goal.target_value,
                "target_on": goal.target_on,
            }
            for goal in application.plan.goals.all()
        ]
    }


def _board(application: Application) -> Values:
    return {
        "seats": [
            {
                "kind": seat.kind,
                "name": seat.name,
                "email": seat.email,
                "title": seat.title,
                "organisation": seat.belongs_to,
                "organisation_id": seat.organisation_id,
                "is_chair": seat.is_chair,
                "valid_from": seat.valid_from,
                "valid_to": seat.valid_to,
            }
            for seat in application.board_seats.select_related("organisation")
        ]
    }


OF_APPLICATION: dict[str, Callable[[Application], Values]] = {
    "basics": _basics,
    "departments": _departments,
    "challenges": _challenges,
    "figures": _figures,
    "budget": _budget,
    "rent": _rent,
}
OF_PLAN: dict[str, Callable[[Application], Values]] = {"plan": _plan, "goals": _goals, "board": _board}
SECTIONS = OF_APPLICATION | OF_PLAN
NAMES: dict[str, Any] = {
    "basics": _("Om indsatsen"),
    "departments": _("Afdelinger"),
    "challenges": _("Udfordringer"),
    "figures": _("Nøgletal"),
    "budget": _("Budget og medfinansiering"),
    "rent": _("Huslejestøtte"),
    "plan": _("Periode og indsatsområder"),
    "goals": _("Mål og indikatorer"),
    "board": _("Lokal bestyrelse"),
}
# Budget and rent support are estimates at first (R65) and become the plan's own financing plan (R11, R86e).
OPEN_WITH_PLAN = frozenset(OF_PLAN) | {"budget", "rent"}
# Events hold no personal data beyond the actor; of these sections the tables' own history tells what changed.
WITH_PERSONAL_DATA = frozenset({"board"})
# And they wait for their button: a half address may be somebody else's, and a seat opens the case to whoever has it.
SAVED_BY_THEMSELVES = frozenset(SECTIONS) - WITH_PERSONAL_DATA


_AGREED_OF_DEPARTMENT = ("department", "department_id", "is_connected", "connection_reason")


def values(application: Application, section: str) -> Values:
    """What the section holds now.

    Errors: KeyError for an unknown section; ComprehensivePlan.DoesNotExist for a section of the plan before there is one.
    """
    return SECTIONS[section](application)


def is_open(application: Application, section: str) -> bool:
    """Whether the applicant may change the section as the case stands now."""
    if application.plan_is_open:
        return section in OPEN_WITH_PLAN
    return application.is_open and section in OF_APPLICATION


def fingerprint(application: Application, section: str) -> str:
    """What a form carries along, so that saving can tell whether somebody else saved in between."""
    return sha256(values(application, section))


def agreement_content(application: Application) -> Values:
    """All that is agreed (R81, R85): parties, period, areas, departments, budget, goals, board, rent support."""
    content: Values = {
        "case_number": application.case_number,
        "area": application.area.name,
        "municipality": application.municipality.name,
        "rule_set": application.rule_set,
        "parties": [
            {"id": organisation.pk, "name": organisation.name, "kind": organisation.kind}
            for organisation in application.parties()
        ],
    }
    for name in ("basics", "departments", "challenges", "budget", "rent", "plan", "goals", "board"):
        content[name] = values(application, name)
    # Whether the register was gone through, and the figures behind the problems, belong to the application alone.
    content["departments"] = {
        "departments": [{name: row[name] for name in _AGREED_OF_DEPARTMENT} for row in content["departments"]["departments"]]
    }
    content["challenges"] = {name: value for name, value in content["challenges"].items() if name != "figures"}
    # Contact addresses are not agreed upon and may change without a new signature.
    content["board"] = {"seats": [{k: v for k, v in seat.items() if k != "email"} for seat in content["board"]["seats"]]}
    parsed: Values = json.loads(canonical(content))
    return parsed
