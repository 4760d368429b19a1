"""The glossary is true: what it names is in the code, what the code keeps is in it, and both languages agree with it."""

from __future__ import annotations

import tokenize
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
from django.apps import apps
from django.utils import translation

from lbf_portal.workbench import catalogues

ROOT = Path(__file__).resolve().parents[1]
GLOSSARY = ROOT / "docs" / "glossary.md"
OURS = {"accounts", "areas", "ledger", "applications", "monitoring"}


@dataclass(frozen=True)
class Term:
    """A line of the glossary."""

    danish: str
    english: str
    identifier: str
    file: str
    source: str
    meaning: str

    def __str__(self) -> str:
        return self.identifier

    @property
    def names(self) -> list[str]:
        """`Role.APPLICANT` is two names, both of them in the code."""
        return self.identifier.split(".")


def _terms() -> list[Term]:
    lines = [line for line in GLOSSARY.read_text().splitlines() if line.startswith("| ") and not line.startswith("| Danish")]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return [Term(danish, english, name.strip("`"), file.strip("`"), *rest) for danish, english, name, file, *rest in rows]


TERMS = _terms()


@cache
def _names_in(file: str) -> set[str]:
    """The names that the code of a file uses; what stands in comments, texts and docstrings is no code."""
    with (ROOT / file).open("rb") as source:
        return {token.string for token in tokenize.tokenize(source.readline) if token.type == tokenize.NAME}


def _models() -> dict[str, str]:
    """Our models with their Danish names; pghistory's copies of rows are no terms."""
    return {
        model.__name__: str(model._meta.verbose_name)
        for model in apps.get_models()
        if model._meta.app_label in OURS and "pgh_id" not in {field.name for field in model._meta.get_fields()}
    }


@pytest.mark.parametrize("term", TERMS, ids=str)
def test_a_term_stands_in_the_file_that_the_glossary_names(term: Term) -> None:
    assert set(term.names) - _names_in(term.file) == set()


@pytest.mark.parametrize("term", TERMS, ids=str)
def test_a_term_says_where_it_comes_from_and_what_it_means(term: Term) -> None:
    assert term.source
    assert term.meaning


def test_an_identifier_has_one_line_for_each_file() -> None:
    places = [(term.identifier, term.file) for term in TERMS]

    assert [place for place in places if places.count(place) > 1] == []


def test_every_model_is_in_the_glossary() -> None:
    assert sorted(set(_models()) - {term.identifier for term in TERMS}) == []


def test_models_and_glossary_use_the_same_danish_word() -> None:
    told = {term.identifier: term.danish for term in TERMS}
    with translation.override("da"):
        differing = {name: word for name, word in _models().items() if word not in told[name]}

    assert differing == {}


def test_models_and_glossary_use_the_same_english_word() -> None:
    catalogues.compile_all()
    told = {term.identifier: term.english for term in TERMS}
    with translation.override("en"):
        differing = {name: word for name, word in _models().items() if word not in told[name]}

    assert differing == {}
