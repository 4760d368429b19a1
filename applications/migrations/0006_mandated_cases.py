"""The cases that a limited mandate covers; two roles more."""

import django.db.models.deletion
from django.db import migrations, models

from lbf_portal.lib.sql import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0006_people_mandates_and_names"),
        ("applications", "0005_transfers"),
    ]

    operations = [
        migrations.AlterField(
            model_name="applicationevent",
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
            model_name="scenarioevent",
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
            model_name="signature",
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
            model_name="transferbatch",
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
        migrations.CreateModel(
            name="MandatedCase",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="applications.application"
                    ),
                ),
                (
                    "mandate",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="mandated_cases", to="accounts.mandate"
                    ),
                ),
            ],
            options={
                "verbose_name": "sag i fuldmagt",
                "verbose_name_plural": "sager i fuldmagter",
                "constraints": [models.UniqueConstraint(fields=("mandate", "application"), name="mandated_case_once")],
            },
        ),
        append_only("applications_mandatedcase"),
    ]
