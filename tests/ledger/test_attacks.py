"""A script with the portal's own database rights, on a connection of its own, tries every way past the frame.

It logs in as a role that has exactly what `lbf_portal_app` has: it is not the owner playing down, so `RESET ROLE` and
the like lead nowhere. The list is the promise: what is refused here stays refused.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator

import psycopg
import pytest
from django.apps import apps
from django.db import connection
from django.utils import timezone
from psycopg import sql

from lbf_portal.lib.sql import APP_ROLE
from ledger import proposals, proposed
from ledger.kinds import FrameKind, Money, Reuse
from ledger.models import FrameYear
from tests.factories.ledger import FrameYearFactory, GrantPeriodFactory
from tests.ledger.acts import (
    MILLION,
    carry_over,
    close,
    commit,
    finance,
    release,
    release_by_carry_over,
    reserve,
    reverse,
    second,
    set_rule,
)

Connection = psycopg.Connection[tuple[object, ...]]

pytestmark = pytest.mark.django_db(transaction=True)

ENTRY = """
    INSERT INTO ledger_entry (frame_year_id, allocation_id, kind, cause, money, amount, is_withheld, key, reverses_id, pair, act,
                              decision, by_id, seconded_by_id, role, organisation_id, at, decided_on, legal_basis, reason)
    VALUES ({year}, {allocation}, '{kind}', '{cause}', '{money}', {amount}, {withheld}, '{key}', {reverses}, {pair}, {act},
            '{decision}', {by}, {second}, '{role}', NULL, now(), '{day}', 'ingen', 'forsøg')
"""
FINANCE = "(SELECT id FROM public.accounts_user WHERE email = 'haand@example.org')"
SECOND = "(SELECT id FROM public.accounts_user WHERE email = 'to.oejne@example.org')"
BY_HAND = {"by": FINANCE, "second": SECOND, "role": "FINANCE_OFFICER"}
FACTS = {
    "year": "(SELECT id FROM public.ledger_frameyear WHERE year = 2026 AND kind = 'ORDINARY')",
    "allocation": "(SELECT id FROM public.ledger_allocation WHERE case_reference = '100001' AND money = 'SOCIAL')",
    "kind": "COMMIT",
    "money": "SOCIAL",
    "amount": "1000000",
    "key": "attack",
    "reverses": "NULL",
    "pair": "NULL",
    "act": "NULL",
    "cause": "",
    "withheld": "false",
    "decision": "",
    "by": "NULL",
    "second": "NULL",
    "role": "SYSTEM",
    "day": "2026-11-22",
}
CARRIED = {"allocation": "NULL", "money": "", "pair": "'00000000-0000-0000-0000-000000000001'", **BY_HAND}
RELEASED_BACK = {"kind": "RELEASE", "cause": "UNUSED"}
# One act of several entries, decided by finance.
ACT = {"act": "'00000000-0000-0000-0000-00000000000a'", "decision": "økonomis beslutning", **BY_HAND}
FIRST = "(SELECT id FROM public.ledger_entry WHERE key = 'first')"
REVERSED = "(SELECT id FROM public.ledger_entry WHERE key = 'reversed')"
RELEASED = "(SELECT id FROM public.ledger_entry WHERE key = 'released')"
CLOSED_YEAR = "(SELECT id FROM public.ledger_frameyear WHERE year = 2025 AND kind = 'ORDINARY')"
NEXT_YEAR = "(SELECT id FROM public.ledger_frameyear WHERE year = 2027 AND kind = 'ORDINARY')"
CLOSED_ALLOCATION = "(SELECT id FROM public.ledger_allocation WHERE case_reference = '100025')"
SPENT_ALLOCATION = "(SELECT id FROM public.ledger_allocation WHERE case_reference = '100002')"
RENT_ALLOCATION = "(SELECT id FROM public.ledger_allocation WHERE case_reference = '100001' AND money = 'RENT')"


def entry(**facts: str) -> str:
    return ENTRY.format(**{**FACTS, **facts})


def carried(kind: str, amount: str, year: str = NEXT_YEAR, **facts: str) -> str:
    return entry(**{**CARRIED, "kind": kind, "amount": amount, "year": year, "key": f"attack-{kind}", **facts})


FRAME_YEAR = """
    INSERT INTO ledger_frameyear (period_id, kind, year, base_total, base_rent, base_vacancy, regulated_document, carried_in,
                                  carried_out, carried_out_by_decision, committed, rent_committed, withheld, closed_on)
    SELECT id, '{kind}', {year}, {base}, {rent}, 0, '', {carried_in}, 0, 0, {committed}, 0, {withheld}, NULL
        FROM ledger_grantperiod WHERE code = '{period}'
"""
YEAR_FACTS = {
    "kind": "ORDINARY",
    "year": "2024",
    "base": "0",
    "rent": "0",
    "carried_in": "0",
    "committed": "0",
    "withheld": "0",
    "period": "P2019_26",
}
FRAME_EVENT = """
    INSERT INTO ledger_frameyearevent (frame_year_id, event, at, user_id, seconded_by_id, role, reason, state_from, state_to,
                                       data, happened_on, total, rent, document, key)
    VALUES ({year}, 'frame_year:{event}', now(), {by}, {second}, '{role}', '', '', '', '{{}}', '{day}', {total}, {rent},
            '{document}', '{key}')
"""
EVENT_FACTS = {
    "year": FACTS["year"],
    "event": "regulated",
    "day": "2026-11-22",
    "total": "400000000",
    "rent": "200000000",
    "document": "x",
    "key": "attack",
    **BY_HAND,
}
NO_AMOUNTS = {"total": "NULL", "rent": "NULL", "document": ""}
EXTRA_YEAR = "(SELECT id FROM public.ledger_frameyear WHERE year = 2023 AND kind = 'EXTRA_RENT')"
EXTRA_ALLOCATION = "(SELECT id FROM public.ledger_allocation WHERE case_reference = '100023')"
ORDINARY_2023 = "(SELECT id FROM public.ledger_frameyear WHERE year = 2023 AND kind = 'ORDINARY')"
ORDINARY_2024 = "(SELECT id FROM public.ledger_frameyear WHERE year = 2024 AND kind = 'ORDINARY')"
OTHER = "'00000000-0000-0000-0000-000000000003'"
PROPOSAL = """
    INSERT INTO ledger_proposal (kind, payload, year, reason, proposed_by_id, proposed_role, organisation_id, proposed_at, state,
                                 state_since, decided_by_id, note)
    VALUES ('CARRY_OVER', '{{"year": 2026, "amount": "1", "decision": "", "frame": "ORDINARY"}}', 2026, 'forsøg', {by},
            'FINANCE_OFFICER', (SELECT id FROM public.accounts_organisation LIMIT 1), now(), '{state}', now(), {decided}, '')
"""
WAITING = "(SELECT id FROM public.ledger_proposal WHERE state = 'WAITING')"
DECIDED = """
    INSERT INTO ledger_proposalevent (proposal_id, event, at, user_id, role, reason, state_from, state_to, data)
    SELECT id, 'proposal:forged', now(), {by}, 'DIRECTOR', '', 'WAITING', '{state}', '{{}}' FROM ledger_proposal
        WHERE state = 'WAITING';
    UPDATE ledger_proposal SET state = '{state}', decided_by_id = {by}, note = 'x' WHERE state = 'WAITING'
"""
RULE = """
    INSERT INTO ledger_releaserule (period_id, valid_from, rule, source, decided_on, key, by_id, seconded_by_id, role, at, reason)
    SELECT id, '{from_day}', 'NOT_REUSED', 'x', '2026-11-22', 'attack', {by}, {second}, '{role}', now(), 'x'
        FROM ledger_grantperiod WHERE code = 'P2019_26'
"""


def year(**facts: str) -> str:
    return FRAME_YEAR.format(**{**YEAR_FACTS, **facts})


def event(**facts: str) -> str:
    return FRAME_EVENT.format(**{**EVENT_FACTS, **facts})


def rule(**facts: str) -> str:
    return RULE.format(**{"from_day": "2026-11-22", **BY_HAND, **facts})


def both(out: str, arrived: str) -> str:
    return f"{out};{arrived}"


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
    "release from a closed year": entry(**RELEASED_BACK, year=CLOSED_YEAR, allocation=CLOSED_ALLOCATION, amount="-1"),
    "carry into a closed year": carried("CARRY_IN", "1", CLOSED_YEAR),
    "release more than is held": entry(**RELEASED_BACK, amount="-10000000.01"),
    "reverse with another amount": entry(**BY_HAND, kind="REVERSAL", amount="-9999999", reverses=FIRST),
    "reverse with the same sign": entry(**BY_HAND, kind="REVERSAL", amount="10000000", reverses=FIRST),
    "reverse into another kind of money": entry(
        **BY_HAND, kind="REVERSAL", amount="-10000000", money="RENT", allocation=RENT_ALLOCATION, reverses=FIRST
    ),
    "reverse nothing": entry(**BY_HAND, kind="REVERSAL", amount="-1"),
    "reverse twice": entry(**BY_HAND, kind="REVERSAL", amount="-1000000", reverses=REVERSED),
    "reverse what was given back and spent": entry(
        **BY_HAND, kind="REVERSAL", amount="-1000000", reverses=RELEASED, allocation=SPENT_ALLOCATION
    ),
    "carry in without carrying out": carried("CARRY_IN", "1000000"),
    "carry out without carrying in": carried("CARRY_OUT", "-1000000", FACTS["year"]),
    "carry in more than goes out": carried("CARRY_OUT", "-1", FACTS["year"]) + ";" + carried("CARRY_IN", "1000000"),
    "carry back into the same year": carried("CARRY_OUT", "-1", FACTS["year"]) + ";" + carried("CARRY_IN", "1", FACTS["year"]),
    "carry out more than is unused": carried("CARRY_OUT", "-360000001", FACTS["year"]) + ";" + carried("CARRY_IN", "360000001"),
    "carry in as an older pair": entry(
        **{**CARRIED, "pair": "(SELECT max(pair::text)::uuid FROM ledger_entry WHERE kind = 'CARRY_IN')"},
        kind="CARRY_IN",
        year=NEXT_YEAR,
    ),
    "begin an allocation with money": "INSERT INTO ledger_allocation (frame_year_id, case_reference, money, held) "
    "SELECT id, '100009', 'SOCIAL', 1 FROM ledger_frameyear WHERE year = 2026",
    "begin a year with money carried in": year(carried_in="1"),
    "begin a year with commitments": year(base="5", committed="5"),
    "give a year after the period money": year(year="2027", base="1") + ";" + year(year="2028", base="1"),
    "open a year without saying so": year(year="2021", base="1"),
    "open a year twice": year(year="2026", base="1"),
    "open a year beyond the one after the period": year(year="2028"),
    "open a year before the period": year(year="2018"),
    "open a year with withheld money": year(year="2021", base="5", withheld="5"),
    "open an extra frame in the ordinary period": year(kind="EXTRA_RENT", base="1", rent="1"),
    "open an ordinary frame in the extra period": year(period="P2023_EXTRA", year="2021", base="1"),
    "open an extra frame that is not all rent": year(kind="EXTRA_RENT", period="P2023_EXTRA", year="2023", base="5", rent="1"),
    "open a frame of a historic period": year(period="P2011_14", year="2012", base="1"),
    "open a kind of frame of one's own": year(kind="SECRET", base="1"),
    "regulate a closed year": event(year=CLOSED_YEAR),
    "regulate without a document": event(document=""),
    "regulate out of all proportion": event(total="3800000000"),
    "regulate alone": event(second="NULL"),
    "regulate with oneself": event(second=FINANCE),
    "regulate as the portal": event(by="NULL", second="NULL", role="SYSTEM"),
    "regulate as a case officer": event(role="CASE_OFFICER"),
    "regulate below what is committed": event(total="19000000"),
    "regulate the extra frame to less than all rent": event(year=EXTRA_YEAR),
    "close a year that runs": event(event="closed", **NO_AMOUNTS),
    "close alone": event(event="closed", day="2027-01-02", second="NULL", **NO_AMOUNTS),
    "close a year twice": event(event="closed", year=CLOSED_YEAR, day="2027-01-02", **NO_AMOUNTS),
    "reopen by an event": event(event="reopened", year=CLOSED_YEAR, **NO_AMOUNTS),
    # What was carried once, closed years, and releases.
    "carry on what was carried in": both(
        carried("CARRY_OUT", "-380000001", ORDINARY_2023), carried("CARRY_IN", "380000001", ORDINARY_2024)
    ),
    "carry over alone": both(carried("CARRY_OUT", "-1", FACTS["year"], second="NULL"), carried("CARRY_IN", "1", second="NULL")),
    "carry over with oneself": both(
        carried("CARRY_OUT", "-1", FACTS["year"], second=FINANCE), carried("CARRY_IN", "1", second=FINANCE)
    ),
    "carry over as the portal": both(
        carried("CARRY_OUT", "-1", FACTS["year"], by="NULL", second="NULL", role="SYSTEM"),
        carried("CARRY_IN", "1", by="NULL", second="NULL", role="SYSTEM"),
    ),
    "carry over as a director": both(
        carried("CARRY_OUT", "-1", FACTS["year"], role="DIRECTOR"), carried("CARRY_IN", "1", role="DIRECTOR")
    ),
    "carry from one frame to the other": both(carried("CARRY_OUT", "-1", EXTRA_YEAR), carried("CARRY_IN", "1", ORDINARY_2024)),
    "carry two years on": both(carried("CARRY_OUT", "-1", ORDINARY_2024), carried("CARRY_IN", "1", FACTS["year"])),
    "commit social money of the extra frame": entry(year=EXTRA_YEAR, allocation=EXTRA_ALLOCATION, day="2023-11-22"),
    "commit the extra frame's money to the ordinary year": entry(
        year=ORDINARY_2023, allocation=EXTRA_ALLOCATION, money="RENT", day="2023-11-22"
    ),
    "commit beyond the extra frame": entry(
        year=EXTRA_YEAR, allocation=EXTRA_ALLOCATION, money="RENT", day="2023-11-22", amount="349000000.01"
    ),
    "release without a cause": entry(kind="RELEASE", amount="-1"),
    "commit with a cause": entry(cause="UNUSED"),
    "commit money that counts nowhere": entry(withheld="true"),
    "release and withhold against the rule": entry(**RELEASED_BACK, amount="-1", withheld="true"),
    "release from a closed year by an act and carry nothing on": entry(
        **{**ACT, **RELEASED_BACK}, year=CLOSED_YEAR, allocation=CLOSED_ALLOCATION, amount="-1"
    ),
    "release from a closed year by an act and carry less on": ";".join(
        [
            entry(**{**ACT, **RELEASED_BACK}, year=CLOSED_YEAR, allocation=CLOSED_ALLOCATION, amount="-2"),
            carried("CARRY_OUT", "-1", CLOSED_YEAR, **ACT),
            carried("CARRY_IN", "1", FACTS["year"], **ACT),
        ]
    ),
    "put money into a closed year by an act": both(
        carried("CARRY_OUT", "-1", ORDINARY_2024, **ACT), carried("CARRY_IN", "1", CLOSED_YEAR, **ACT)
    ),
    "take a closed year's unused money out by an act": both(
        carried("CARRY_OUT", "-1", CLOSED_YEAR, **ACT), carried("CARRY_IN", "1", FACTS["year"], **ACT)
    ),
    "commit to a closed year by an act": entry(**ACT, year=CLOSED_YEAR, allocation=CLOSED_ALLOCATION, day="2025-11-22"),
    "an act without a decision": entry(
        **{**ACT, **RELEASED_BACK, "decision": ""}, year=CLOSED_YEAR, allocation=CLOSED_ALLOCATION, amount="-1"
    ),
    "an act by one person": entry(
        **{**ACT, **RELEASED_BACK, "second": FINANCE}, year=CLOSED_YEAR, allocation=CLOSED_ALLOCATION, amount="-1"
    ),
    "join another's act": entry(
        **{**ACT, **RELEASED_BACK, "act": "(SELECT act FROM public.ledger_entry WHERE act IS NOT NULL LIMIT 1)"},
        year=CLOSED_YEAR,
        allocation=CLOSED_ALLOCATION,
        amount="-1",
    ),
    "reverse alone": entry(kind="REVERSAL", amount="-10000000", reverses=FIRST),
    "reverse with oneself": entry(**{**BY_HAND, "second": FINANCE}, kind="REVERSAL", amount="-10000000", reverses=FIRST),
    "release with oneself": entry(**{**BY_HAND, **RELEASED_BACK, "second": FINANCE}, amount="-1"),
    "post without a name and in a person's role": entry(role="DIRECTOR"),
    "post as the portal and as a person": entry(by=FINANCE),
    "set a rule alone": rule(second="NULL"),
    "set a rule with oneself": rule(second=FINANCE),
    "set a rule that reaches back": rule(from_day="2026-11-21"),
    "set a rule as a director": rule(role="DIRECTOR"),
    "change a rule": "UPDATE ledger_releaserule SET rule = 'SAME_YEAR_OR_CARRY_OVER'",
    "delete a rule": "DELETE FROM ledger_releaserule",
    # What each day moved, what waits, and what was expected.
    "write a day": "INSERT INTO ledger_frameday (frame_year_id, day, committed, rent_committed, carried_in, carried_out, "
    "carried_out_by_decision, withheld) SELECT id, '2020-01-01', -1, 0, 0, 0, 0, 0 FROM ledger_frameyear WHERE year = 2026",
    "change a day": "UPDATE ledger_frameday SET committed = 0",
    "delete the days": "DELETE FROM ledger_frameday",
    "truncate the days": "TRUNCATE ledger_frameday",
    "approve one's own proposal": DECIDED.format(by=FINANCE, state="APPROVED"),
    "reject one's own proposal": DECIDED.format(by=FINANCE, state="REJECTED"),
    "withdraw another's proposal": DECIDED.format(by=SECOND, state="WITHDRAWN"),
    "approve and post nothing": DECIDED.format(by=SECOND, state="APPROVED"),
    "approve and leave no event": f"UPDATE ledger_proposal SET state = 'REJECTED', decided_by_id = {SECOND}, note = 'x' "
    "WHERE state = 'WAITING'",
    "be born approved": PROPOSAL.format(by=FINANCE, state="APPROVED", decided=SECOND),
    "propose and say nothing": PROPOSAL.format(by=FINANCE, state="WAITING", decided="NULL"),
    "change what is proposed": "UPDATE ledger_proposal SET payload = '{}'",
    "change who proposed": f"UPDATE ledger_proposal SET proposed_by_id = {SECOND}",
    "wake a decided proposal": "UPDATE ledger_proposal SET state = 'WAITING', decided_by_id = NULL WHERE state <> 'WAITING'",
    "change the answer": "UPDATE ledger_proposal SET note = 'nej' WHERE state <> 'WAITING'",
    "delete proposals": "DELETE FROM ledger_proposal",
    "truncate proposals": "TRUNCATE ledger_proposal CASCADE",
    "rewrite an event of a proposal": "UPDATE ledger_proposalevent SET user_id = NULL",
    "delete events of proposals": "DELETE FROM ledger_proposalevent",
    "reserve less than nothing": "UPDATE ledger_reservation SET amount = -1",
    "rewrite a version of a reservation": "UPDATE ledger_reservationversion SET amount = 1",
    "delete versions of reservations": "DELETE FROM ledger_reservationversion",
    "truncate reservations": "TRUNCATE ledger_reservation CASCADE",
    "add a historic period with frames": "UPDATE ledger_grantperiod SET frame = 'ORDINARY' WHERE frame = ''",
    "delete a period": "DELETE FROM ledger_grantperiod",
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
    """2025 closed, 2026 with 360 mio. left, 2027 for carry-over, the extra frame; a rule, a reservation, two proposals."""
    for each in (2022, 2023, 2024, 2025, 2026):
        FrameYearFactory.create(year=each)
    carry_over(4 * MILLION, from_year=2022)
    FrameYearFactory.create(year=2027, carried=True)
    FrameYearFactory.create(extra=True)
    GrantPeriodFactory.create(historic=True)
    commit(MILLION, year=2023, case_reference="100023", money=Money.RENT, frame=FrameKind.EXTRA_RENT)
    set_rule(Reuse.SAME_YEAR_OR_CARRY_OVER)
    reserve(MILLION, case_reference="100009")
    answered = proposals.propose(proposed.CarryOver(2024, 4 * MILLION), by=finance(), at=timezone.now(), reason="Ikke brugt")
    proposals.reject(answered, by=second(), at=timezone.now(), note="Vent")
    proposals.propose(proposed.CarryOver(2026, MILLION), by=finance(), at=timezone.now(), reason="Ikke brugt")
    commit(2 * MILLION, year=2025, case_reference="100025")
    carry_over(4 * MILLION, from_year=2025)
    close(2025)
    release_by_carry_over(MILLION, year=2025, case_reference="100025")
    commit(10 * MILLION, key="first")
    commit(10 * MILLION, money=Money.RENT)
    reverse(commit(MILLION, key="reversed"))
    spent = commit(MILLION, case_reference="100002", key="released")
    release(spent.amount, case_reference="100002")
    out, _ = carry_over(MILLION)
    assert out.amount == -MILLION
    # Back to round figures: 360 are left of 2026, five of them carried in.
    release(MILLION, money=Money.RENT)
    commit(5 * MILLION, case_reference="100003")


def standing() -> list[object]:
    """Everything the ledger says."""
    return [list(model._default_manager.order_by("pk").values()) for model in apps.get_app_config("ledger").get_models()]


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
    intruder.execute(entry(**RELEASED_BACK, amount="-5000000", key="back"))
    intruder.execute(entry(**BY_HAND, kind="REVERSAL", amount="-10000000", reverses=FIRST, key="mirror"))
    intruder.execute(both(carried("CARRY_OUT", "-1", FACTS["year"]), carried("CARRY_IN", "1")))
    decided = {"decision": "økonomis beslutning", "pair": "'00000000-0000-0000-0000-000000000002'"}
    intruder.execute(
        both(
            carried("CARRY_OUT", "-380000001", ORDINARY_2023, **decided).replace("attack-", "decided-"),
            carried("CARRY_IN", "380000001", ORDINARY_2024, **decided).replace("attack-", "decided-"),
        )
    )
    intruder.execute(
        ";".join(
            [
                entry(**{**ACT, **RELEASED_BACK}, year=CLOSED_YEAR, allocation=CLOSED_ALLOCATION, amount="-1", key="act"),
                carried("CARRY_OUT", "-1", CLOSED_YEAR, **ACT, pair=OTHER).replace("attack-", "act-"),
                carried("CARRY_IN", "1", FACTS["year"], **ACT, pair=OTHER).replace("attack-", "act-"),
            ]
        )
    )
    intruder.execute(
        entry(year=EXTRA_YEAR, allocation=EXTRA_ALLOCATION, money="RENT", day="2023-11-22", amount="349000000", key="extra")
    )
    intruder.execute(year(year="2021", base="1"))
    opened = "(SELECT id FROM ledger_frameyear WHERE year = 2021)"
    intruder.execute(event(year=opened, event="opened", by="NULL", second="NULL", role="SYSTEM", key="o", **NO_AMOUNTS))
    intruder.execute(event(key="regulated"))
    intruder.execute(event(year=ORDINARY_2024, event="closed", key="closed", **NO_AMOUNTS))
    intruder.execute(rule())
    intruder.commit()

    assert FrameYear.objects.position(2026).available == 35 * MILLION


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

    assert len(guards) == 12
    assert all(config == ["search_path=public, pg_temp"] and not is_open for _, config, is_open in guards)
