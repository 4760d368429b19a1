"""Organisations look after their own people, act for each other by mandate, change their names and merge."""

import datetime

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.text
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

from lbf_portal.lib.sql import APP_ROLE, append_only


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_mails_and_calendar"),
    ]

    operations = [
        migrations.CreateModel(
            name="FormerName",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=200, verbose_name="navn")),
                ("last_day", models.DateField(verbose_name="til og med")),
                ("recorded_at", models.DateTimeField(verbose_name="registreret")),
            ],
            options={
                "verbose_name": "tidligere navn",
                "verbose_name_plural": "tidligere navne",
                "ordering": ["-last_day"],
            },
        ),
        migrations.CreateModel(
            name="Invitation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("email", models.EmailField(max_length=254, verbose_name="e-mail")),
                ("name", models.CharField(max_length=200, verbose_name="navn")),
                (
                    "roles",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("APPLICANT", "Ansøger"),
                                ("HOUSING_SIGNATORY", "Tegningsberettiget for boligorganisation"),
                                ("ADVISER", "Rådgiver"),
                                ("AUDITOR", "Revisor"),
                                ("MUNICIPAL_OFFICER", "Kommunal medarbejder"),
                                ("MUNICIPAL_SIGNATORY", "Tegningsberettiget for kommune"),
                                ("CASE_OFFICER", "Sagsbehandler"),
                                ("FINANCE_OFFICER", "Økonomimedarbejder"),
                                ("DIRECTOR", "Direktion"),
                                ("ORG_ADMINISTRATOR", "Brugeradministrator"),
                                ("READER", "Læser"),
                                ("BOARD_MEMBER", "Medlem af lokal bestyrelse"),
                                ("SECRETARIAT", "Sekretariat"),
                                ("SYSTEM", "Portalen"),
                            ],
                            max_length=20,
                        ),
                        size=None,
                        verbose_name="roller",
                    ),
                ),
                ("valid_from", models.DateField(verbose_name="fra")),
                ("token_hash", models.CharField(max_length=64, unique=True)),
                ("invited_at", models.DateTimeField(verbose_name="sendt")),
                ("expires_at", models.DateTimeField(verbose_name="udløber")),
                ("accepted_at", models.DateTimeField(blank=True, null=True, verbose_name="taget imod")),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True, verbose_name="trukket tilbage")),
            ],
            options={
                "verbose_name": "invitation",
                "verbose_name_plural": "invitationer",
                "ordering": ["-invited_at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="Mandate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "right",
                    models.CharField(
                        choices=[("READ", "Læse"), ("EDIT", "Læse og skrive"), ("SUBMIT", "Læse, skrive og indsende")],
                        max_length=10,
                        verbose_name="omfang",
                    ),
                ),
                ("is_limited", models.BooleanField(default=False, verbose_name="kun bestemte sager")),
                ("valid_from", models.DateField(verbose_name="fra")),
                ("valid_to", models.DateField(verbose_name="til og med")),
                ("evidence", models.CharField(max_length=300, verbose_name="dokumentation")),
                ("given_at", models.DateTimeField(verbose_name="givet")),
                ("revoked_on", models.DateField(blank=True, null=True, verbose_name="tilbagekaldt")),
                ("revoke_reason", models.CharField(blank=True, max_length=300, verbose_name="begrundelse")),
            ],
            options={
                "verbose_name": "fuldmagt",
                "verbose_name_plural": "fuldmagter",
                "ordering": ["-valid_from", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="Succession",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("effective_on", models.DateField(verbose_name="fra")),
                ("reason", models.CharField(max_length=300, verbose_name="grundlag")),
                ("recorded_at", models.DateTimeField(verbose_name="registreret")),
            ],
            options={
                "verbose_name": "sammenlægning",
                "verbose_name_plural": "sammenlægninger",
                "ordering": ["-effective_on", "-pk"],
            },
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="organisation",
            name="insert_insert",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="organisation",
            name="update_update",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="organisation",
            name="delete_delete",
        ),
        migrations.RemoveConstraint(
            model_name="membership",
            name="membership_role_is_held_in_organisations",
        ),
        migrations.RemoveConstraint(
            model_name="membership",
            name="membership_ends_after_it_begins",
        ),
        migrations.AddField(
            model_name="organisation",
            name="renamed_on",
            field=models.DateField(blank=True, editable=False, null=True, verbose_name="navn fra"),
        ),
        migrations.AddField(
            model_name="organisation",
            name="succeeded_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="succeeds",
                to="accounts.organisation",
                verbose_name="lagt sammen med",
            ),
        ),
        migrations.AddField(
            model_name="organisationversion",
            name="renamed_on",
            field=models.DateField(blank=True, editable=False, null=True, verbose_name="navn fra"),
        ),
        migrations.AddField(
            model_name="organisationversion",
            name="succeeded_by",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="accounts.organisation",
                verbose_name="lagt sammen med",
            ),
        ),
        migrations.AddField(
            model_name="user",
            name="sessions_ended",
            field=models.PositiveIntegerField(db_default=0, default=0, editable=False),
        ),
        migrations.AlterField(
            model_name="accountevent",
            name="role",
            field=models.CharField(
                choices=[
                    ("APPLICANT", "Ansøger"),
                    ("HOUSING_SIGNATORY", "Tegningsberettiget for boligorganisation"),
                    ("ADVISER", "Rådgiver"),
                    ("AUDITOR", "Revisor"),
                    ("MUNICIPAL_OFFICER", "Kommunal medarbejder"),
                    ("MUNICIPAL_SIGNATORY", "Tegningsberettiget for kommune"),
                    ("CASE_OFFICER", "Sagsbehandler"),
                    ("FINANCE_OFFICER", "Økonomimedarbejder"),
                    ("DIRECTOR", "Direktion"),
                    ("ORG_ADMINISTRATOR", "Brugeradministrator"),
                    ("READER", "Læser"),
                    ("BOARD_MEMBER", "Medlem af lokal bestyrelse"),
                    ("SECRETARIAT", "Sekretariat"),
                    ("SYSTEM", "Portalen"),
                ],
                max_length=20,
                verbose_name="rolle",
            ),
        ),
        migrations.AlterField(
            model_name="membership",
            name="role",
            field=models.CharField(
                choices=[
                    ("APPLICANT", "Ansøger"),
                    ("HOUSING_SIGNATORY", "Tegningsberettiget for boligorganisation"),
                    ("ADVISER", "Rådgiver"),
                    ("AUDITOR", "Revisor"),
                    ("MUNICIPAL_OFFICER", "Kommunal medarbejder"),
                    ("MUNICIPAL_SIGNATORY", "Tegningsberettiget for kommune"),
                    ("CASE_OFFICER", "Sagsbehandler"),
                    ("FINANCE_OFFICER", "Økonomimedarbejder"),
                    ("DIRECTOR", "Direktion"),
                    ("ORG_ADMINISTRATOR", "Brugeradministrator"),
                    ("READER", "Læser"),
                    ("BOARD_MEMBER", "Medlem af lokal bestyrelse"),
                    ("SECRETARIAT", "Sekretariat"),
                    ("SYSTEM", "Portalen"),
                ],
                max_length=20,
                verbose_name="rolle",
            ),
        ),
        migrations.AlterField(
            model_name="membershipversion",
            name="role",
            field=models.CharField(
                choices=[
                    ("APPLICANT", "Ansøger"),
                    ("HOUSING_SIGNATORY", "Tegningsberettiget for boligorganisation"),
                    ("ADVISER", "Rådgiver"),
                    ("AUDITOR", "Revisor"),
                    ("MUNICIPAL_OFFICER", "Kommunal medarbejder"),
                    ("MUNICIPAL_SIGNATORY", "Tegningsberettiget for kommune"),
                    ("CASE_OFFICER", "Sagsbehandler"),
                    ("FINANCE_OFFICER", "Økonomimedarbejder"),
                    ("DIRECTOR", "Direktion"),
                    ("ORG_ADMINISTRATOR", "Brugeradministrator"),
                    ("READER", "Læser"),
                    ("BOARD_MEMBER", "Medlem af lokal bestyrelse"),
                    ("SECRETARIAT", "Sekretariat"),
                    ("SYSTEM", "Portalen"),
                ],
                max_length=20,
                verbose_name="rolle",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="organisation",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "accounts_organisationversion" ("administered_by_id", "cvr_number", "id", "is_demo", "kind", "lbf_number", "municipality_code", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "renamed_on", "sort_key", "source", "succeeded_by_id") VALUES (NEW."administered_by_id", NEW."cvr_number", NEW."id", NEW."is_demo", NEW."kind", NEW."lbf_number", NEW."municipality_code", NEW."name", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."renamed_on", NEW."sort_key", NEW."source", NEW."succeeded_by_id"); RETURN NULL;',
                    hash="e761a8ba45543b8fe954923d46b7d8a0987b1573",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_66a5c",
                    table="accounts_organisation",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="organisation",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "accounts_organisationversion" ("administered_by_id", "cvr_number", "id", "is_demo", "kind", "lbf_number", "municipality_code", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "renamed_on", "sort_key", "source", "succeeded_by_id") VALUES (NEW."administered_by_id", NEW."cvr_number", NEW."id", NEW."is_demo", NEW."kind", NEW."lbf_number", NEW."municipality_code", NEW."name", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."renamed_on", NEW."sort_key", NEW."source", NEW."succeeded_by_id"); RETURN NULL;',
                    hash="723e31ae22f36dbe60e5c7fbd6c8e1d5c542ea96",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_9e5fc",
                    table="accounts_organisation",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="organisation",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "accounts_organisationversion" ("administered_by_id", "cvr_number", "id", "is_demo", "kind", "lbf_number", "municipality_code", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "renamed_on", "sort_key", "source", "succeeded_by_id") VALUES (OLD."administered_by_id", OLD."cvr_number", OLD."id", OLD."is_demo", OLD."kind", OLD."lbf_number", OLD."municipality_code", OLD."name", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."renamed_on", OLD."sort_key", OLD."source", OLD."succeeded_by_id"); RETURN NULL;',
                    hash="f042a95e689fc8681bcd61c21dcff03261e62a26",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_7b33b",
                    table="accounts_organisation",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="membership",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "role__in",
                        [
                            "ADVISER",
                            "APPLICANT",
                            "AUDITOR",
                            "CASE_OFFICER",
                            "DIRECTOR",
                            "FINANCE_OFFICER",
                            "HOUSING_SIGNATORY",
                            "MUNICIPAL_OFFICER",
                            "MUNICIPAL_SIGNATORY",
                            "ORG_ADMINISTRATOR",
                        ],
                    )
                ),
                name="membership_role_is_held_in_organisations",
            ),
        ),
        migrations.AddConstraint(
            model_name="membership",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("valid_to__isnull", True),
                    (
                        "valid_to__gte",
                        django.db.models.expressions.CombinedExpression(
                            models.F("valid_from"), "-", models.Value(datetime.timedelta(days=1))
                        ),
                    ),
                    _connector="OR",
                ),
                name="membership_ends_after_it_begins",
            ),
        ),
        migrations.AddConstraint(
            model_name="organisation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("succeeded_by__isnull", True), models.Q(("succeeded_by", models.F("pk")), _negated=True), _connector="OR"
                ),
                name="organisation_does_not_succeed_itself",
            ),
        ),
        migrations.AddField(
            model_name="formername",
            name="organisation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="former_names", to="accounts.organisation"
            ),
        ),
        migrations.AddField(
            model_name="formername",
            name="recorded_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="invitation",
            name="accepted_by",
            field=models.ForeignKey(
                blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="invitation",
            name="invited_by",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name="invitation",
            name="organisation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="invitations", to="accounts.organisation"
            ),
        ),
        migrations.AddField(
            model_name="mandate",
            name="given_by",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name="mandate",
            name="holder",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="mandates_held",
                to="accounts.organisation",
                verbose_name="fuldmægtig",
            ),
        ),
        migrations.AddField(
            model_name="mandate",
            name="principal",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="mandates_given",
                to="accounts.organisation",
                verbose_name="fuldmagtsgiver",
            ),
        ),
        migrations.AddField(
            model_name="mandate",
            name="revoked_by",
            field=models.ForeignKey(
                blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="succession",
            name="predecessor",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="succession", to="accounts.organisation"
            ),
        ),
        migrations.AddField(
            model_name="succession",
            name="recorded_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="succession",
            name="successor",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="successions", to="accounts.organisation"
            ),
        ),
        migrations.AddConstraint(
            model_name="formername",
            constraint=models.UniqueConstraint(fields=("organisation", "last_day"), name="former_name_one_a_day"),
        ),
        migrations.AddConstraint(
            model_name="formername",
            constraint=models.CheckConstraint(condition=models.Q(("name", ""), _negated=True), name="former_name_is_not_empty"),
        ),
        migrations.AddConstraint(
            model_name="invitation",
            constraint=models.UniqueConstraint(
                condition=models.Q(("accepted_at__isnull", True), ("withdrawn_at__isnull", True)),
                fields=("organisation", "email"),
                name="invitation_one_open_per_address",
            ),
        ),
        migrations.AddConstraint(
            model_name="invitation",
            constraint=models.CheckConstraint(
                condition=models.Q(("email", django.db.models.functions.text.Lower("email"))),
                name="invitation_email_is_lower_case",
            ),
        ),
        migrations.AddConstraint(
            model_name="invitation",
            constraint=models.CheckConstraint(condition=models.Q(("roles", []), _negated=True), name="invitation_is_to_a_role"),
        ),
        migrations.AddConstraint(
            model_name="invitation",
            constraint=models.CheckConstraint(
                condition=models.Q(("token_hash__regex", "^[0-9a-f]{64}$")), name="invitation_hash_is_one"
            ),
        ),
        migrations.AddConstraint(
            model_name="invitation",
            constraint=models.CheckConstraint(
                condition=models.Q(("expires_at__gt", models.F("invited_at"))), name="invitation_expires_after_sent"
            ),
        ),
        migrations.AddConstraint(
            model_name="invitation",
            constraint=models.CheckConstraint(
                condition=models.Q(("accepted_at__isnull", True), ("withdrawn_at__isnull", True), _connector="OR"),
                name="invitation_ends_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="invitation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("accepted_at__isnull", True), ("accepted_by__isnull", True)),
                    models.Q(("accepted_at__isnull", False), ("accepted_by__isnull", False)),
                    _connector="OR",
                ),
                name="invitation_accepted_by_somebody",
            ),
        ),
        migrations.AddIndex(
            model_name="mandate",
            index=models.Index(condition=models.Q(("revoked_on__isnull", True)), fields=["holder"], name="mandate_held"),
        ),
        migrations.AddConstraint(
            model_name="mandate",
            constraint=models.CheckConstraint(
                condition=models.Q(("principal", models.F("holder")), _negated=True), name="mandate_is_between_two"
            ),
        ),
        migrations.AddConstraint(
            model_name="mandate",
            constraint=models.CheckConstraint(
                condition=models.Q(("right__in", ["READ", "EDIT", "SUBMIT"])), name="mandate_right_is_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="mandate",
            constraint=models.CheckConstraint(
                condition=models.Q(("valid_to__gte", models.F("valid_from"))), name="mandate_ends_after_it_begins"
            ),
        ),
        migrations.AddConstraint(
            model_name="mandate",
            constraint=models.CheckConstraint(condition=models.Q(("evidence", ""), _negated=True), name="mandate_has_evidence"),
        ),
        migrations.AddConstraint(
            model_name="mandate",
            constraint=models.CheckConstraint(
                condition=models.Q(("revoked_on__isnull", True), models.Q(("revoke_reason", ""), _negated=True), _connector="OR"),
                name="mandate_revoked_with_a_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="succession",
            constraint=models.CheckConstraint(
                condition=models.Q(("predecessor", models.F("successor")), _negated=True), name="succession_is_of_two"
            ),
        ),
        append_only("accounts_formername"),
        append_only("accounts_succession"),
        # A mandate says for ever what was given; it is revoked, once, and nothing else of it changes.
        migrations.RunSQL(
            f"""
            REVOKE UPDATE, DELETE ON accounts_mandate FROM {APP_ROLE};
            GRANT UPDATE (revoked_on, revoked_by_id, revoke_reason) ON accounts_mandate TO {APP_ROLE};
            CREATE FUNCTION accounts_mandate_sealed() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
            BEGIN
                IF TG_OP = 'DELETE' OR OLD.revoked_on IS NOT NULL
                   OR (to_jsonb(NEW) - '{{revoked_on,revoked_by_id,revoke_reason}}'::text[])
                      IS DISTINCT FROM (to_jsonb(OLD) - '{{revoked_on,revoked_by_id,revoke_reason}}'::text[]) THEN
                    RAISE EXCEPTION 'a mandate does not change' USING ERRCODE = 'restrict_violation';
                END IF;
                RETURN NEW;
            END $$;
            CREATE TRIGGER accounts_mandate_sealed BEFORE UPDATE OR DELETE ON accounts_mandate
                FOR EACH ROW EXECUTE FUNCTION accounts_mandate_sealed();
            """,
            f"""
            DROP TRIGGER accounts_mandate_sealed ON accounts_mandate;
            DROP FUNCTION accounts_mandate_sealed();
            GRANT UPDATE, DELETE ON accounts_mandate TO {APP_ROLE};
            """,
        ),
    ]
