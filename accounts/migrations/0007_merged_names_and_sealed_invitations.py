"""What a mandate may be, who came after whom and what was invited to, held by the database.

The transitions say so in sentences; the triggers meet scripts and psql too.
"""

from django.db import migrations, models

from lbf_portal.lib.sql import APP_ROLE

# One merger after the other, so that two at the same moment make no ring.
SUCCESSION = """
CREATE FUNCTION accounts_succession_goes_on() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(610002);
    IF EXISTS (SELECT FROM accounts_succession WHERE predecessor_id = NEW.successor_id) THEN
        RAISE EXCEPTION 'organisation % was merged away itself', NEW.successor_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'succession_into_one_that_stands';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER succession_into_one_that_stands AFTER INSERT ON accounts_succession
    FOR EACH ROW EXECUTE FUNCTION accounts_succession_goes_on();

-- Who acts for an organisation that was merged away is the last of those that came after it, and nobody takes that back.
CREATE FUNCTION accounts_organisation_succeeded() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    latest bigint;
BEGIN
    WITH RECURSIVE onwards (organisation_id) AS (
        SELECT successor_id FROM accounts_succession WHERE predecessor_id = NEW.id
        UNION
        SELECT later.successor_id FROM accounts_succession later JOIN onwards ON later.predecessor_id = onwards.organisation_id
    )
    SELECT organisation_id INTO latest FROM onwards
        WHERE organisation_id NOT IN (SELECT predecessor_id FROM accounts_succession);
    IF NEW.succeeded_by_id IS DISTINCT FROM latest THEN
        RAISE EXCEPTION 'organisation % was not merged into %', NEW.id, NEW.succeeded_by_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'organisation_succeeded_as_merged';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER organisation_succeeded_as_merged AFTER UPDATE OF succeeded_by_id ON accounts_organisation
    FOR EACH ROW WHEN (NEW.succeeded_by_id IS DISTINCT FROM OLD.succeeded_by_id)
    EXECUTE FUNCTION accounts_organisation_succeeded();
CREATE TRIGGER organisation_begins_unmerged AFTER INSERT ON accounts_organisation
    FOR EACH ROW WHEN (NEW.succeeded_by_id IS NOT NULL) EXECUTE FUNCTION accounts_organisation_succeeded();
"""
SUCCESSION_REVERSE = """
DROP TRIGGER organisation_begins_unmerged ON accounts_organisation;
DROP TRIGGER organisation_succeeded_as_merged ON accounts_organisation;
DROP FUNCTION accounts_organisation_succeeded();
DROP TRIGGER succession_into_one_that_stands ON accounts_succession;
DROP FUNCTION accounts_succession_goes_on();
"""
# Sent again an invitation has another secret and another last day; accepted or withdrawn it stays as it is.
INVITATIONS = f"""
REVOKE DELETE ON accounts_invitation FROM {APP_ROLE};
CREATE FUNCTION accounts_invitation_kept() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    open_columns text[] := ARRAY['token_hash', 'invited_at', 'expires_at', 'accepted_at', 'accepted_by_id', 'withdrawn_at'];
BEGIN
    IF TG_OP = 'DELETE' OR OLD.accepted_at IS NOT NULL OR OLD.withdrawn_at IS NOT NULL
       OR (to_jsonb(NEW) - open_columns) IS DISTINCT FROM (to_jsonb(OLD) - open_columns) THEN
        RAISE EXCEPTION 'an invitation stays what it was, and closed it stays closed' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER accounts_invitation_kept BEFORE UPDATE OR DELETE ON accounts_invitation
    FOR EACH ROW EXECUTE FUNCTION accounts_invitation_kept();
"""
INVITATIONS_REVERSE = f"""
DROP TRIGGER accounts_invitation_kept ON accounts_invitation;
DROP FUNCTION accounts_invitation_kept();
GRANT DELETE ON accounts_invitation TO {APP_ROLE};
"""
# domain.md, section 8: who gives a mandate and who holds one; an adviser does not submit; five years at most.
MANDATES = """
CREATE FUNCTION accounts_mandate_may_be() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    gives text := (SELECT kind FROM accounts_organisation WHERE id = NEW.principal_id);
    holds text := (SELECT kind FROM accounts_organisation WHERE id = NEW.holder_id);
BEGIN
    IF gives NOT IN ('HOUSING', 'ADMINISTRATION') OR holds NOT IN ('ADVISER', 'ADMINISTRATION', 'HOUSING')
       OR (holds = 'ADVISER' AND NEW."right" = 'SUBMIT')
       OR NEW.valid_to > NEW.valid_from + interval '5 years' THEN
        RAISE EXCEPTION 'no such mandate may be given' USING ERRCODE = 'check_violation', CONSTRAINT = 'mandate_may_be';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER mandate_may_be BEFORE INSERT ON accounts_mandate
    FOR EACH ROW EXECUTE FUNCTION accounts_mandate_may_be();
"""
MANDATES_REVERSE = """
DROP TRIGGER mandate_may_be ON accounts_mandate;
DROP FUNCTION accounts_mandate_may_be();
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0006_people_mandates_and_names")]

    operations = [
        migrations.RemoveConstraint(model_name="organisation", name="organisation_name_unique_in_kind"),
        migrations.AddConstraint(
            model_name="organisation",
            constraint=models.UniqueConstraint(
                condition=models.Q(("succeeded_by__isnull", True)),
                fields=("kind", "name"),
                name="organisation_name_unique_in_kind",
                violation_error_message="En anden organisation af samme art hedder allerede sådan.",
            ),
        ),
        migrations.AddField(
            model_name="mandate",
            name="case_count",
            field=models.PositiveIntegerField(default=0, verbose_name="antal sager"),
        ),
        migrations.AddConstraint(
            model_name="mandate",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("case_count", 0), ("is_limited", False)),
                    models.Q(("case_count__gt", 0), ("is_limited", True)),
                    _connector="OR",
                ),
                name="mandate_names_cases_exactly_when_limited",
            ),
        ),
        migrations.RunSQL(SUCCESSION, SUCCESSION_REVERSE),
        migrations.RunSQL(INVITATIONS, INVITATIONS_REVERSE),
        migrations.RunSQL(MANDATES, MANDATES_REVERSE),
    ]
