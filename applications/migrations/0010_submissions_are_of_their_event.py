"""What was sent belongs to the very event of its own case being submitted, whoever writes it."""

from django.db import migrations

# After the row's own checks: a hash that is not of the content is told as that.
OF_ITS_EVENT = """
CREATE FUNCTION applications_submission_of_its_event() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM applications_applicationevent
        WHERE id = NEW.event_id AND application_id = NEW.application_id AND event = 'application:submitted'
    ) THEN
        RAISE EXCEPTION 'submission %: event % is no event of the case being submitted', NEW.id, NEW.event_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'submission_of_its_event';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER submission_of_its_event AFTER INSERT ON applications_submission
    FOR EACH ROW EXECUTE FUNCTION applications_submission_of_its_event();
"""
OF_ITS_EVENT_REVERSE = """
DROP TRIGGER submission_of_its_event ON applications_submission;
DROP FUNCTION applications_submission_of_its_event();
"""


class Migration(migrations.Migration):
    dependencies = [("applications", "0009_mandated_cases_are_counted")]

    operations = [migrations.RunSQL(OF_ITS_EVENT, OF_ITS_EVENT_REVERSE)]
