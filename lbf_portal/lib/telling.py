"""What rules and refusals say, to whoever reads the page: in their language, dates too."""

from __future__ import annotations

from django.utils.formats import date_format
from django.utils.translation import gettext

from lbf_portal.lib.refusals import Refused, Violation


def sentence_of(violation: Violation) -> str:
    """One sentence of a rule."""
    return violation.sentence(gettext, date_format)


def told(refused: Refused) -> str:
    """A refusal as one message."""
    return " ".join(sentence_of(violation) for violation in refused.violations)
