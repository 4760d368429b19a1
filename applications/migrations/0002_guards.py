"""What must never be false about a case, whoever writes: legal moves, events, four eyes, sealed agreements, G1."""

from django.db import migrations

from lbf_portal.lib.sql import APP_ROLE, append_only, legal_moves, state_has_event

# A copy of states.pairs() as of this migration; tests/applications/test_states.py compares the two.
PAIRS = [
    ("DRAFT", "SUBMITTED"),
    ("DRAFT", "WITHDRAWN"),
    ("HEARING", "REFUSED"),
    ("HEARING", "UNDER_ASSESSMENT"),
    ("HEARING", "WITHDRAWN"),
    ("HEARING_PLAN", "PLAN_SUBMITTED"),
    ("HEARING_PLAN", "REFUSED"),
    ("HEARING_PLAN", "WITHDRAWN"),
    ("INFO_REQUESTED", "HEARING"),
    ("INFO_REQUESTED", "LAPSED"),
    ("INFO_REQUESTED", "UNDER_ASSESSMENT"),
    ("INFO_REQUESTED", "WITHDRAWN"),
    ("INFO_REQUESTED_PLAN", "LAPSED"),
    ("INFO_REQUESTED_PLAN", "LOCAL_APPROVAL"),
    ("INFO_REQUESTED_PLAN", "WITHDRAWN"),
    ("LOCAL_APPROVAL", "LAPSED"),
    ("LOCAL_APPROVAL", "PLAN_IN_PROGRESS"),
    ("LOCAL_APPROVAL", "PLAN_SUBMITTED"),
    ("LOCAL_APPROVAL", "WITHDRAWN"),
    ("PLAN_IN_PROGRESS", "LAPSED"),
    ("PLAN_IN_PROGRESS", "LOCAL_APPROVAL"),
    ("PLAN_IN_PROGRESS", "WITHDRAWN"),
    ("PLAN_SUBMITTED", "COMMITTED"),
    ("PLAN_SUBMITTED", "HEARING_PLAN"),
    ("PLAN_SUBMITTED", "INFO_REQUESTED_PLAN"),
    ("PLAN_SUBMITTED", "WITHDRAWN"),
    ("PREQUALIFIED", "LAPSED"),
    ("PREQUALIFIED", "PLAN_IN_PROGRESS"),
    ("PREQUALIFIED", "WITHDRAWN"),
    ("SUBMITTED", "INFO_REQUESTED"),
    ("SUBMITTED", "UNDER_ASSESSMENT"),
    ("SUBMITTED", "WITHDRAWN"),
    ("UNDER_ASSESSMENT", "HEARING"),
    ("UNDER_ASSESSMENT", "INFO_REQUESTED"),
    ("UNDER_ASSESSMENT", "PREQUALIFIED"),
    ("UNDER_ASSESSMENT", "WAITING_LIST"),
    ("UNDER_ASSESSMENT", "WITHDRAWN"),
    ("WAITING_LIST", "HEARING"),
    ("WAITING_LIST", "PREQUALIFIED"),
    ("WAITING_LIST", "WITHDRAWN"),
]

HISTORIES = [
    "applications_applicationversion",
    "applications_boardseatversion",
    "applications_comprehensiveplanversion",
    "applications_plangoalversion",
    "applications_rentsupportversion",
]


class Migration(migrations.Migration):
    dependencies = [
        ("applications", "0001_initial"),
        ("ledger", "0002_guards"),
    ]

    operations = [
        legal_moves("applications_application", "DRAFT", PAIRS),
        append_only("applications_applicationevent"),
        state_has_event("applications_application", "applications_applicationevent", "application_id"),
        append_only("applications_decision"),
        append_only("applications_document"),
        append_only("applications_recommendation"),
        append_only("applications_signature"),
        *(append_only(table) for table in HISTORIES),
        # A version of the agreement may be recalled, once, and nothing else of it changes.
        migrations.RunSQL(
            f"""
            REVOKE UPDATE, DELETE ON applications_agreement FROM {APP_ROLE};
            GRANT UPDATE (voided_at) ON applications_agreement TO {APP_ROLE};
            CREATE FUNCTION applications_agreement_sealed() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
            BEGIN
                IF TG_OP = 'DELETE' OR OLD.voided_at IS NOT NULL
                   OR (to_jsonb(NEW) - 'voided_at') IS DISTINCT FROM (to_jsonb(OLD) - 'voided_at') THEN
                    RAISE EXCEPTION 'a version of an agreement does not change' USING ERRCODE = 'restrict_violation';
                END IF;
                RETURN NEW;
            END $$;
            CREATE TRIGGER applications_agreement_sealed BEFORE UPDATE OR DELETE ON applications_agreement
                FOR EACH ROW EXECUTE FUNCTION applications_agreement_sealed();
            ALTER TABLE applications_signature ADD CONSTRAINT signature_of_this_very_version
                FOREIGN KEY (agreement_id, content_hash) REFERENCES applications_agreement (id, content_hash)
                DEFERRABLE INITIALLY IMMEDIATE;
            """,
            f"""
            ALTER TABLE applications_signature DROP CONSTRAINT signature_of_this_very_version;
            DROP TRIGGER applications_agreement_sealed ON applications_agreement;
            DROP FUNCTION applications_agreement_sealed();
            GRANT UPDATE, DELETE ON applications_agreement TO {APP_ROLE};
            """,
        ),
        # The decision's recommender is the recommendation's author, so that four eyes cannot be met by a false name.
        migrations.RunSQL(
            """
            ALTER TABLE applications_decision ADD CONSTRAINT decision_names_its_recommender
                FOREIGN KEY (recommendation_id, recommended_by_id)
                REFERENCES applications_recommendation (id, recommended_by_id) DEFERRABLE INITIALLY IMMEDIATE;
            """,
            "ALTER TABLE applications_decision DROP CONSTRAINT decision_names_its_recommender;",
        ),
        # G1: whoever sets COMMITTED has, when the transaction ends, a decision and postings of exactly its amounts.
        migrations.RunSQL(
            """
            CREATE FUNCTION applications_commitment_is_posted() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
            DECLARE
                decided record;
                posted_social numeric;
                posted_rent numeric;
            BEGIN
                SELECT frame_year, social_amount, rent_amount INTO decided FROM applications_decision
                    WHERE application_id = NEW.id AND outcome = 'COMMITTED';
                IF NOT FOUND THEN
                    RAISE EXCEPTION 'case %: committed without a decision', NEW.case_number
                        USING ERRCODE = 'check_violation', CONSTRAINT = 'application_commitment_is_posted';
                END IF;
                SELECT coalesce(sum(e.amount) FILTER (WHERE e.money = 'SOCIAL'), 0),
                       coalesce(sum(e.amount) FILTER (WHERE e.money IN ('RENT', 'VACANCY')), 0)
                    INTO posted_social, posted_rent
                    FROM ledger_entry e JOIN ledger_allocation a ON a.id = e.allocation_id
                    JOIN ledger_frameyear y ON y.id = e.frame_year_id
                    WHERE a.case_reference = NEW.case_number::text AND e.kind = 'COMMIT' AND y.year = decided.frame_year;
                IF posted_social <> decided.social_amount OR posted_rent <> decided.rent_amount THEN
                    RAISE EXCEPTION 'case %: decided % and %, posted % and %', NEW.case_number,
                        decided.social_amount, decided.rent_amount, posted_social, posted_rent
                        USING ERRCODE = 'check_violation', CONSTRAINT = 'application_commitment_is_posted';
                END IF;
                RETURN NULL;
            END $$;
            CREATE CONSTRAINT TRIGGER applications_commitment_is_posted AFTER UPDATE OF state ON applications_application
                DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.state = 'COMMITTED')
                EXECUTE FUNCTION applications_commitment_is_posted();
            """,
            """
            DROP TRIGGER applications_commitment_is_posted ON applications_application;
            DROP FUNCTION applications_commitment_is_posted();
            """,
        ),
    ]
