"""Moves of cases from earlier rules to the next, earlier cases from files, and the guard that a case's rules change by a move alone."""

from importlib import import_module

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from lbf_portal.lib.sql import legal_moves

# An earlier case comes in prequalified (states.IMPORT); otherwise the moves are those of before.
BEFORE = import_module("applications.migrations.0002_guards").PAIRS
PAIRS = [*BEFORE, ("DRAFT", "PREQUALIFIED")]
OLD = legal_moves("applications_application", "DRAFT", BEFORE)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_organisation_numbers"),
        ("applications", "0004_attachments"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name="application",
            name="created_by",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AlterField(
            model_name="applicationversion",
            name="created_by",
            field=models.ForeignKey(
                db_constraint=False,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AlterField(
            model_name="document",
            name="kind",
            field=models.CharField(
                choices=[
                    ("RECEIPT", "Kvittering"),
                    ("PREQUALIFICATION_LETTER", "Brev om prækvalifikation"),
                    ("REFUSAL_LETTER", "Afslag"),
                    ("COMMITMENT_LETTER", "Tilsagnsbrev"),
                    ("TRANSFER_LETTER", "Brev om flytning til nye regler"),
                    ("TRANSFER_BACK_LETTER", "Brev om, at flytningen er taget tilbage"),
                ],
                max_length=30,
                verbose_name="art",
            ),
        ),
        migrations.CreateModel(
            name="TransferBatch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "to_rule_set",
                    models.CharField(
                        choices=[("R2011", "2011-14-midlerne"), ("R2015", "2015-18-midlerne"), ("R2019", "2019-26-midlerne")],
                        max_length=10,
                        verbose_name="til regelsæt",
                    ),
                ),
                ("as_of", models.DateField(verbose_name="flyttet pr.")),
                ("started_at", models.DateTimeField(verbose_name="begyndt")),
                (
                    "role",
                    models.CharField(
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
                            ("BOARD_MEMBER", "Medlem af lokal bestyrelse"),
                            ("SECRETARIAT", "Sekretariat"),
                            ("SYSTEM", "Portalen"),
                        ],
                        max_length=20,
                        verbose_name="rolle",
                    ),
                ),
                ("worked_at", models.DateTimeField(verbose_name="sidst arbejdet på")),
                ("finished_at", models.DateTimeField(blank=True, null=True, verbose_name="afsluttet")),
                (
                    "organisation",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.organisation"
                    ),
                ),
                (
                    "started_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="af",
                    ),
                ),
            ],
            options={
                "verbose_name": "flytning",
                "verbose_name_plural": "flytninger",
                "ordering": ["-pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("finished_at__isnull", True), ("finished_at__gte", models.F("started_at")), _connector="OR"
                        ),
                        name="transfer_batch_finishes_after_it_began",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("finished_at__isnull", True)),
                        fields=("to_rule_set",),
                        name="transfer_batch_one_at_a_time",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TransferredCase",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "from_rule_set",
                    models.CharField(
                        choices=[("R2011", "2011-14-midlerne"), ("R2015", "2015-18-midlerne"), ("R2019", "2019-26-midlerne")],
                        max_length=10,
                        verbose_name="fra regelsæt",
                    ),
                ),
                (
                    "to_rule_set",
                    models.CharField(
                        choices=[("R2011", "2011-14-midlerne"), ("R2015", "2015-18-midlerne"), ("R2019", "2019-26-midlerne")],
                        max_length=10,
                        verbose_name="til regelsæt",
                    ),
                ),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("PENDING", "Venter"),
                            ("MOVED", "Flyttet"),
                            ("LEFT", "Bliver"),
                            ("FAILED", "Kunne ikke flyttes"),
                            ("TAKEN_BACK", "Taget tilbage"),
                        ],
                        default="PENDING",
                        max_length=12,
                        verbose_name="udfald",
                    ),
                ),
                ("reason", models.JSONField(default=dict, verbose_name="hvorfor")),
                ("before", models.JSONField(default=dict)),
                ("after", models.JSONField(default=dict)),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="transfers", to="applications.application"
                    ),
                ),
                (
                    "batch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="cases", to="applications.transferbatch"
                    ),
                ),
                (
                    "event",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="transferred_case",
                        to="applications.applicationevent",
                    ),
                ),
                (
                    "taken_back_event",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="applications.applicationevent",
                    ),
                ),
            ],
            options={
                "verbose_name": "sag i flytning",
                "verbose_name_plural": "sager i flytninger",
                "ordering": ["application__case_number"],
                "constraints": [
                    models.UniqueConstraint(fields=("batch", "application"), name="transferred_case_once_per_batch"),
                    models.UniqueConstraint(
                        condition=models.Q(("outcome__in", ["PENDING", "MOVED"])),
                        fields=("application", "to_rule_set"),
                        name="transferred_case_moves_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("outcome__in", ["PENDING", "MOVED", "LEFT", "FAILED", "TAKEN_BACK"])),
                        name="transferred_case_outcome_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("event__isnull", False), ("outcome__in", ["MOVED", "TAKEN_BACK"])),
                            models.Q(models.Q(("outcome__in", ["MOVED", "TAKEN_BACK"]), _negated=True), ("event__isnull", True)),
                            _connector="OR",
                        ),
                        name="transferred_case_moved_has_an_event",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("outcome", "TAKEN_BACK"), ("taken_back_event__isnull", False)),
                            models.Q(models.Q(("outcome", "TAKEN_BACK"), _negated=True), ("taken_back_event__isnull", True)),
                            _connector="OR",
                        ),
                        name="transferred_case_taken_back_has_an_event",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("outcome__in", ["LEFT", "FAILED"]), models.Q(("reason", {}), _negated=True)),
                            models.Q(("outcome__in", ["LEFT", "FAILED"]), _negated=True),
                            _connector="OR",
                        ),
                        name="transferred_case_left_says_why",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ImportedCase",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reference", models.CharField(max_length=40, unique=True, verbose_name="tidligere sagsnummer")),
                ("prequalified_on", models.DateField(verbose_name="prækvalificeret")),
                (
                    "effort_areas",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=30),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="indsatsområder",
                    ),
                ),
                (
                    "expected_amount",
                    models.DecimalField(blank=True, decimal_places=2, max_digits=14, null=True, verbose_name="forventet beløb"),
                ),
                ("file_name", models.CharField(max_length=200, verbose_name="fil")),
                ("row", models.PositiveIntegerField(verbose_name="række")),
                ("sha256", models.CharField(max_length=64)),
                ("imported_at", models.DateTimeField(verbose_name="lagt ind")),
                (
                    "application",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="imported", to="applications.application"
                    ),
                ),
            ],
            options={
                "verbose_name": "sag fra fil",
                "verbose_name_plural": "sager fra filer",
                "ordering": ["reference"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("reference", ""), _negated=True), name="imported_case_has_a_reference"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("expected_amount__isnull", True), ("expected_amount__gt", 0), _connector="OR"),
                        name="imported_case_amount_is_positive",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("sha256__regex", "^[0-9a-f]{64}$")), name="imported_case_sha256_is_one"
                    ),
                ],
            },
        ),
        migrations.AddIndex(
            model_name="transferredcase",
            index=models.Index(fields=["batch", "outcome"], name="transferred_case_outcome"),
        ),
        migrations.RunSQL(str(OLD.reverse_sql), str(OLD.sql)),
        legal_moves("applications_application", "DRAFT", PAIRS),
        # G3, R51: the rules of a case are those its latest move led to, whoever writes; without a move they never change.
        migrations.RunSQL(
            """
            CREATE FUNCTION applications_rules_change_by_a_move() RETURNS trigger
                LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
            DECLARE
                current_rules text;
                last_rules text;
            BEGIN
                SELECT rule_set INTO current_rules FROM applications_application WHERE id = NEW.id;
                SELECT data ->> 'to' INTO last_rules FROM applications_applicationevent
                    WHERE application_id = NEW.id
                      AND event IN ('application:transferred', 'application:transfer_taken_back')
                    ORDER BY id DESC LIMIT 1;
                IF current_rules IS NOT NULL AND last_rules IS DISTINCT FROM current_rules THEN
                    RAISE EXCEPTION 'case %: no move leads to the rules %', NEW.case_number, current_rules
                        USING ERRCODE = 'check_violation', CONSTRAINT = 'application_rules_change_by_a_move';
                END IF;
                RETURN NULL;
            END $$;
            CREATE CONSTRAINT TRIGGER applications_rules_change_by_a_move AFTER UPDATE OF rule_set ON applications_application
                DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (OLD.rule_set IS DISTINCT FROM NEW.rule_set)
                EXECUTE FUNCTION applications_rules_change_by_a_move();
            """,
            """
            DROP TRIGGER applications_rules_change_by_a_move ON applications_application;
            DROP FUNCTION applications_rules_change_by_a_move();
            """,
        ),
    ]
