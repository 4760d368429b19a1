"""The two languages: what is extracted, what counts as missing, and that nothing is."""

from __future__ import annotations

from pathlib import Path

import polib
import pytest
from django.utils import translation

from lbf_portal.workbench import catalogues
from lbf_portal.workbench.catalogues import Flaw, Message, flaws, messages_in


def kinds(catalogue: polib.POFile, *texts: str) -> list[Flaw]:
    return flaws(catalogue, {Message(text) for text in texts})


def catalogue(**entries: str) -> polib.POFile:
    po = polib.POFile()
    po.extend(polib.POEntry(msgid=text, msgstr=english) for text, english in entries.items())
    return po


def test_python_and_templates_are_both_read(tmp_path: Path) -> None:
    module = tmp_path / "views.py"
    module.write_text(
        "from django.utils.translation import gettext as _, ngettext, pgettext\n"
        '_("Sagen er " "modtaget")\nngettext("%(n)s sag", "%(n)s sager", 2)\npgettext("måned", "maj")\nprint("ikke denne")\n'
    )
    page = tmp_path / "page.html"
    page.write_text(
        "{% load i18n %}\n    <p title='it\\'s (\"'>\n{% translate \"Gem\" %}{# nej #} {% include 'x' with text=_(\"Luk\") %}\n"
        "{% blocktranslate count n=n trimmed %}\n  {{ n }} sag\n{% plural %}\n  {{ n }} sager\n{% endblocktranslate %}\n"
        "  {% translate '50 % klar' %}{{ _('Vis')|upper }}</p>"
    )
    assert messages_in(module) == {
        Message("Sagen er modtaget"),
        Message("%(n)s sag", "%(n)s sager"),
        Message("maj", context="måned"),
    }
    assert messages_in(page) == {
        Message("Gem"),
        Message("Luk"),
        Message("%(n)s sag", "%(n)s sager"),
        Message("50 %% klar"),
        Message("Vis"),
    }


def test_a_text_without_english_is_missing() -> None:
    assert kinds(catalogue(Gem="Save", Luk=""), "Gem", "Luk", "Vis") == [Flaw("missing", "Luk"), Flaw("missing", "Vis")]


def test_a_text_that_left_the_sources_is_obsolete() -> None:
    assert kinds(catalogue(Gem="Save", Luk="Close"), "Gem") == [Flaw("obsolete", "Luk")]


def test_a_guess_is_not_a_translation() -> None:
    po = catalogue(Gem="Save")
    po[0].flags.append("fuzzy")
    assert kinds(po, "Gem") == [Flaw("unsure", "Gem")]


@pytest.mark.parametrize("english", ["Save", "Save %(titel)s", "Save {name}"])
def test_a_translation_names_what_the_text_names(english: str) -> None:
    po = catalogue(**{"Gem %(title)s": english})
    assert kinds(po, "Gem %(title)s") == [Flaw("placeholders", "Gem %(title)s")]


def test_a_plural_needs_both_forms() -> None:
    po = polib.POFile()
    po.append(polib.POEntry(msgid="%(n)s sag", msgid_plural="%(n)s sager", msgstr_plural={0: "%(n)s case", 1: ""}))
    message = Message("%(n)s sag", "%(n)s sager")
    assert flaws(po, {message}) == [Flaw("missing", "%(n)s sag")]
    po[0].msgstr_plural[1] = "%(n)s cases"
    assert flaws(po, {message}) == []


def test_update_keeps_translations_drops_what_is_gone_and_is_stable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    module = tmp_path / "a.py"
    module.write_text('_("Gem")\n_("Luk")\n')
    monkeypatch.setattr(catalogues, "ROOT", tmp_path)
    monkeypatch.setattr(catalogues, "sources", lambda: iter([module]))
    po = tmp_path / "en" / "django.po"
    assert catalogues.update(po) == ["Gem", "Luk"]
    first = polib.pofile(str(po))
    first[0].msgstr = "Save"
    first.save()
    module.write_text('\n\n_("Vis")\n_("Gem")\n')
    assert catalogues.update(po) == ["Vis"]
    assert [(entry.msgid, entry.msgstr) for entry in polib.pofile(str(po))] == [("Gem", "Save"), ("Vis", "")]
    before = po.read_text()
    module.write_text('\n\n\n\n_("Vis")\n_("Gem")\n')
    catalogues.update(po)
    assert po.read_text() == before, "a moved line is no change to a text"


def test_english_is_a_full_second_language() -> None:
    assert catalogues.check() == []


def test_django_reads_what_is_compiled() -> None:
    catalogues.compile_all()
    with translation.override("en"):
        assert translation.gettext("Gå til sidens indhold") == "Skip to the content of the page"
    assert translation.gettext("Gå til sidens indhold") == "Gå til sidens indhold"
