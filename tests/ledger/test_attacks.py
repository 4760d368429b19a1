"""A script with the portal's own database rights, on a connection of its own, tries every way past the frame.

It logs in as a role that has exactly what `lbf_portal_app` has: it is not the owner playing down, so `RESET ROLE` and
the like lead nowhere. The list is the promise: what is refused here stays refused.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator

import psycopg
import pytest
from django.db import connection
from psycopg import sql

from lbf_portal.lib.sql import APP_ROLE
from ledger.kinds import Money
from ledger.models import Allocation, Entry, FrameYear
from tests.factories.ledger import FrameYearFactory
from tests.ledger.acts import MILLION, carry_over, close, commit, release, reverse

Connection = psycopg.Connection[tuple[object, ...]]

pytestmark = pytest.mark.django_db(transaction=True)

ENTRY = """
    INSERT INTO ledger_entry (frame_year_id, allocation_id, kind, money, amount, key, reverses_id, pair, by_id, role,
                              organisation_id, at, decided_on, legal_basis, reason)
    VALUES ({year}, {allocation}, '{kind}', '{money}', {amount}, '{key}', {reverses}, {pair}, NULL, 'SYSTEM',
            NULL, now(), '{day}', 'ingen', 'forsøg')
"""
FACTS = {
    "year": "(SELECT id FROM public.ledger_frameyear WHERE year = 2026)",
    "allocation": "(SELECT id FROM public.ledger_allocation WHERE case_reference = '100001' AND money = 'SOCIAL')",
    "kind": "COMMIT",
    "money": "SOCIAL",
    "amount": "1000000",
    "key": "attack",
    "reverses": "NULL",
    "pair": "NULL",
    "day": "2026-11-22",
}
CARRIED = {"allocation": "NULL", "money": "", "pair": "'00000000-0000-0000-0000-000000000001'"}
FIRST = "(SELECT id FROM public.ledger_entry WHERE key = 'first')"
REVERSED = "(SELECT id FROM public.ledger_entry WHERE key = 'reversed')"
RELEASED = "(SELECT id FROM public.ledger_entry WHERE key = 'released')"
CLOSED_YEAR = "(SELECT id FROM public.ledger_frameyear WHERE year = 2025)"
NEXT_YEAR = "(SELECT id FROM public.ledger_frameyear WHERE year = 2027)"
CLOSED_ALLOCATION = "(SELECT id FROM public.ledger_allocation WHERE case_reference = '100025')"
SPENT_ALLOCATION = "(SELECT id FROM public.ledger_allocation WHERE case_reference = '100002')"
RENT_ALLOCATION = "(SELECT id FROM public.ledger_allocation WHERE money = 'RENT')"


def entry(**facts: str) -> str:
    return ENTRY.format(**{**FACTS, **facts})


def carried(kind: str, amount: str, year: str = NEXT_YEAR, **facts: str) -> str:
    return entry(**CARRIED, kind=kind, amount=amount, year=year, key=f"attack-{kind}", **facts)


FRAME_YEAR = """
    INSERT INTO ledger_frameyear (period_id, year, base_total, base_rent, base_vacancy, regulated_document, carried_in,
                                  carried_out, committed, rent_committed, closed_on)
    SELECT id, {year}, {base}, 0, 0, '', {carried_in}, 0, {committed}, 0, NULL FROM ledger_grantperiod
"""
FRAME_EVENT = """
    INSERT INTO ledger_frameyearevent (frame_year_id, event, at, role, reason, state_from, state_to, data, happened_on, total,
                                       rent, document)
    VALUES ({year}, 'frame_year:{event}', now(), 'SYSTEM', '', '', '', '{{}}', '{day}', {total}, {rent}, '{document}')
"""

OWNER = "(SELECT tableowner FROM pg_tables WHERE tablename = 'ledger_entry')"

ATTACKS = {
    # Changing what stands.
    "update an entry": "UPDATE ledger_entry SET amount = 1",
    "update no entry at all": "UPDATE ledger_entry SET amount = 1 WHERE false",
    "delete entries": "DELETE FROM ledger_entry",
    "truncate entries": "TRUNCATE ledger_entry CASCADE",
    "lower the total": "UPDATE ledger_frameyear SET committed = 0",
    "lower the rent total": "UPDATE ledger_frameyear SET rent_committed = 0",
    "raise what was carried in": "UPDATE ledger_frameyear SET carried_in = 1000000000",
    "raise the base": "UPDATE ledger_frameyear SET base_total = 1000000000",
    "regulate by hand": "UPDATE ledger_frameyear SET regulated_total = 500000000, regulated_rent = 1, regulated_document = 'x'",
    "open a closed year": "UPDATE ledger_frameyear SET closed_on = NULL",
    "delete a year": "DELETE FROM ledger_frameyear",
    "truncate the years": "TRUNCATE ledger_frameyear CASCADE",
    "raise what a case holds": "UPDATE ledger_allocation SET held = held + 1",
    "move money to another case": "UPDATE ledger_allocation SET case_reference = '999999'",
    "delete an allocation": "DELETE FROM ledger_allocation",
    "stretch the period": "UPDATE ledger_grantperiod SET last_year = 2030",
    "rewrite an event of the frame": "UPDATE ledger_frameyearevent SET total = 1",
    "delete events of the frame": "DELETE FROM ledger_frameyearevent",
    "update by upsert": entry(key="first") + " ON CONFLICT (key) DO UPDATE SET amount = 1",
    "hold the year's row": "SELECT * FROM ledger_frameyear FOR UPDATE",
    # Inserting what must not be.
    "commit beyond the ceiling": entry(amount="380000000"),
    "commit one øre too much": entry(amount="360000000.01"),
    "commit beyond the ceiling in two rows": entry(amount="300000000")
    + f", {entry(amount='300000000', key='b').split('VALUES')[1]}",
    "commit beyond the rent part": entry(amount="231000000.01", money="RENT", allocation=RENT_ALLOCATION),
    "commit a negative amount": entry(amount="-1000000"),
    "commit nothing": entry(amount="0"),
    "commit to no case": entry(allocation="NULL"),
    "commit rent as social": entry(money="SOCIAL", allocation=RENT_ALLOCATION),
    "commit without a kind of money": entry(money=""),
    "commit another year's money": entry(year=NEXT_YEAR),
    "commit to a year that is not": entry(year="0"),
    "commit in the wrong year": entry(day="2027-01-01"),
    "post the same key": entry(key="first"),
    "post without saying why": entry(key=""),
    "post a kind of its own": entry(kind="GIFT"),
    "commit to a closed year": entry(year=CLOSED_YEAR, allocation=CLOSED_ALLOCATION, day="2025-11-22"),
    "release from a closed year": entry(year=CLOSED_YEAR, allocation=CLOSED_ALLOCATION, kind="RELEASE", amount="-1"),
    "carry into a closed year": carried("CARRY_IN", "1", CLOSED_YEAR),
    "release more than is held": entry(kind="RELEASE", amount="-10000000.01"),
    "reverse with another amount": entry(kind="REVERSAL", amount="-9999999", reverses=FIRST),
    "reverse with the same sign": entry(kind="REVERSAL", amount="10000000", reverses=FIRST),
    "reverse into another kind of money": entry(
        kind="REVERSAL", amount="-10000000", money="RENT", allocation=RENT_ALLOCATION, reverses=FIRST
    ),
    "reverse nothing": entry(kind="REVERSAL", amount="-1"),
    "reverse twice": entry(kind="REVERSAL", amount="-1000000", reverses=REVERSED),
    "reverse what was given back and spent": entry(
        kind="REVERSAL", amount="-1000000", reverses=RELEASED, allocation=SPENT_ALLOCATION
    ),
    "carry in without carrying out": carried("CARRY_IN", "1000000"),
    "carry out without carrying in": carried("CARRY_OUT", "-1000000", FACTS["year"]),
    "carry in more than goes out": carried("CARRY_OUT", "-1", FACTS["year"]) + ";" + carried("CARRY_IN", "1000000"),
    "carry back into the same year": carried("CARRY_OUT", "-1", FACTS["year"]) + ";" + carried("CARRY_IN", "1", FACTS["year"]),
    "carry out more than is unused": carried("CARRY_OUT", "-360000001", FACTS["year"]) + ";" + carried("CARRY_IN", "360000001"),
    "carry in as an older pair": entry(
        **{**CARRIED, "pair": "(SELECT pair FROM ledger_entry WHERE kind = 'CARRY_IN')"}, kind="CARRY_IN", year=NEXT_YEAR
    ),
    "begin an allocation with money": "INSERT INTO ledger_allocation (frame_year_id, case_reference, money, held) "
    "SELECT id, '100009', 'SOCIAL', 1 FROM ledger_frameyear WHERE year = 2026",
    "begin a year with money carried in": FRAME_YEAR.format(year=2024, base=0, carried_in=1, committed=0),
    "begin a year with commitments": FRAME_YEAR.format(year=2024, base=5, carried_in=0, committed=5),
    "give a year after the period money": FRAME_YEAR.format(year=2028, base=1, carried_in=0, committed=0),
    "open a year without saying so": FRAME_YEAR.format(year=2024, base=1, carried_in=0, committed=0),
    "open a year twice": FRAME_YEAR.format(year=2026, base=1, carried_in=0, committed=0),
    "regulate a closed year": FRAME_EVENT.format(
        year=CLOSED_YEAR, event="regulated", day="2026-11-22", total=400000000, rent=1, document="x"
    ),
    "regulate without a document": FRAME_EVENT.format(
        year=FACTS["year"], event="regulated", day="2026-11-22", total=400000000, rent=1, document=""
    ),
    "regulate out of all proportion": FRAME_EVENT.format(
        year=FACTS["year"], event="regulated", day="2026-11-22", total=3800000000, rent=1, document="x"
    ),
    "close a year that runs": FRAME_EVENT.format(
        year=FACTS["year"], event="closed", day="2026-11-22", total="NULL", rent="NULL", document=""
    ),
    # Getting round the guards.
    "disable the triggers": "ALTER TABLE ledger_entry DISABLE TRIGGER ALL",
    "disable one trigger": "ALTER TABLE ledger_entry DISABLE TRIGGER entry_moves_totals",
    "drop a trigger": "DROP TRIGGER entry_moves_totals ON ledger_entry",
    "drop a constraint": "ALTER TABLE ledger_frameyear DROP CONSTRAINT frame_year_not_overspent",
    "replace a function": "CREATE OR REPLACE FUNCTION ledger_entry_moves_totals() RETURNS trigger LANGUAGE plpgsql "
    "AS 'BEGIN RETURN NULL; END'",
    "alter a function": "ALTER FUNCTION ledger_entry_moves_totals() RESET search_path",
    "play replica": "SET session_replication_role = replica",
    "play replica for one transaction": "SET LOCAL session_replication_role = replica",
    "become the owner": f"DO $$ BEGIN EXECUTE format('SET ROLE %I', {OWNER}); END $$",
    "log in as the owner": f"DO $$ BEGIN EXECUTE format('SET SESSION AUTHORIZATION %I', {OWNER}); END $$",
    "become superuser": "DO $$ BEGIN EXECUTE format('ALTER ROLE %I SUPERUSER', current_user); END $$",
    "grant itself rights": "GRANT UPDATE ON ledger_frameyear TO PUBLIC; UPDATE ledger_frameyear SET committed = 0",
    "own the table": "DO $$ BEGIN EXECUTE format('ALTER TABLE ledger_frameyear OWNER TO %I', current_user); END $$",
    "hang a trigger on the entries": "CREATE TRIGGER mine BEFORE INSERT ON ledger_entry FOR EACH ROW "
    "EXECUTE FUNCTION suppress_redundant_updates_trigger()",
    "hang a rule on the entries": "CREATE RULE mine AS ON INSERT TO ledger_entry DO INSTEAD NOTHING",
    "fire the trigger from forged rows": "CREATE TEMP TABLE forged AS SELECT * FROM ledger_entry WITH NO DATA; "
    "CREATE TRIGGER mine AFTER INSERT ON forged FOR EACH ROW EXECUTE FUNCTION ledger_entry_moves_totals(); "
    "INSERT INTO forged SELECT * FROM ledger_entry WHERE key = 'first'",
    "fire the year's trigger from forged events": "CREATE TEMP TABLE forged AS SELECT * FROM ledger_frameyearevent WITH NO DATA; "
    "CREATE TRIGGER mine AFTER INSERT ON forged FOR EACH ROW EXECUTE FUNCTION ledger_frame_year_event_carried_out(); "
    "INSERT INTO forged (frame_year_id, event, total, rent, document) "
    "SELECT id, 'frame_year:regulated', 700000000, 400000000, 'x' FROM ledger_frameyear WHERE year = 2026",
    "call the trigger's function": "SELECT ledger_entry_moves_totals()",
    "shadow the years": "CREATE TEMP TABLE ledger_frameyear AS SELECT * FROM public.ledger_frameyear; "
    "UPDATE pg_temp.ledger_frameyear SET base_total = 9000000000; " + entry(amount="380000000"),
    "shadow the entries": "CREATE TEMP TABLE ledger_entry AS SELECT * FROM public.ledger_entry; "
    + carried("CARRY_OUT", "-1000000", FACTS["year"])
    + ";"
    + carried("CARRY_IN", "1000000")
    + ";"
    + carried("CARRY_IN", "1000000").replace("INTO ledger_entry", "INTO public.ledger_entry"),
    "shadow the table in a schema in front": "CREATE SCHEMA mine",
    "put a table in front": "CREATE TABLE public.mine (id int)",
    "partition away": "CREATE TABLE pg_temp.mine () INHERITS (public.ledger_entry)",
    "skip the checks until it is too late": "SET CONSTRAINTS ALL DEFERRED; " + carried("CARRY_IN", "1000000"),
    "copy rows in": "COPY (SELECT 1) TO PROGRAM 'true'",
}


@pytest.fixture
def intruder() -> Iterator[Connection]:
    """A connection that has the portal's rights and nothing else."""
    kept = ("host", "port", "user", "password", "dbname")
    address = {name: value for name, value in connection.get_connection_params().items() if name in kept}
    name, password = f"{address['dbname']}_intruder", secrets.token_hex(8)
    with psycopg.connect(**address, autocommit=True) as owner:
        _drop(owner, name)
        owner.execute(
            sql.SQL("CREATE ROLE {} LOGIN PASSWORD {} IN ROLE {}").format(
                sql.Identifier(name), sql.Literal(password), sql.Identifier(APP_ROLE)
            )
        )
        try:
            with psycopg.connect(**{**address, "user": name, "password": password}) as own:
                yield own
        finally:
            _drop(owner, name)


def _drop(owner: Connection, name: str) -> None:
    """Away with the role, and with temporary tables of an attack that was let through."""
    if owner.execute("SELECT FROM pg_roles WHERE rolname = %s", [name]).fetchall():
        owner.execute(sql.SQL("DROP OWNED BY {}").format(sql.Identifier(name)))
        owner.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(name)))


@pytest.fixture
def ledger(db: None) -> None:
    """2025 closed, 2026 with 20 of 380 mio. in use, 2027 for carry-over."""
    for year in (2025, 2026):
        FrameYearFactory.create(year=year)
    FrameYearFactory.create(year=2027, carried=True)
    commit(MILLION, year=2025, case_reference="100025")
    close(2025)
    commit(10 * MILLION, key="first")
    commit(10 * MILLION, money=Money.RENT)
    reverse(commit(MILLION, key="reversed"))
    spent = commit(MILLION, case_reference="100002", key="released")
    release(spent.amount, case_reference="100002")
    out, _ = carry_over(MILLION)
    assert out.amount == -MILLION
    # One million back, so that the figures above stay round: 360 are left of 2026.
    release(MILLION, money=Money.RENT)


def standing() -> list[object]:
    """Everything the ledger says."""
    return [list(model.objects.order_by("pk").values()) for model in (FrameYear, Allocation, Entry)]


def answer(intruder: Connection, attack: str) -> str:
    """What the database says: a refusal by right or by rule; anything else, a misspelt column say, is no refusal."""
    try:
        intruder.execute(attack.encode())
        intruder.commit()
    except (psycopg.errors.InsufficientPrivilege, psycopg.IntegrityError):
        return "refused"
    except psycopg.Error as error:
        return f"stumbled: {error}"
    finally:
        intruder.rollback()
    return "let through"


def test_the_database_refuses_every_attack(ledger: None, intruder: Connection) -> None:
    outcomes = {}
    for name, attack in ATTACKS.items():
        before = standing()
        outcomes[name] = (answer(intruder, attack), "untouched" if standing() == before else "changed")

    assert {name: outcome for name, outcome in outcomes.items() if outcome != ("refused", "untouched")} == {}


def test_the_same_statement_within_the_frame_is_let_through(ledger: None, intruder: Connection) -> None:
    """Else the list above could be refused for a misspelt column."""
    intruder.execute(entry(amount="360000000"))
    intruder.execute(entry(kind="RELEASE", amount="-5000000", key="back"))
    intruder.execute(entry(kind="REVERSAL", amount="-10000000", reverses=FIRST, key="mirror"))
    intruder.execute(carried("CARRY_OUT", "-1", FACTS["year"]) + ";" + carried("CARRY_IN", "1"))
    intruder.execute(FRAME_YEAR.format(year=2024, base=1, carried_in=0, committed=0))
    intruder.execute(
        FRAME_EVENT.format(
            year="(SELECT id FROM ledger_frameyear WHERE year = 2024)",
            event="opened",
            day="2026-11-22",
            total="NULL",
            rent="NULL",
            document="",
        )
    )
    intruder.commit()

    assert FrameYear.objects.position(2026).available == 15 * MILLION - 1


def test_an_insert_that_conflicts_and_does_nothing_moves_nothing(ledger: None, intruder: Connection) -> None:
    before = standing()

    intruder.execute(entry(key="first") + " ON CONFLICT DO NOTHING")
    intruder.commit()

    assert standing() == before


def test_every_guard_pins_its_search_path_and_is_closed_to_others(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT proname, proconfig, has_function_privilege('lbf_portal_app', oid, 'EXECUTE')
            FROM pg_proc WHERE proname LIKE 'ledger\\_%'
            """
        )
        guards = cursor.fetchall()

    assert len(guards) == 6
    assert all(config == ["search_path=public, pg_temp"] and not is_open for _, config, is_open in guards)
