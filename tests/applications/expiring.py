"""Rule sets whose prequalifications expire: off as they come, so tests put it on."""

from __future__ import annotations

import dataclasses
from decimal import Decimal

import pytest

from applications.rules.rule_sets import TERMS, RuleSet, Setting


def let_prequalifications_expire(monkeypatch: pytest.MonkeyPatch, months: int = 24) -> None:
    """As if the fund had decided so for cases under the regulation of 2019."""
    terms = TERMS[RuleSet.R2019]
    rate = dataclasses.replace(terms.settings[Setting.PREQUALIFICATION_MONTHS], value=Decimal(months))
    changed = dataclasses.replace(terms, settings={**terms.settings, Setting.PREQUALIFICATION_MONTHS: rate})
    table = {**TERMS, RuleSet.R2019: changed}
    for module in ("applications.rules.rule_sets", "applications.due", "applications.clock"):
        monkeypatch.setattr(f"{module}.TERMS", table)
