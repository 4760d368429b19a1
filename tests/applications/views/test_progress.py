"""Where an applicant puts right what a rule says."""

from __future__ import annotations

import pytest

from applications.views.progress import section_of
from lbf_portal.lib.refusals import Violation


@pytest.mark.parametrize(
    ("code", "field", "section"),
    [
        ("department_missing", "departments", "departments"),
        ("problem_not_named", "problems", "challenges"),
        ("local_share_too_low", "contributions", "budget"),
        ("period_too_long", "end", "plan"),
        ("support_outside_plan", "end", "rent"),
        ("support_starts_inside_month", "start", "rent"),
        ("department_not_in_case", "department", "rent"),
        ("goal_target_missing", "target", "goals"),
        ("chair_missing", "members", "board"),
        ("municipal_recommendation_missing", "", ""),
    ],
)
def test_a_violation_leads_to_the_section_where_its_fact_stands(code: str, field: str, section: str) -> None:
    assert section_of(Violation(code, "…", "", field=field)) == section
