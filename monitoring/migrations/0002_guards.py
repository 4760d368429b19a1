"""What must never be false about an effort, whoever writes: legal moves, events, a committed case behind it."""

from django.db import migrations

from lbf_portal.lib.sql import append_only, legal_moves, state_has_event

# A copy of states.pairs() as of this migration; tests/monitoring/test_states.py compares the two.
PAIRS = [
    ("ACTIVE", "CHANGE_PENDING"),
    ("ACTIVE", "CLOSING"),
    ("ACTIVE", "EXTENDED"),
    ("ACTIVE", "REVOKED"),
    ("CHANGE_PENDING", "ACTIVE"),
    ("CLOSING", "CLOSED"),
    ("EXTENDED", "CLOSING"),
    ("PENDING", "ACTIVE"),
    ("PENDING", "REVOKED"),
    ("REVOKED", "CLOSED"),
]


class Migration(migrations.Migration):
    dependencies = [
        ("monitoring", "0001_initial"),
        ("applications", "0002_guards"),
    ]

    operations = [
        legal_moves("monitoring_effort", "PENDING", PAIRS),
        append_only("monitoring_effortevent"),
        state_has_event("monitoring_effort", "monitoring_effortevent", "effort_id"),
        append_only("monitoring_effortversion"),
        append_only("monitoring_measurement"),
        # Deferred: the commitment opens the effort before its own row is saved, in the same transaction.
        migrations.RunSQL(
            """
            CREATE FUNCTION monitoring_effort_of_a_committed_case() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
            BEGIN
                IF NOT EXISTS (
                    SELECT FROM applications_application WHERE id = NEW.application_id AND state = 'COMMITTED'
                ) THEN
                    RAISE EXCEPTION 'effort %: its case has no commitment', NEW.id
                        USING ERRCODE = 'check_violation', CONSTRAINT = 'effort_of_a_committed_case';
                END IF;
                RETURN NULL;
            END $$;
            CREATE CONSTRAINT TRIGGER effort_of_a_committed_case AFTER INSERT OR UPDATE OF application_id ON monitoring_effort
                DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION monitoring_effort_of_a_committed_case();
            """,
            """
            DROP TRIGGER effort_of_a_committed_case ON monitoring_effort;
            DROP FUNCTION monitoring_effort_of_a_committed_case();
            """,
        ),
    ]
