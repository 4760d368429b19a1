"""An area that went into another is never where that one goes in turn, over however many mergers (R31).

The transition says so in a sentence; the trigger meets scripts, imports and psql too, also two at the same moment.
"""

from django.db import migrations

# Waits where imports and transitions wait (areas/transitions/upkeep.py).
TRIGGER = """
CREATE FUNCTION areas_mergers_make_no_ring() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(610001);
    IF EXISTS (
        WITH RECURSIVE onwards (area_id) AS (
            SELECT NEW.area_id
            UNION
            SELECT later.area_id FROM areas_areachange later JOIN onwards ON later.predecessor_id = onwards.area_id
            WHERE later.kind = 'MERGED'
        )
        SELECT FROM onwards WHERE area_id = NEW.predecessor_id
    ) THEN
        RAISE EXCEPTION 'areas % and % would go into each other', NEW.predecessor_id, NEW.area_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'area_change_merges_in_no_ring';
    END IF;
    RETURN NULL;
END $$;
REVOKE EXECUTE ON FUNCTION areas_mergers_make_no_ring() FROM PUBLIC;
CREATE TRIGGER area_change_merges_in_no_ring AFTER INSERT OR UPDATE ON areas_areachange
    FOR EACH ROW WHEN (NEW.kind = 'MERGED') EXECUTE FUNCTION areas_mergers_make_no_ring();
"""
REVERSE = """
DROP TRIGGER area_change_merges_in_no_ring ON areas_areachange;
DROP FUNCTION areas_mergers_make_no_ring();
"""


class Migration(migrations.Migration):
    dependencies = [("areas", "0002_imports")]

    operations = [migrations.RunSQL(TRIGGER, REVERSE)]
