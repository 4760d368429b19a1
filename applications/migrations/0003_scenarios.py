"""Scenarios of the planner, what they set for cases, and their history, which is append-only."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from lbf_portal.lib.sql import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_organisation_numbers"),
        ("applications", "0002_guards"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Scenario",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=100, verbose_name="navn")),
                ("note", models.TextField(blank=True, verbose_name="beskrivelse")),
                ("is_shared", models.BooleanField(default=False, verbose_name="delt med alle i fonden")),
                ("is_put_away", models.BooleanField(default=False, verbose_name="lagt væk")),
                (
                    "passing",
                    models.CharField(
                        choices=[
                            ("STRICT", "Ingen går forbi: den første, der ikke er plads til, stopper rækken"),
                            ("FILL_GAPS", "Fyld hullerne: en mindre sag må gå forbi en, der venter"),
                        ],
                        default="STRICT",
                        max_length=10,
                        verbose_name="når en sag må vente",
                    ),
                ),
                (
                    "carrying",
                    models.CharField(
                        choices=[
                            ("OWN", "Årets egne penge overføres (uden særskilt beslutning)"),
                            ("ALL", "Alt overføres (kræver økonomis beslutning for penge, der er overført før)"),
                            ("NOTHING", "Intet overføres"),
                        ],
                        default="OWN",
                        max_length=10,
                        verbose_name="overførsel til året efter",
                    ),
                ),
                ("basis", models.JSONField(default=dict)),
                ("basis_on", models.DateField(verbose_name="sagerne som de stod")),
                ("made_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="lavet")),
                ("changed_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="ændret")),
                (
                    "copied_from",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="applications.scenario",
                        verbose_name="kopi af",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="ejer",
                    ),
                ),
            ],
            options={
                "verbose_name": "scenarie",
                "verbose_name_plural": "scenarier",
                "ordering": ["-changed_at", "-id"],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("name", ""), _negated=True), name="scenario_has_a_name"),
                    models.UniqueConstraint(fields=("owner", "name"), name="scenario_name_once_per_owner"),
                    models.CheckConstraint(
                        condition=models.Q(("passing__in", ["STRICT", "FILL_GAPS"])), name="scenario_passing_is_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("carrying__in", ["NOTHING", "OWN", "ALL"])), name="scenario_carrying_is_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("changed_at__gte", models.F("made_at"))), name="scenario_changed_after_it_was_made"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ScenarioCase",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "social_amount",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=14, null=True, verbose_name="til den boligsociale indsats"
                    ),
                ),
                (
                    "rent_amount",
                    models.DecimalField(blank=True, decimal_places=2, max_digits=14, null=True, verbose_name="til huslejestøtte"),
                ),
                ("year", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="rammeår")),
                (
                    "later_share",
                    models.DecimalField(blank=True, decimal_places=4, max_digits=5, null=True, verbose_name="andel året efter"),
                ),
                ("place", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="plads i rækken")),
                ("reason", models.TextField(blank=True, verbose_name="begrundelse")),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="applications.application",
                        verbose_name="sag",
                    ),
                ),
                (
                    "scenario",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="cases",
                        to="applications.scenario",
                        verbose_name="scenarie",
                    ),
                ),
            ],
            options={
                "verbose_name": "sag i scenarie",
                "verbose_name_plural": "sager i scenarier",
                "ordering": ["application__case_number"],
                "constraints": [
                    models.UniqueConstraint(fields=("scenario", "application"), name="scenario_case_once"),
                    models.UniqueConstraint(fields=("scenario", "place"), name="scenario_case_place_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("social_amount__isnull", False),
                            ("rent_amount__isnull", False),
                            ("year__isnull", False),
                            ("later_share__isnull", False),
                            ("place__isnull", False),
                            _connector="OR",
                        ),
                        name="scenario_case_sets_something",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("social_amount__isnull", True), ("social_amount__gte", 0), _connector="OR"),
                        name="scenario_case_social_is_not_negative",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("rent_amount__isnull", True), ("rent_amount__gte", 0), _connector="OR"),
                        name="scenario_case_rent_is_not_negative",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("later_share__isnull", True),
                            models.Q(("later_share__gt", 0), ("later_share__lt", 1)),
                            _connector="OR",
                        ),
                        name="scenario_case_share_is_a_part",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("place__isnull", True),
                            models.Q(("place__gte", 1), models.Q(("reason", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="scenario_case_moved_with_reason",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ScenarioEvent",
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
                    "organisation",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.organisation"
                    ),
                ),
                (
                    "scenario",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="events", to="applications.scenario"
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
                "verbose_name": "scenariehændelse",
                "verbose_name_plural": "scenariehændelser",
                "ordering": ["id"],
            },
        ),
        append_only("applications_scenarioevent"),
    ]
