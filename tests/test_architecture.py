"""What the code promises as a whole: layers, sources of rules, mails, migrations, rights of the two database roles, templates."""

from __future__ import annotations

import ast
import importlib
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.core.management import call_command
from django.db import connection, models
from pghistory.models import Event

from accounts.models import AuditEvent
from applications import states as of_a_case
from lbf_portal.lib.sql import APP_ROLE
from lbf_portal.workbench.checks import CONTRACTS
from ledger.models import Entry
from monitoring import states as of_an_effort

ROOT = Path(__file__).parents[1]
APPS = ("accounts", "applications", "areas", "ledger", "monitoring")
PROGRAM = sorted(path for app in APPS for path in (ROOT / app).rglob("*.py") if "migrations" not in path.parts)
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
OUR_MODELS = [model for model in apps.get_models() if model._meta.app_label in APPS]
HISTORIES = [model for model in OUR_MODELS if issubclass(model, Event)]


def short(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_this_file_looks_where_things_are() -> None:
    assert len(PROGRAM) > 80
    assert len(TEMPLATES) > 80
    assert len(OUR_MODELS) > 30


# Layers and rules


def test_imports_point_downwards() -> None:
    done = subprocess.run(CONTRACTS, cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout[-3000:]


RULES = [path for path in PROGRAM if "rules" in path.parts and path.name != "__init__.py"]


@pytest.mark.parametrize("path", RULES, ids=short)
def test_a_rule_says_on_what_it_rests(path: Path) -> None:
    text = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""

    assert re.search(r"§§? ?\d+|\bR\d+\b", text)


def test_no_app_counts_in_floats() -> None:
    """Amounts and shares are exact. A chart is drawn in pixels: its values are floats on the way to the picture."""
    found = {short(path) for path in PROGRAM if any(_floats(ast.parse(path.read_text(encoding="utf-8"))))}

    assert found <= {"monitoring/charts.py", "monitoring/drawing.py"}


def _floats(tree: ast.Module) -> Iterator[ast.AST]:
    seconds = {"timeout", "countdown"}  # of waiting, not of money
    waiting = {
        keyword.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        for keyword in node.keywords
        if keyword.arg in seconds
    }
    for node in ast.walk(tree):
        match node:
            case ast.Constant(value=float()) if node not in waiting:
                yield node
            case ast.Call(func=ast.Name(id="float")) | ast.Name(id="FloatField"):
                yield node


def test_money_has_two_decimals_and_room_for_a_trillion() -> None:
    amounts = [
        field
        for model in OUR_MODELS
        for field in model._meta.local_fields
        if isinstance(field, models.DecimalField)
        and re.search(r"amount$|budget$|^base_|^regulated_|committed$|^carried_|^held$", field.name)
    ]

    assert len(amounts) > 10
    assert {(field.max_digits, field.decimal_places) for field in amounts} == {(14, 2)}


# Mails


def mail_names() -> set[str]:
    """Every mail that some line of the program queues, by the name it gives it."""
    queued = {"queue_mail", "queue_mail_to_address", "_tell", "_tell_of_decision"}
    names = set()
    for path in PROGRAM:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.Call(
                    func=ast.Name(id=called) | ast.Attribute(attr=called), args=[ast.Constant(value=str(name)), *_]
                ) if called in queued:
                    names.add(name)
    return names


def test_every_mail_has_its_three_files_and_every_folder_its_mail() -> None:
    folders = {
        path.name: {file.name for file in path.iterdir()} for path in (ROOT / "templates" / "emails").iterdir() if path.is_dir()
    }

    assert {name: files for name, files in folders.items() if files != {"subject.txt", "body.txt", "body.html"}} == {}
    # The password's mail is chosen by an expression.
    assert set(folders) - mail_names() <= {"password_reset", "account_registered"}
    assert mail_names() <= set(folders)


# Migrations and constraints


@pytest.mark.django_db
def test_no_migration_is_missing() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_migrations_are_named_as_changes() -> None:
    files = [path for app in APPS for path in (ROOT / app / "migrations").glob("0*.py")]

    assert len(files) >= len(APPS)
    assert [short(path) for path in files if "_auto_" in path.name] == []


@pytest.mark.parametrize("model", OUR_MODELS, ids=lambda model: model._meta.label)
def test_constraints_and_indexes_are_named_as_claims(model: type[models.Model]) -> None:
    names = [rule.name for rule in (*model._meta.constraints, *model._meta.indexes)]

    assert [name for name in names if not re.fullmatch(r"[a-z]+(_[a-z0-9]+)+", name)] == []
    # Django's own names end in a piece of a hash and the kind.
    assert [name for name in names if re.search(r"auto_|_[0-9a-f]{6,8}_?(idx|uniq|fk)?$", name)] == []


def test_whoever_could_overwrite_what_belongs_together_is_refused_by_name() -> None:
    assert [model._meta.label for model in OUR_MODELS if model._meta.unique_together] == []


# What is written once, and the two roles

MUST_STAY = (
    {model._meta.db_table for model in OUR_MODELS if issubclass(model, AuditEvent | Event) or model is Entry}
    | {f"applications_{name}" for name in ("decision", "document", "recommendation", "signature")}
    | {"monitoring_measurement"}
)


def asked(sql: str, *parameters: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return list(cursor.fetchall())


def rights(privilege: str) -> set[str]:
    """Tables on which the portal's role has it, wholly or on some column."""
    check = "has_any_column_privilege" if privilege in {"INSERT", "UPDATE", "REFERENCES"} else "has_table_privilege"
    granted = asked(
        "SELECT relname FROM pg_class c WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')"
        f" AND {check}(%s, c.oid, %s)",
        APP_ROLE,
        privilege,
    )
    return {str(name) for (name,) in granted}


@pytest.mark.django_db
def test_what_stays_has_its_trigger_and_nobody_has_a_right_to_change_it() -> None:
    triggered = {
        str(table) for (table,) in asked("SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname LIKE %s", "%_append_only")
    }

    assert len(MUST_STAY) > 15
    assert MUST_STAY - triggered == set()
    assert triggered & (rights("UPDATE") | rights("DELETE")) == set()


@pytest.mark.django_db
def test_the_portals_role_empties_no_table_and_sets_no_trigger() -> None:
    assert (rights("TRUNCATE"), rights("TRIGGER"), rights("REFERENCES")) == (set(), set(), set())
    assert "django_migrations" not in rights("INSERT") | rights("UPDATE") | rights("DELETE")


@pytest.mark.django_db
def test_the_portals_role_owns_nothing_and_is_nobody_special() -> None:
    owned = asked(
        "SELECT relname FROM pg_class WHERE relowner = %s::regrole"
        " UNION ALL SELECT proname FROM pg_proc WHERE proowner = %s::regrole"
        " UNION ALL SELECT nspname FROM pg_namespace WHERE nspowner = %s::regrole",
        *[APP_ROLE] * 3,
    )
    special = asked(
        "SELECT rolsuper, rolcreatedb, rolcreaterole, rolreplication, rolbypassrls FROM pg_roles WHERE rolname = %s", APP_ROLE
    )
    schema = asked(
        "SELECT has_schema_privilege(%s, 'public', 'CREATE'), has_database_privilege(%s, current_database(), 'CREATE')",
        APP_ROLE,
        APP_ROLE,
    )
    above = asked("SELECT roleid::regrole::text FROM pg_auth_members WHERE member = %s::regrole", APP_ROLE)

    assert owned == []
    assert special == [(False,) * 5]
    assert schema == [(False, False)]
    assert above == []


@pytest.mark.django_db
def test_what_runs_with_the_owners_rights_looks_only_where_it_says() -> None:
    """A function that runs as its owner and trusts the caller's search path would run the caller's functions."""
    functions = asked("SELECT proname, proconfig FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prosecdef")

    assert functions
    assert [name for name, settings in functions if "search_path=public, pg_temp" not in (settings or [])] == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("table", "machine"), [("applications_application", of_a_case), ("monitoring_effort", of_an_effort)], ids=["cases", "efforts"]
)
def test_the_database_knows_the_very_moves_of_the_tables(table: str, machine: ModuleType) -> None:
    [(definition,)] = asked("SELECT pg_get_functiondef(%s::regproc)", f"{table}_legal_move")

    assert set(re.findall(r"\('([A-Z_]+)', '([A-Z_]+)'\)", str(definition))) == machine.pairs()


def test_nothing_that_stays_points_at_something_that_could_be_deleted_with_it() -> None:
    kept = [model for model in OUR_MODELS if issubclass(model, AuditEvent) or model is Entry]
    loose = [
        f"{model._meta.label}.{field.name}"
        for model in kept
        for field in model._meta.local_fields
        if isinstance(field, models.ForeignKey) and field.remote_field.on_delete is not models.PROTECT
    ]

    assert len(kept) > 4
    assert loose == []


def test_histories_watch_the_tables_that_matter() -> None:
    assert len(HISTORIES) > 8
    assert not any(isinstance(field, ArrayField) and field.unique for model in HISTORIES for field in model._meta.local_fields)


# Templates


def for_browsers(path: Path) -> bool:
    return not {"pdf", "emails"} & set(path.parts)


INLINE = re.compile(r"<style\b|\sstyle\s*=|\son[a-z]+\s*=\s*[\"']|javascript:|<script(?![^>]*\bsrc=)", re.IGNORECASE)


@pytest.mark.parametrize("path", [path for path in TEMPLATES if for_browsers(path)], ids=short)
def test_a_page_holds_no_script_and_no_style_of_its_own(path: Path) -> None:
    assert INLINE.findall(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("bad", ['<p style="x">', "<style>", "<a onclick='x'>", "<script>", '<a href="javascript:x">'])
def test_the_search_for_inline_script_finds_it(bad: str) -> None:
    assert INLINE.search(bad)


@pytest.mark.parametrize("path", [path for path in TEMPLATES if path.parent.name == "components"], ids=short)
def test_a_component_says_what_it_takes(path: Path) -> None:
    assert path.read_text(encoding="utf-8").startswith("{# ")


@pytest.mark.parametrize(
    "name", [".".join(path.relative_to(ROOT).with_suffix("").parts) for path in PROGRAM if path.name == "permissions.py"]
)
def test_permissions_are_a_table(name: str) -> None:
    acts = importlib.import_module(name).ACTS

    assert acts
    assert all(roles for roles in acts.values())
