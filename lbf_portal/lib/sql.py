"""SQL that migrations share: rights of the two database roles, append-only tables, legal state changes.

Plain triggers, not django-pgtrigger's: those can be switched off by any session through a setting, ours cannot
(docs/decisions/0003-triggers-are-plain-sql.md). Migrations call these functions, so what they return never changes;
a new wording is a new function.
"""

from collections.abc import Iterable

from django.db import migrations

APP_ROLE = "lbf_portal_app"


def application_role() -> migrations.RunSQL:
    """Make the role that web and worker act as, with rights on data and none on structure.

    The role may have been made with a login by whoever runs the server; then only the rights are given.
    """
    return migrations.RunSQL(
        f"""
        DO $$ BEGIN
            IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{APP_ROLE}') THEN
                CREATE ROLE {APP_ROLE} NOLOGIN;
            END IF;
        EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;  -- another database of the cluster was quicker
        END $$;
        REVOKE CREATE ON SCHEMA public FROM PUBLIC;
        -- A temporary table could stand in for a real one in whatever a guard reads.
        DO $$ BEGIN EXECUTE format('REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC', current_database()); END $$;
        GRANT USAGE ON SCHEMA public TO {APP_ROLE};
        GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {APP_ROLE};
        GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {APP_ROLE};
        REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM {APP_ROLE};
        ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {APP_ROLE};
        ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO {APP_ROLE};
        CREATE FUNCTION lbf_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
        END $$;
        """,
        f"""
        DROP FUNCTION lbf_refuse_change();
        ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE ALL ON TABLES FROM {APP_ROLE};
        ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE ALL ON SEQUENCES FROM {APP_ROLE};
        REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {APP_ROLE};
        REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM {APP_ROLE};
        REVOKE ALL ON SCHEMA public FROM {APP_ROLE};
        """,
    )


def append_only(table: str) -> migrations.RunSQL:
    """Rows of the table are written once: a trigger refuses UPDATE and DELETE to everybody, and the role has no right to.

    TRUNCATE is left to the rights alone (the role has none): a trigger on it would break the flush between tests.
    """
    return migrations.RunSQL(
        f"""
        CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}
            FOR EACH ROW EXECUTE FUNCTION lbf_refuse_change();
        REVOKE UPDATE, DELETE ON {table} FROM {APP_ROLE};
        """,
        f"""
        DROP TRIGGER {table}_append_only ON {table};
        GRANT UPDATE, DELETE ON {table} TO {APP_ROLE};
        """,
    )


def legal_moves(table: str, initial: str, pairs: Iterable[tuple[str, str]]) -> migrations.RunSQL:
    """A row is born in `initial` and its state changes only along `pairs` (from, to), whoever writes.

    The pairs are those of the app's table of moves; a test compares the two.
    """
    values = ", ".join(f"('{source}', '{target}')" for source, target in sorted(set(pairs)))
    return migrations.RunSQL(
        f"""
        CREATE OR REPLACE FUNCTION {table}_legal_move() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_OP = 'INSERT' THEN
                IF NEW.state <> '{initial}' THEN
                    RAISE EXCEPTION '{table}: a row begins as {initial}, not %', NEW.state
                        USING ERRCODE = 'check_violation', CONSTRAINT = '{table}_legal_move';
                END IF;
            ELSIF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (VALUES {values}) THEN
                RAISE EXCEPTION '{table}: no move leads from % to %', OLD.state, NEW.state
                    USING ERRCODE = 'check_violation', CONSTRAINT = '{table}_legal_move';
            END IF;
            RETURN NEW;
        END $$;
        CREATE TRIGGER {table}_legal_move BEFORE INSERT OR UPDATE OF state ON {table}
            FOR EACH ROW EXECUTE FUNCTION {table}_legal_move();
        """,
        f"""
        DROP TRIGGER {table}_legal_move ON {table};
        DROP FUNCTION {table}_legal_move();
        """,
    )


def state_has_event(table: str, events: str, key: str) -> migrations.RunSQL:
    """At the end of the transaction a row's state must be the one its latest event of a move led to.

    So a change of state without an event, by whatever hand, does not commit (domain.md 11.3).
    """
    return migrations.RunSQL(
        f"""
        CREATE FUNCTION {table}_state_has_event() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
        DECLARE
            last_state text;
            current_state text;
        BEGIN
            SELECT state INTO current_state FROM {table} WHERE id = NEW.id;
            SELECT state_to INTO last_state FROM {events}
                WHERE {key} = NEW.id AND state_to <> '' ORDER BY id DESC LIMIT 1;
            IF current_state IS NOT NULL AND last_state IS DISTINCT FROM current_state THEN
                RAISE EXCEPTION '{table} %: state % has no event (latest event leads to %)',
                    NEW.id, current_state, last_state
                    USING ERRCODE = 'check_violation', CONSTRAINT = '{table}_state_has_event';
            END IF;
            RETURN NULL;
        END $$;
        CREATE CONSTRAINT TRIGGER {table}_state_has_event AFTER INSERT OR UPDATE OF state ON {table}
            DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION {table}_state_has_event();
        """,
        f"""
        DROP TRIGGER {table}_state_has_event ON {table};
        DROP FUNCTION {table}_state_has_event();
        """,
    )
