"""What the parties attach, with every version of it; what came never changes, and nothing is deleted."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import applications.models.attachments
from lbf_portal.lib.sql import APP_ROLE, legal_moves

# A copy of file_states.pairs() as of this migration; tests/applications/test_attachment_guards.py compares the two.
PAIRS = [
    ("CHECKING", "ACCEPTED"),
    ("CHECKING", "REFUSED"),
    ("CHECKING", "TO_CONFIRM"),
    ("TO_CONFIRM", "ACCEPTED"),
]
# What the control writes, and of that what a confirmation writes.
CONTROL = (
    "state",
    "state_since",
    "kind",
    "pages",
    "findings",
    "scanner",
    "tried_at",
    "waits_for_scanner",
    "confirmed_at",
    "confirmed_by_id",
)
CONFIRMATION = ("state", "state_since", "confirmed_at", "confirmed_by_id")
HIDING = ("hidden_at", "hidden_by_id", "hidden_reason")


def _listed(columns: tuple[str, ...]) -> str:
    return ", ".join(f"'{column}'" for column in columns)


GUARDS = [
    legal_moves("applications_attachmentversion", "CHECKING", PAIRS),
    # A version: its file and whose it is never change; its control is written while it is being checked, its confirmation
    # while that is asked for; then nothing.
    migrations.RunSQL(
        f"""
        REVOKE UPDATE, DELETE ON applications_attachmentversion FROM {APP_ROLE};
        GRANT UPDATE ({", ".join(CONTROL)}) ON applications_attachmentversion TO {APP_ROLE};
        CREATE FUNCTION applications_attachmentversion_sealed() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
        DECLARE
            writable text[] := CASE OLD.state WHEN 'CHECKING' THEN ARRAY[{_listed(CONTROL)}]
                                          WHEN 'TO_CONFIRM' THEN ARRAY[{_listed(CONFIRMATION)}]
                                          ELSE ARRAY[]::text[] END;
        BEGIN
            IF TG_OP = 'DELETE' OR (to_jsonb(NEW) - writable) IS DISTINCT FROM (to_jsonb(OLD) - writable) THEN
                RAISE EXCEPTION 'a version of an attachment does not change' USING ERRCODE = 'restrict_violation';
            END IF;
            RETURN NEW;
        END $$;
        CREATE TRIGGER applications_attachmentversion_sealed BEFORE UPDATE OR DELETE ON applications_attachmentversion
            FOR EACH ROW EXECUTE FUNCTION applications_attachmentversion_sealed();
        """,
        f"""
        DROP TRIGGER applications_attachmentversion_sealed ON applications_attachmentversion;
        DROP FUNCTION applications_attachmentversion_sealed();
        GRANT UPDATE, DELETE ON applications_attachmentversion TO {APP_ROLE};
        """,
    ),
    # An attachment is taken away once, and nothing else of it changes.
    migrations.RunSQL(
        f"""
        REVOKE UPDATE, DELETE ON applications_attachment FROM {APP_ROLE};
        GRANT UPDATE ({", ".join(HIDING)}) ON applications_attachment TO {APP_ROLE};
        CREATE FUNCTION applications_attachment_sealed() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
        DECLARE
            writable text[] := ARRAY[{_listed(HIDING)}];
        BEGIN
            IF TG_OP = 'DELETE' OR OLD.hidden_at IS NOT NULL OR (to_jsonb(NEW) - writable) IS DISTINCT FROM (to_jsonb(OLD) - writable) THEN
                RAISE EXCEPTION 'an attachment does not change, but that it is taken away, once'
                    USING ERRCODE = 'restrict_violation';
            END IF;
            RETURN NEW;
        END $$;
        CREATE TRIGGER applications_attachment_sealed BEFORE UPDATE OR DELETE ON applications_attachment
            FOR EACH ROW EXECUTE FUNCTION applications_attachment_sealed();
        """,
        f"""
        DROP TRIGGER applications_attachment_sealed ON applications_attachment;
        DROP FUNCTION applications_attachment_sealed();
        GRANT UPDATE, DELETE ON applications_attachment TO {APP_ROLE};
        """,
    ),
]


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_organisation_numbers"),
        ("applications", "0003_scenarios"),
    ]

    operations = [
        migrations.CreateModel(
            name="Attachment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "document_type",
                    models.CharField(
                        choices=[
                            ("D1", "Ansøgningsskema med stamdata"),
                            ("D2", "Beskrivelse af udfordringerne"),
                            ("D3", "Nøgletal for afdelingerne (KÅS-tal)"),
                            ("D4", "Budgetoverslag"),
                            ("D5", "Kommunal anbefaling"),
                            ("D6", "Vurderingsnotat"),
                            ("D7", "Partshøring"),
                            ("D8", "Brev om prækvalifikation eller afslag"),
                            ("D9", "Helhedsplan med finansieringsplan"),
                            ("D10", "Strategisk samarbejdsaftale"),
                            ("D11", "Delaftale for hvert indsatsområde"),
                            ("D12", "Organisationsdiagram"),
                            ("D13", "Beredskabsplan"),
                            ("D14", "Milepælsplan"),
                            ("D15", "Budget i Landsbyggefondens skabelon"),
                            ("D16", "Aktivitetsskema"),
                            ("D17", "Bilag med målinger ved starten"),
                            ("D18", "Kommunalbestyrelsens og boligorganisationernes beslutninger"),
                            ("D19", "Tilsagnsbrev"),
                            ("D20", "Bestyrelsens kommissorium"),
                            ("D21", "Udbetalingsanmodning"),
                            ("D22", "Opgørelse af reguleringskontoen med revisors erklæring"),
                            ("D23", "Målopfyldelsesskema"),
                            ("D24", "Ansøgning om ændring"),
                            ("D25", "Slutrapport, endeligt regnskab og evaluering"),
                            ("D26", "Referater fra bestyrelsen"),
                            ("OTHER", "Andet bilag"),
                        ],
                        max_length=10,
                        verbose_name="dokument",
                    ),
                ),
                ("attached_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="lagt ind")),
                ("hidden_at", models.DateTimeField(blank=True, null=True, verbose_name="fjernet")),
                ("hidden_reason", models.TextField(blank=True, verbose_name="hvorfor fjernet")),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="attachments",
                        to="applications.application",
                        verbose_name="sag",
                    ),
                ),
                (
                    "attached_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="lagt ind af",
                    ),
                ),
                (
                    "hidden_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="fjernet af",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organisation",
                        verbose_name="for",
                    ),
                ),
            ],
            options={
                "verbose_name": "bilag",
                "verbose_name_plural": "bilag",
                "ordering": ["id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "document_type__in",
                                [
                                    "D1",
                                    "D2",
                                    "D3",
                                    "D4",
                                    "D5",
                                    "D6",
                                    "D7",
                                    "D8",
                                    "D9",
                                    "D10",
                                    "D11",
                                    "D12",
                                    "D13",
                                    "D14",
                                    "D15",
                                    "D16",
                                    "D17",
                                    "D18",
                                    "D19",
                                    "D20",
                                    "D21",
                                    "D22",
                                    "D23",
                                    "D24",
                                    "D25",
                                    "D26",
                                    "OTHER",
                                ],
                            )
                        ),
                        name="attachment_type_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("hidden_at__isnull", True), ("hidden_by__isnull", True), ("hidden_reason", "")),
                            models.Q(
                                ("hidden_at__isnull", False),
                                ("hidden_by__isnull", False),
                                models.Q(("hidden_reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="attachment_hidden_is_dated_named_and_explained",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AttachmentVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveSmallIntegerField(verbose_name="udgave")),
                ("file", models.FileField(upload_to=applications.models.attachments.opaque_path, verbose_name="fil")),
                ("file_name", models.CharField(max_length=160, verbose_name="filnavn")),
                ("size", models.PositiveIntegerField(verbose_name="størrelse")),
                ("sha256", models.CharField(max_length=64, verbose_name="SHA-256")),
                ("uploaded_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="lagt ind")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("CHECKING", "Kontrolleres"),
                            ("TO_CONFIRM", "Skal bekræftes"),
                            ("ACCEPTED", "Godkendt"),
                            ("REFUSED", "Afvist"),
                        ],
                        default="CHECKING",
                        max_length=12,
                        verbose_name="kontrol",
                    ),
                ),
                ("state_since", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "kind",
                    models.CharField(
                        blank=True,
                        choices=[("PDF", "PDF"), ("DOCX", "Word"), ("XLSX", "Excel"), ("PNG", "PNG"), ("JPEG", "JPEG")],
                        max_length=4,
                        verbose_name="art",
                    ),
                ),
                ("pages", models.PositiveIntegerField(blank=True, null=True, verbose_name="sider")),
                ("findings", models.JSONField(default=list)),
                ("scanner", models.CharField(blank=True, max_length=100, verbose_name="virusscanner")),
                ("tried_at", models.DateTimeField(blank=True, null=True)),
                ("waits_for_scanner", models.BooleanField(default=False)),
                ("confirmed_at", models.DateTimeField(blank=True, null=True, verbose_name="bekræftet")),
                (
                    "attachment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="versions",
                        to="applications.attachment",
                        verbose_name="bilag",
                    ),
                ),
                (
                    "confirmed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="bekræftet af",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organisation",
                        verbose_name="for",
                    ),
                ),
                (
                    "uploaded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="lagt ind af",
                    ),
                ),
            ],
            options={
                "verbose_name": "udgave af bilag",
                "verbose_name_plural": "udgaver af bilag",
                "ordering": ["attachment", "number"],
                "constraints": [
                    models.UniqueConstraint(fields=("attachment", "number"), name="attachment_version_once"),
                    models.CheckConstraint(
                        condition=models.Q(("number__gte", 1)), name="attachment_version_is_numbered_from_one"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("sha256__regex", "^[0-9a-f]{64}$")), name="attachment_version_sha256_is_one"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("size__gte", 1), ("size__lte", 52428800)), name="attachment_version_size_is_allowed"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["CHECKING", "TO_CONFIRM", "ACCEPTED", "REFUSED"])),
                        name="attachment_version_state_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["ACCEPTED", "TO_CONFIRM"]), _negated=True),
                            ("kind__in", ["PDF", "DOCX", "XLSX", "PNG", "JPEG"]),
                            _connector="OR",
                        ),
                        name="attachment_version_accepted_is_of_a_kind",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "REFUSED"), _negated=True),
                            models.Q(("findings", []), _negated=True),
                            _connector="OR",
                        ),
                        name="attachment_version_refused_says_why",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("confirmed_at__isnull", True), ("confirmed_by__isnull", True)),
                            models.Q(("confirmed_at__isnull", False), ("confirmed_by__isnull", False), ("state", "ACCEPTED")),
                            _connector="OR",
                        ),
                        name="attachment_version_confirmed_is_dated_and_named",
                    ),
                ],
            },
        ),
        migrations.AddIndex(
            model_name="attachmentversion",
            index=models.Index(
                condition=models.Q(("state", "CHECKING")), fields=["uploaded_at"], name="attachment_version_waiting"
            ),
        ),
        *GUARDS,
    ]
