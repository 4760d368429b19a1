"""Which mails people choose to get, lines of their daily mail, and the address of their calendar."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_organisation_numbers"),
    ]

    operations = [
        migrations.CreateModel(
            name="CalendarFeed",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("token_hash", models.CharField(max_length=64, unique=True)),
                ("made_at", models.DateTimeField(verbose_name="oprettet")),
                ("revoked_at", models.DateTimeField(blank=True, null=True, verbose_name="lukket")),
                ("hour_began_at", models.DateTimeField(blank=True, null=True)),
                ("reads_this_hour", models.PositiveIntegerField(default=0)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="calendar_feeds", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "verbose_name": "kalenderadresse",
                "verbose_name_plural": "kalenderadresser",
                "ordering": ["-pk"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("revoked_at__isnull", True)), fields=("user",), name="calendar_feed_one_at_a_time"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("revoked_at__isnull", True), ("revoked_at__gte", models.F("made_at")), _connector="OR"
                        ),
                        name="calendar_feed_revoked_after_made",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("token_hash__regex", "^[0-9a-f]{64}$")), name="calendar_feed_hash_is_one"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DigestEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=200, unique=True)),
                ("subject", models.CharField(max_length=200)),
                ("path", models.CharField(max_length=500)),
                ("queued_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "mail",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.outgoingmail"
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL),
                ),
            ],
            options={
                "verbose_name": "linje i daglig mail",
                "verbose_name_plural": "linjer i daglige mails",
                "ordering": ["queued_at", "pk"],
                "indexes": [
                    models.Index(condition=models.Q(("mail__isnull", True)), fields=["user"], name="digest_entry_waiting")
                ],
            },
        ),
        migrations.CreateModel(
            name="NotificationChoice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "frequency",
                    models.CharField(
                        choices=[("AT_ONCE", "Med det samme"), ("DAILY", "Samlet i én daglig mail")],
                        default="AT_ONCE",
                        max_length=10,
                        verbose_name="mails sendes",
                    ),
                ),
                ("only_when_i_act", models.BooleanField(default=False, verbose_name="kun når jeg skal gøre noget")),
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notification_choice",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "valg af mails",
                "verbose_name_plural": "valg af mails",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("frequency__in", ["AT_ONCE", "DAILY"])), name="notification_frequency_is_known"
                    )
                ],
            },
        ),
    ]
