"""What a closed year does not take back waits for finance, and is not forgotten."""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

from lbf_portal.lib.sql import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0003_checks_are_kept"),
        ("monitoring", "0002_guards"),
    ]

    operations = [
        migrations.CreateModel(
            name="GiveBack",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("frame_year", models.PositiveSmallIntegerField(verbose_name="årsramme")),
                (
                    "money",
                    models.CharField(
                        choices=[
                            ("SOCIAL", "Boligsocial indsats"),
                            ("RENT", "Huslejenedsættelse"),
                            ("VACANCY", "Tomgangsleje ved genhusning"),
                        ],
                        max_length=10,
                        verbose_name="formål",
                    ),
                ),
                ("amount", models.DecimalField(decimal_places=2, max_digits=14, verbose_name="beløb")),
                (
                    "cause",
                    models.CharField(
                        choices=[("LAPSED", "Bortfaldet"), ("UNUSED", "Ikke brugt"), ("REVOKED", "Tilsagnet er tilbagekaldt")],
                        max_length=10,
                        verbose_name="årsag",
                    ),
                ),
                ("reason", models.TextField(verbose_name="begrundelse")),
                ("noted_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="opgjort")),
                (
                    "effort",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="give_backs",
                        to="monitoring.effort",
                        verbose_name="indsats",
                    ),
                ),
            ],
            options={
                "verbose_name": "beløb til frigivelse",
                "verbose_name_plural": "beløb til frigivelse",
                "ordering": ["noted_at", "id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("amount__gt", 0), models.Q(("reason", ""), _negated=True)),
                        name="give_back_is_an_amount",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("cause__in", ["LAPSED", "UNUSED", "REVOKED"]), ("money__in", ["SOCIAL", "RENT", "VACANCY"])
                        ),
                        name="give_back_kinds_are_known",
                    ),
                    models.UniqueConstraint(fields=("effort", "money", "cause"), name="give_back_once_per_end"),
                ],
            },
        ),
        migrations.CreateModel(
            name="GiveBackProposal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "give_back",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="proposals", to="monitoring.giveback"
                    ),
                ),
                (
                    "proposal",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="ledger.proposal",
                        verbose_name="forslag",
                    ),
                ),
            ],
            options={
                "verbose_name": "forslag til frigivelse",
                "verbose_name_plural": "forslag til frigivelse",
                "ordering": ["id"],
            },
        ),
        append_only("monitoring_giveback"),
        append_only("monitoring_givebackproposal"),
    ]
