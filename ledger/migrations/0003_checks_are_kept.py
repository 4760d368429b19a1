"""Checks are kept: what each found, and what became of it.

The portal's role may add checks and events, and say of a finding what later checks said of it: nothing else, and never of
one that is gone.
"""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from lbf_portal.lib.sql import APP_ROLE, append_only

FINDING = (
    """
CREATE FUNCTION ledger_finding_only_goes_on() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF OLD.gone_check_id IS NOT NULL THEN
        RAISE EXCEPTION 'finding % is gone and stays as it was', OLD.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'finding_gone_stays_gone';
    END IF;
    IF (NEW.id, NEW.key, NEW.code, NEW.year, NEW.frame, NEW.case_reference, NEW.first_check_id)
       IS DISTINCT FROM (OLD.id, OLD.key, OLD.code, OLD.year, OLD.frame, OLD.case_reference, OLD.first_check_id)
       OR NEW.last_check_id < OLD.last_check_id THEN
        RAISE EXCEPTION 'finding % is about what it is about, and goes on from check to check', OLD.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'finding_only_goes_on';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER finding_only_goes_on BEFORE UPDATE ON ledger_framefinding
    FOR EACH ROW EXECUTE FUNCTION ledger_finding_only_goes_on();
CREATE TRIGGER finding_never_deleted BEFORE DELETE ON ledger_framefinding
    FOR EACH ROW EXECUTE FUNCTION lbf_refuse_change();
REVOKE EXECUTE ON FUNCTION ledger_finding_only_goes_on() FROM PUBLIC;
"""
    f"""
REVOKE UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER ON ledger_framefinding FROM {APP_ROLE}, PUBLIC;
GRANT UPDATE (wording, "values", entries, last_check_id, gone_check_id) ON ledger_framefinding TO {APP_ROLE};
"""
)

UNDO = f"""
DROP TRIGGER finding_never_deleted ON ledger_framefinding;
DROP TRIGGER finding_only_goes_on ON ledger_framefinding;
DROP FUNCTION ledger_finding_only_goes_on();
GRANT INSERT, UPDATE, DELETE ON ledger_framefinding TO {APP_ROLE};
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_organisation_numbers"),
        ("ledger", "0002_guards"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="FrameCheck",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="kontrolleret")),
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
                ("milliseconds", models.PositiveIntegerField(verbose_name="varighed i millisekunder")),
                ("entries", models.PositiveBigIntegerField(verbose_name="posteringer")),
                ("years", models.JSONField(verbose_name="år")),
                ("found", models.PositiveIntegerField(verbose_name="fund")),
                ("new", models.PositiveIntegerField(verbose_name="nye fund")),
                (
                    "by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="af",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organisation",
                    ),
                ),
            ],
            options={
                "verbose_name": "kontrol af rammen",
                "verbose_name_plural": "kontroller af rammen",
                "ordering": ["-at", "-id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("by__isnull", True), ("role", "SYSTEM")),
                            models.Q(models.Q(("role", "SYSTEM"), _negated=True), ("by__isnull", False)),
                            _connector="OR",
                        ),
                        name="frame_check_person_or_portal",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("new__lte", models.F("found"))), name="frame_check_new_among_found"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="FrameFinding",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=300, verbose_name="nøgle")),
                ("code", models.CharField(max_length=60, verbose_name="kode")),
                ("year", models.PositiveSmallIntegerField(verbose_name="år")),
                (
                    "frame",
                    models.CharField(
                        choices=[("ORDINARY", "Den ordinære ramme"), ("EXTRA_RENT", "Den ekstra ramme til huslejenedsættelse")],
                        max_length=10,
                        verbose_name="ramme",
                    ),
                ),
                ("case_reference", models.CharField(blank=True, max_length=20, verbose_name="sagsnummer")),
                ("wording", models.TextField(verbose_name="ordlyd")),
                ("values", models.JSONField(default=dict, verbose_name="beløb og navne")),
                (
                    "entries",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), default=list, size=None, verbose_name="posteringer"
                    ),
                ),
                (
                    "first_check",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="first_findings",
                        to="ledger.framecheck",
                        verbose_name="fundet første gang",
                    ),
                ),
                (
                    "gone_check",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="gone_findings",
                        to="ledger.framecheck",
                        verbose_name="væk siden",
                    ),
                ),
                (
                    "last_check",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="last_findings",
                        to="ledger.framecheck",
                        verbose_name="fundet senest",
                    ),
                ),
            ],
            options={
                "verbose_name": "fund",
                "verbose_name_plural": "fund",
                "ordering": ["-id"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("gone_check__isnull", True)), fields=("key",), name="frame_finding_stands_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("key", ""), _negated=True),
                            models.Q(("code", ""), _negated=True),
                            models.Q(("wording", ""), _negated=True),
                            ("frame__in", ["ORDINARY", "EXTRA_RENT"]),
                        ),
                        name="frame_finding_says_what",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("last_check__gte", models.F("first_check")),
                            models.Q(("gone_check__isnull", True), ("gone_check__gt", models.F("last_check")), _connector="OR"),
                        ),
                        name="frame_finding_checks_in_order",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="FrameFindingEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("event", models.CharField(max_length=60, verbose_name="hændelse")),
                ("at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="tidspunkt")),
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
                ("reason", models.TextField(blank=True, verbose_name="begrundelse")),
                ("state_from", models.CharField(blank=True, max_length=30)),
                ("state_to", models.CharField(blank=True, max_length=30)),
                ("data", models.JSONField(default=dict)),
                (
                    "finding",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="events", to="ledger.framefinding"
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.organisation"
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "verbose_name": "hændelse for fund",
                "verbose_name_plural": "hændelser for fund",
                "ordering": ["id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("event__in", ["finding:found", "finding:changed", "finding:noted", "finding:gone"])),
                        name="finding_event_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("event", "finding:noted"), _negated=True),
                            models.Q(("user__isnull", False), models.Q(("reason", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="finding_event_note_is_a_persons",
                    ),
                ],
            },
        ),
        migrations.AddIndex(
            model_name="framecheck",
            index=models.Index(fields=["at"], name="frame_check_in_time"),
        ),
        migrations.RunSQL(FINDING, UNDO),
        append_only("ledger_framecheck"),
        append_only("ledger_framefindingevent"),
    ]
