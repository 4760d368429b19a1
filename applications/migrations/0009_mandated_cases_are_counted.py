"""A limited mandate covers the cases it was given for: none is named beside them later."""

from django.db import migrations

# The mandate is locked, so that two at the same moment count each other.
COUNTED = """
CREATE FUNCTION applications_mandatedcase_counted() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    allowed integer;
BEGIN
    SELECT case_count INTO allowed FROM accounts_mandate WHERE id = NEW.mandate_id FOR NO KEY UPDATE;
    IF (SELECT count(*) FROM applications_mandatedcase WHERE mandate_id = NEW.mandate_id) >= allowed THEN
        RAISE EXCEPTION 'mandate % covers no more cases', NEW.mandate_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'mandated_case_counted';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER mandated_case_counted BEFORE INSERT ON applications_mandatedcase
    FOR EACH ROW EXECUTE FUNCTION applications_mandatedcase_counted();
"""
COUNTED_REVERSE = """
DROP TRIGGER mandated_case_counted ON applications_mandatedcase;
DROP FUNCTION applications_mandatedcase_counted();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0007_merged_names_and_sealed_invitations"),
        ("applications", "0008_prequalification"),
    ]

    operations = [migrations.RunSQL(COUNTED, COUNTED_REVERSE)]
