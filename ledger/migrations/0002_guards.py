"""What the database does and refuses by itself (docs/decisions/0002-ledger.md).

Running totals are moved by triggers that run with the owner's rights, so that the portal's role needs none on them.
Every function pins its search_path, or a session could put a temporary table of the same name in front; none can be
executed by anybody but its own trigger, or a session could hang it on a temporary table of forged rows.
"""

from django.db import migrations

from lbf_portal.lib.sql import APP_ROLE, append_only, legal_moves, state_has_event

# A copy of states.pairs() as of this migration; tests/ledger/test_proposals.py compares the two.
PAIRS = [("WAITING", "APPROVED"), ("WAITING", "REJECTED"), ("WAITING", "WITHDRAWN")]

TABLES = (
    "ledger_grantperiod",
    "ledger_releaserule",
    "ledger_frameyear",
    "ledger_frameyearevent",
    "ledger_frameday",
    "ledger_allocation",
    "ledger_entry",
    "ledger_proposal",
    "ledger_proposalevent",
    "ledger_reservationversion",
)
FUNCTIONS = (
    "ledger_frame_year_begins_empty",
    "ledger_frame_year_has_opened_event",
    "ledger_frame_year_event_carried_out",
    "ledger_allocation_begins_empty",
    "ledger_entry_moves_totals",
    "ledger_entry_carry_over_is_a_pair",
    "ledger_entry_act_leaves_closed_years_alone",
    "ledger_proposal_is_decided_once",
    "ledger_proposal_approved_is_posted",
)

FRAME_YEAR = """
CREATE FUNCTION ledger_frame_year_begins_empty() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    period ledger_grantperiod%ROWTYPE;
BEGIN
    IF NEW.committed <> 0 OR NEW.rent_committed <> 0 OR NEW.carried_in <> 0 OR NEW.carried_out <> 0
       OR NEW.carried_out_by_decision <> 0 OR NEW.withheld <> 0
       OR NEW.regulated_total IS NOT NULL OR NEW.closed_on IS NOT NULL THEN
        RAISE EXCEPTION 'the frame of % must begin empty, unregulated and open', NEW.year
            USING ERRCODE = 'check_violation', CONSTRAINT = 'frame_year_begins_empty';
    END IF;
    SELECT * INTO period FROM ledger_grantperiod WHERE id = NEW.period_id;
    IF NEW.kind <> period.frame THEN
        RAISE EXCEPTION 'period % has no frames of this kind', period.code
            USING ERRCODE = 'check_violation', CONSTRAINT = 'frame_year_of_its_periods_kind';
    END IF;
    IF NEW.base_total <> 0 AND NEW.year NOT BETWEEN period.first_year AND period.last_year THEN
        RAISE EXCEPTION 'the frame of % lies outside its period and can only be fed by carry-over (G4)', NEW.year
            USING ERRCODE = 'check_violation', CONSTRAINT = 'frame_year_money_within_period';
    END IF;
    IF NEW.year NOT BETWEEN period.first_year AND period.last_year + 1 THEN
        RAISE EXCEPTION 'the frame of % lies beyond its period and the year after it', NEW.year
            USING ERRCODE = 'check_violation', CONSTRAINT = 'frame_year_within_period';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER frame_year_begins_empty BEFORE INSERT ON ledger_frameyear
    FOR EACH ROW EXECUTE FUNCTION ledger_frame_year_begins_empty();

CREATE FUNCTION ledger_frame_year_has_opened_event() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM ledger_frameyearevent WHERE frame_year_id = NEW.id AND event = 'frame_year:opened'
    ) THEN
        RAISE EXCEPTION 'the frame of % was opened without an event', NEW.year
            USING ERRCODE = 'check_violation', CONSTRAINT = 'frame_year_has_opened_event';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER frame_year_has_opened_event AFTER INSERT ON ledger_frameyear
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_frame_year_has_opened_event();

CREATE FUNCTION ledger_frame_year_event_carried_out() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NEW.event = 'frame_year:regulated' THEN
        UPDATE ledger_frameyear
            SET regulated_total = NEW.total, regulated_rent = NEW.rent, regulated_document = NEW.document
            WHERE id = NEW.frame_year_id AND closed_on IS NULL;
    ELSIF NEW.event = 'frame_year:closed' THEN
        UPDATE ledger_frameyear SET closed_on = NEW.happened_on WHERE id = NEW.frame_year_id AND closed_on IS NULL;
    ELSE
        RETURN NULL;
    END IF;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'frame year % is closed or does not exist', NEW.frame_year_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'frame_year_open';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER frame_year_event_carried_out AFTER INSERT ON ledger_frameyearevent
    FOR EACH ROW EXECUTE FUNCTION ledger_frame_year_event_carried_out();
"""

ALLOCATION = """
CREATE FUNCTION ledger_allocation_begins_empty() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF NEW.held <> 0 THEN
        RAISE EXCEPTION 'an allocation begins with nothing; entries move it'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'allocation_begins_empty';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER allocation_begins_empty BEFORE INSERT ON ledger_allocation
    FOR EACH ROW EXECUTE FUNCTION ledger_allocation_begins_empty();
"""

# AFTER, not BEFORE: with ON CONFLICT DO NOTHING a BEFORE trigger would move the totals for a row that is never written.
ENTRY = """
CREATE FUNCTION ledger_entry_moves_totals() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    frame ledger_frameyear%ROWTYPE;
    allocated ledger_allocation%ROWTYPE;
    original ledger_entry%ROWTYPE;
    -- What is given back but not to be used again stays counted as used.
    committing numeric := CASE WHEN NEW.allocation_id IS NULL OR NEW.is_withheld THEN 0 ELSE NEW.amount END;
    committing_rent numeric := CASE WHEN NEW.money IN ('RENT', 'VACANCY') AND NOT NEW.is_withheld THEN NEW.amount ELSE 0 END;
    withholding numeric := CASE WHEN NEW.is_withheld THEN -NEW.amount ELSE 0 END;
    carrying_in numeric := CASE WHEN NEW.kind = 'CARRY_IN' THEN NEW.amount ELSE 0 END;
    carrying_out numeric := CASE WHEN NEW.kind = 'CARRY_OUT' THEN -NEW.amount ELSE 0 END;
    deciding numeric := CASE WHEN NEW.decision <> '' THEN carrying_out ELSE 0 END;
    ceiling numeric;
    room numeric;
    rent_room numeric;
    own numeric;
    reuse text;
BEGIN
    -- Whoever posts to the year waits here for whoever posts before, and reads what that one left.
    SELECT * INTO frame FROM ledger_frameyear WHERE id = NEW.frame_year_id FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'there is no frame year %', NEW.frame_year_id USING ERRCODE = 'foreign_key_violation';
    END IF;
    IF NEW.kind = 'RELEASE' THEN
        SELECT rule INTO reuse FROM ledger_releaserule
            WHERE period_id = frame.period_id AND valid_from <= NEW.decided_on ORDER BY valid_from DESC, id DESC LIMIT 1;
        IF NEW.is_withheld IS DISTINCT FROM
           coalesce(reuse = 'NOT_REUSED' OR (reuse = 'SAME_YEAR_ONLY' AND frame.closed_on IS NOT NULL), false) THEN
            RAISE EXCEPTION 'a release of % is withheld or not as the rule of its period says (%)', NEW.decided_on, reuse
                USING ERRCODE = 'check_violation', CONSTRAINT = 'entry_withheld_as_the_rule_says';
        END IF;
    END IF;
    -- A closed year lets carry-over out. What would leave its room as it is may pass: money withheld, and an act that
    -- releases and carries on (entry_act_leaves_closed_years_alone).
    IF frame.closed_on IS NOT NULL AND NOT (
        NEW.kind = 'CARRY_OUT'
        OR (NEW.kind = 'RELEASE' AND NEW.is_withheld)
        OR (NEW.kind IN ('RELEASE', 'CARRY_IN') AND NEW.act IS NOT NULL)
    ) THEN
        RAISE EXCEPTION 'the frame of % is closed', frame.year
            USING ERRCODE = 'check_violation', CONSTRAINT = 'frame_year_open';
    END IF;
    IF NEW.kind = 'COMMIT' AND extract(year FROM NEW.decided_on) <> frame.year THEN
        RAISE EXCEPTION 'a commitment of % does not charge the frame of %', NEW.decided_on, frame.year
            USING ERRCODE = 'check_violation', CONSTRAINT = 'entry_charges_the_year_of_its_decision';
    END IF;
    IF frame.kind = 'EXTRA_RENT' AND NEW.allocation_id IS NOT NULL AND NEW.money <> 'RENT' THEN
        RAISE EXCEPTION 'the extra frame of % is for rent alone (R15)', frame.year
            USING ERRCODE = 'check_violation', CONSTRAINT = 'entry_money_fits_its_frame';
    END IF;
    IF NEW.kind = 'REVERSAL' THEN
        SELECT * INTO original FROM ledger_entry WHERE id = NEW.reverses_id;
        IF NOT FOUND OR original.kind NOT IN ('COMMIT', 'RELEASE') OR original.amount <> -NEW.amount
           OR original.frame_year_id <> NEW.frame_year_id OR original.allocation_id <> NEW.allocation_id
           OR original.money <> NEW.money OR original.is_withheld <> NEW.is_withheld OR original.act IS NOT NULL THEN
            RAISE EXCEPTION 'a reversal mirrors a commitment or a release'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'entry_reversal_mirrors_its_original';
        END IF;
    END IF;

    ceiling := coalesce(frame.regulated_total, frame.base_total);
    room := ceiling + frame.carried_in - frame.carried_out - frame.committed;
    IF committing + carrying_out > room THEN
        RAISE EXCEPTION 'the frame of % has % left', frame.year, room
            USING ERRCODE = 'check_violation', CONSTRAINT = 'frame_year_not_overspent', DETAIL = room::text;
    END IF;
    rent_room := coalesce(frame.regulated_rent, frame.base_rent) - frame.rent_committed;
    IF committing_rent > rent_room AND frame.kind <> 'EXTRA_RENT' THEN
        RAISE EXCEPTION 'the rent part of the frame of % has % left', frame.year, rent_room
            USING ERRCODE = 'check_violation', CONSTRAINT = 'frame_year_rent_not_overspent', DETAIL = rent_room::text;
    END IF;
    -- Money carried in counts as used first, so what is left is the year's own, as far as its ceiling goes; what has been
    -- carried once goes on by finance's decision alone (Q4).
    IF carrying_out > 0 AND NEW.decision = '' THEN
        own := greatest(0, least(room, ceiling - (frame.carried_out - frame.carried_out_by_decision)));
        IF carrying_out > own THEN
            RAISE EXCEPTION 'of the frame of % only % has not been carried before', frame.year, own
                USING ERRCODE = 'check_violation', CONSTRAINT = 'entry_carried_again_by_decision', DETAIL = own::text;
        END IF;
    END IF;

    IF NEW.allocation_id IS NOT NULL THEN
        SELECT * INTO allocated FROM ledger_allocation WHERE id = NEW.allocation_id FOR NO KEY UPDATE;
        IF NOT FOUND OR allocated.frame_year_id <> NEW.frame_year_id OR allocated.money <> NEW.money THEN
            RAISE EXCEPTION 'entry and allocation differ in year or kind of money'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'entry_fits_its_allocation';
        END IF;
        IF allocated.held + NEW.amount < 0 THEN
            RAISE EXCEPTION 'case % holds %', allocated.case_reference, allocated.held
                USING ERRCODE = 'check_violation', CONSTRAINT = 'allocation_not_negative', DETAIL = allocated.held::text;
        END IF;
        UPDATE ledger_allocation SET held = held + NEW.amount WHERE id = NEW.allocation_id;
        IF NEW.kind = 'COMMIT' THEN
            -- What was expected has come.
            DELETE FROM ledger_reservation WHERE case_reference = allocated.case_reference AND money = NEW.money;
        END IF;
    END IF;
    UPDATE ledger_frameyear
        SET committed = committed + committing,
            rent_committed = rent_committed + committing_rent,
            withheld = withheld + withholding,
            carried_in = carried_in + carrying_in,
            carried_out = carried_out + carrying_out,
            carried_out_by_decision = carried_out_by_decision + deciding
        WHERE id = NEW.frame_year_id;
    INSERT INTO ledger_frameday AS moved
        (frame_year_id, day, committed, rent_committed, withheld, carried_in, carried_out, carried_out_by_decision)
        VALUES (NEW.frame_year_id, (NEW.at AT TIME ZONE 'Europe/Copenhagen')::date,
                committing, committing_rent, withholding, carrying_in, carrying_out, deciding)
        ON CONFLICT (frame_year_id, day) DO UPDATE
            SET committed = moved.committed + EXCLUDED.committed,
                rent_committed = moved.rent_committed + EXCLUDED.rent_committed,
                withheld = moved.withheld + EXCLUDED.withheld,
                carried_in = moved.carried_in + EXCLUDED.carried_in,
                carried_out = moved.carried_out + EXCLUDED.carried_out,
                carried_out_by_decision = moved.carried_out_by_decision + EXCLUDED.carried_out_by_decision;
    RETURN NULL;
END $$;
CREATE TRIGGER entry_moves_totals AFTER INSERT ON ledger_entry
    FOR EACH ROW EXECUTE FUNCTION ledger_entry_moves_totals();

CREATE FUNCTION ledger_entry_carry_over_is_a_pair() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM ledger_entry AS left_from
        JOIN ledger_frameyear AS from_year ON from_year.id = left_from.frame_year_id
        JOIN ledger_entry AS arrived ON arrived.pair = left_from.pair AND arrived.amount = -left_from.amount
        JOIN ledger_frameyear AS to_year
            ON to_year.id = arrived.frame_year_id AND to_year.year = from_year.year + 1 AND to_year.kind = from_year.kind
        WHERE left_from.pair = NEW.pair AND left_from.kind = 'CARRY_OUT' AND arrived.kind = 'CARRY_IN'
    ) THEN
        RAISE EXCEPTION 'what leaves a year arrives in the next of the same frame, to the same amount'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'entry_carry_over_is_a_pair';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER entry_carry_over_is_a_pair AFTER INSERT ON ledger_entry
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.pair IS NOT NULL)
    EXECUTE FUNCTION ledger_entry_carry_over_is_a_pair();

CREATE FUNCTION ledger_entry_act_leaves_closed_years_alone() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    touched record;
BEGIN
    SELECT y.year, sum(CASE WHEN e.allocation_id IS NULL THEN e.amount WHEN e.is_withheld THEN 0 ELSE -e.amount END) AS room
        INTO touched
        FROM ledger_entry e JOIN ledger_frameyear y ON y.id = e.frame_year_id
        WHERE e.act = NEW.act AND y.closed_on IS NOT NULL
        GROUP BY y.id
        HAVING sum(CASE WHEN e.allocation_id IS NULL THEN e.amount WHEN e.is_withheld THEN 0 ELSE -e.amount END) <> 0
        LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'the act changes by % what the closed year % has left', touched.room, touched.year
            USING ERRCODE = 'check_violation', CONSTRAINT = 'entry_act_leaves_closed_years_alone';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER entry_act_leaves_closed_years_alone AFTER INSERT ON ledger_entry
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.act IS NOT NULL)
    EXECUTE FUNCTION ledger_entry_act_leaves_closed_years_alone();
"""

PROPOSAL = """
CREATE FUNCTION ledger_proposal_is_decided_once() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF OLD.state <> 'WAITING' THEN
        RAISE EXCEPTION 'proposal % is decided and stays as it is', OLD.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'proposal_is_decided_once';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER proposal_is_decided_once BEFORE UPDATE ON ledger_proposal
    FOR EACH ROW EXECUTE FUNCTION ledger_proposal_is_decided_once();

CREATE FUNCTION ledger_proposal_approved_is_posted() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    named text := 'proposal:' || NEW.id;
BEGIN
    IF NOT EXISTS (
        SELECT FROM ledger_entry WHERE (key = named OR key LIKE named || ':%')
            AND by_id = NEW.proposed_by_id AND seconded_by_id = NEW.decided_by_id
        UNION ALL
        SELECT FROM ledger_frameyearevent WHERE (key = named OR key LIKE named || ':%')
            AND user_id = NEW.proposed_by_id AND seconded_by_id = NEW.decided_by_id
        UNION ALL
        SELECT FROM ledger_releaserule WHERE key = named
            AND by_id = NEW.proposed_by_id AND seconded_by_id = NEW.decided_by_id
    ) THEN
        RAISE EXCEPTION 'proposal % is approved, but nothing was posted by these two', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'proposal_approved_is_posted';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER proposal_approved_is_posted AFTER UPDATE OF state ON ledger_proposal
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.state = 'APPROVED')
    EXECUTE FUNCTION ledger_proposal_approved_is_posted();
"""

RIGHTS = "".join(
    f"REVOKE UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER ON {table} FROM {APP_ROLE}, PUBLIC;\n" for table in TABLES
)
RIGHTS += f"REVOKE INSERT ON ledger_frameday FROM {APP_ROLE};\n"
# A proposal is answered; what it says stays.
RIGHTS += f"GRANT UPDATE (state, state_since, decided_by_id, note) ON ledger_proposal TO {APP_ROLE};\n"
RIGHTS += "".join(f"REVOKE EXECUTE ON FUNCTION {function}() FROM PUBLIC;\n" for function in FUNCTIONS)

UNDO = """
DROP TRIGGER proposal_approved_is_posted ON ledger_proposal;
DROP TRIGGER proposal_is_decided_once ON ledger_proposal;
DROP TRIGGER entry_act_leaves_closed_years_alone ON ledger_entry;
DROP TRIGGER entry_carry_over_is_a_pair ON ledger_entry;
DROP TRIGGER entry_moves_totals ON ledger_entry;
DROP TRIGGER allocation_begins_empty ON ledger_allocation;
DROP TRIGGER frame_year_event_carried_out ON ledger_frameyearevent;
DROP TRIGGER frame_year_has_opened_event ON ledger_frameyear;
DROP TRIGGER frame_year_begins_empty ON ledger_frameyear;
"""
UNDO += "".join(f"DROP FUNCTION {function}();\n" for function in FUNCTIONS)
UNDO += "".join(f"GRANT INSERT, UPDATE, DELETE ON {table} TO {APP_ROLE};\n" for table in TABLES)

# The helpers' functions are pinned and closed like ours.
MOVES = "".join(
    f"ALTER FUNCTION {function}() SET search_path = public, pg_temp; REVOKE EXECUTE ON FUNCTION {function}() FROM PUBLIC;\n"
    for function in ("ledger_proposal_legal_move", "ledger_proposal_state_has_event")
)


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]

    operations = [
        migrations.RunSQL(FRAME_YEAR + ALLOCATION + ENTRY + PROPOSAL + RIGHTS, UNDO),
        append_only("ledger_grantperiod"),
        append_only("ledger_releaserule"),
        append_only("ledger_frameyearevent"),
        append_only("ledger_entry"),
        append_only("ledger_proposalevent"),
        append_only("ledger_reservationversion"),
        legal_moves("ledger_proposal", "WAITING", PAIRS),
        state_has_event("ledger_proposal", "ledger_proposalevent", "proposal_id"),
        migrations.RunSQL(MOVES, migrations.RunSQL.noop),
    ]
