"""Two roles more: whoever looks after an organisation's people, and whoever may only read."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("monitoring", "0003_money_of_closed_years_waits"),
    ]

    operations = [
        migrations.AlterField(
            model_name="effortevent",
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
    ]
