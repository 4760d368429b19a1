"""People let into a case, the municipality's recommendation, comments, and the applicant's contact person."""

import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

from lbf_portal.lib.sql import APP_ROLE, append_only, legal_moves

# A copy of recommendation_states.pairs() as of this migration; tests/applications/test_recommending.py compares the two.
PAIRS = [
    ("ASKED", "CALLED_OFF"),
    ("ASKED", "DECLINED"),
    ("ASKED", "GIVEN"),
    ("GIVEN", "TAKEN_BACK"),
]
GUARDS = [
    legal_moves("applications_municipalrecommendation", "ASKED", PAIRS),
    append_only("applications_comment"),
    # What a municipality answered never changes, and what it was asked neither: only where it stands.
    migrations.RunSQL(
        f"""
        REVOKE DELETE ON applications_municipalrecommendation FROM {APP_ROLE};
        CREATE FUNCTION applications_municipalrecommendation_sealed() RETURNS trigger
            LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
        DECLARE
            open_columns text[] := ARRAY['state', 'state_since'];
        BEGIN
            IF TG_OP <> 'DELETE' AND OLD.state = 'ASKED' THEN
                open_columns := open_columns || ARRAY['answered_at', 'answered_by_id', 'organisation_id', 'name', 'title',
                    'text', 'is_vouched_for', 'seen'];
            END IF;
            IF TG_OP = 'DELETE' OR (to_jsonb(NEW) - open_columns) IS DISTINCT FROM (to_jsonb(OLD) - open_columns) THEN
                RAISE EXCEPTION 'what a municipality was asked and answered does not change' USING ERRCODE = 'restrict_violation';
            END IF;
            RETURN NEW;
        END $$;
        CREATE TRIGGER applications_municipalrecommendation_sealed BEFORE UPDATE OR DELETE ON applications_municipalrecommendation
            FOR EACH ROW EXECUTE FUNCTION applications_municipalrecommendation_sealed();
        """,
        f"""
        DROP TRIGGER applications_municipalrecommendation_sealed ON applications_municipalrecommendation;
        DROP FUNCTION applications_municipalrecommendation_sealed();
        GRANT DELETE ON applications_municipalrecommendation TO {APP_ROLE};
        """,
    ),
    # An access is never given to another person, nor back to anybody once it has ended; and it is never deleted.
    migrations.RunSQL(
        f"""
        REVOKE DELETE ON applications_collaborator FROM {APP_ROLE};
        CREATE FUNCTION applications_collaborator_kept() RETURNS trigger
            LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
        BEGIN
            IF TG_OP = 'DELETE' OR OLD.ended_at IS NOT NULL
               OR (NEW.application_id, NEW.kind, NEW.email, NEW.organisation_id, NEW.invited_by_id, NEW.invited_at, NEW.valid_from)
                  IS DISTINCT FROM
                  (OLD.application_id, OLD.kind, OLD.email, OLD.organisation_id, OLD.invited_by_id, OLD.invited_at, OLD.valid_from)
               OR (OLD.user_id IS NOT NULL
                   AND (NEW.user_id, NEW.accepted_at) IS DISTINCT FROM (OLD.user_id, OLD.accepted_at)) THEN
                RAISE EXCEPTION 'an access stays the access of whom it was given to' USING ERRCODE = 'restrict_violation';
            END IF;
            RETURN NEW;
        END $$;
        CREATE TRIGGER applications_collaborator_kept BEFORE UPDATE OR DELETE ON applications_collaborator
            FOR EACH ROW EXECUTE FUNCTION applications_collaborator_kept();
        """,
        f"""
        DROP TRIGGER applications_collaborator_kept ON applications_collaborator;
        DROP FUNCTION applications_collaborator_kept();
        GRANT DELETE ON applications_collaborator TO {APP_ROLE};
        """,
    ),
]


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0006_people_mandates_and_names"),
        ("applications", "0006_mandated_cases"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Collaborator",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("COLLEAGUE", "Kollega"), ("ADVISER", "Rådgiver"), ("MUNICIPALITY", "Kommunen")],
                        max_length=12,
                        verbose_name="som",
                    ),
                ),
                (
                    "right",
                    models.CharField(
                        choices=[("READ", "Læse"), ("EDIT", "Læse og skrive"), ("SUBMIT", "Læse, skrive og indsende")],
                        max_length=6,
                        verbose_name="ret",
                    ),
                ),
                ("email", models.EmailField(max_length=254, verbose_name="e-mail")),
                ("name", models.CharField(max_length=200, verbose_name="navn")),
                ("invited_at", models.DateTimeField(verbose_name="inviteret")),
                ("token_hash", models.CharField(max_length=64, unique=True)),
                ("link_expires_at", models.DateTimeField(verbose_name="linket udløber")),
                ("accepted_at", models.DateTimeField(blank=True, null=True, verbose_name="taget imod")),
                ("valid_from", models.DateField(verbose_name="fra")),
                ("valid_to", models.DateField(blank=True, null=True, verbose_name="til og med")),
                ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="ophørt")),
            ],
            options={
                "verbose_name": "adgang til en sag",
                "verbose_name_plural": "adgange til en sag",
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="Comment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("text", models.TextField(verbose_name="kommentar")),
                ("written_at", models.DateTimeField(verbose_name="skrevet")),
            ],
            options={
                "verbose_name": "kommentar",
                "verbose_name_plural": "kommentarer",
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="CommentsRead",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("read_at", models.DateTimeField()),
            ],
            options={
                "verbose_name": "kommentarer læst",
                "verbose_name_plural": "kommentarer læst",
            },
        ),
        migrations.CreateModel(
            name="CommentThread",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("section", models.CharField(max_length=20, verbose_name="afsnit")),
                ("opened_at", models.DateTimeField(verbose_name="begyndt")),
                ("latest_at", models.DateTimeField(verbose_name="senest")),
                ("resolved_at", models.DateTimeField(blank=True, null=True, verbose_name="løst")),
            ],
            options={
                "verbose_name": "kommentartråd",
                "verbose_name_plural": "kommentartråde",
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="MunicipalRecommendation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("ASKED", "Afventer kommunen"),
                            ("GIVEN", "Anbefalet"),
                            ("DECLINED", "Ikke anbefalet"),
                            ("TAKEN_BACK", "Trukket tilbage"),
                            ("CALLED_OFF", "Aflyst af ansøgeren"),
                        ],
                        default="ASKED",
                        editable=False,
                        max_length=10,
                        verbose_name="status",
                    ),
                ),
                ("state_since", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("asked_at", models.DateTimeField(verbose_name="bedt om")),
                ("message", models.TextField(blank=True, verbose_name="besked til kommunen")),
                ("wanted_on", models.DateField(blank=True, null=True, verbose_name="ønsket svar")),
                ("answered_at", models.DateTimeField(blank=True, null=True, verbose_name="besvaret")),
                ("name", models.CharField(blank=True, max_length=200, verbose_name="navn")),
                ("title", models.CharField(blank=True, max_length=200, verbose_name="titel")),
                ("text", models.TextField(blank=True, verbose_name="anbefaling")),
                ("is_vouched_for", models.BooleanField(default=False, verbose_name="kommunen står inde for personen")),
                ("seen", models.JSONField(default=dict)),
            ],
            options={
                "verbose_name": "kommunens anbefaling",
                "verbose_name_plural": "kommunens anbefalinger",
                "ordering": ["id"],
            },
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="application",
            name="insert_insert",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="application",
            name="update_update",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="application",
            name="delete_delete",
        ),
        migrations.AddField(
            model_name="application",
            name="contact",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="contact_for",
                to=settings.AUTH_USER_MODEL,
                verbose_name="kontaktperson",
            ),
        ),
        migrations.AddField(
            model_name="applicationversion",
            name="contact",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="kontaktperson",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="application",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "applications_applicationversion" ("area_id", "case_number", "challenges", "contact_id", "coordination", "created_at", "created_by_id", "decided_at", "expected_start_on", "grant_period", "id", "is_demo", "municipality_id", "organisation_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "problem_types", "responsible_id", "rule_set", "state", "state_since", "submitted_at", "title", "total_budget", "wants_rent_support") VALUES (NEW."area_id", NEW."case_number", NEW."challenges", NEW."contact_id", NEW."coordination", NEW."created_at", NEW."created_by_id", NEW."decided_at", NEW."expected_start_on", NEW."grant_period", NEW."id", NEW."is_demo", NEW."municipality_id", NEW."organisation_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."problem_types", NEW."responsible_id", NEW."rule_set", NEW."state", NEW."state_since", NEW."submitted_at", NEW."title", NEW."total_budget", NEW."wants_rent_support"); RETURN NULL;',
                    hash="b2204d6c7e21b5d149892a78b779b054a16c7586",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_60e1b",
                    table="applications_application",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="application",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "applications_applicationversion" ("area_id", "case_number", "challenges", "contact_id", "coordination", "created_at", "created_by_id", "decided_at", "expected_start_on", "grant_period", "id", "is_demo", "municipality_id", "organisation_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "problem_types", "responsible_id", "rule_set", "state", "state_since", "submitted_at", "title", "total_budget", "wants_rent_support") VALUES (NEW."area_id", NEW."case_number", NEW."challenges", NEW."contact_id", NEW."coordination", NEW."created_at", NEW."created_by_id", NEW."decided_at", NEW."expected_start_on", NEW."grant_period", NEW."id", NEW."is_demo", NEW."municipality_id", NEW."organisation_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."problem_types", NEW."responsible_id", NEW."rule_set", NEW."state", NEW."state_since", NEW."submitted_at", NEW."title", NEW."total_budget", NEW."wants_rent_support"); RETURN NULL;',
                    hash="f44348acf0f7eb1e376823062f9edc79494c330f",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_f714e",
                    table="applications_application",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="application",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "applications_applicationversion" ("area_id", "case_number", "challenges", "contact_id", "coordination", "created_at", "created_by_id", "decided_at", "expected_start_on", "grant_period", "id", "is_demo", "municipality_id", "organisation_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "problem_types", "responsible_id", "rule_set", "state", "state_since", "submitted_at", "title", "total_budget", "wants_rent_support") VALUES (OLD."area_id", OLD."case_number", OLD."challenges", OLD."contact_id", OLD."coordination", OLD."created_at", OLD."created_by_id", OLD."decided_at", OLD."expected_start_on", OLD."grant_period", OLD."id", OLD."is_demo", OLD."municipality_id", OLD."organisation_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."problem_types", OLD."responsible_id", OLD."rule_set", OLD."state", OLD."state_since", OLD."submitted_at", OLD."title", OLD."total_budget", OLD."wants_rent_support"); RETURN NULL;',
                    hash="de9ae405fc1128237a41a36eb59a3d0cecf425c4",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_9016e",
                    table="applications_application",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddField(
            model_name="collaborator",
            name="application",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="collaborators",
                to="applications.application",
                verbose_name="sag",
            ),
        ),
        migrations.AddField(
            model_name="collaborator",
            name="ended_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="ophørt ved",
            ),
        ),
        migrations.AddField(
            model_name="collaborator",
            name="invited_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="inviteret af",
            ),
        ),
        migrations.AddField(
            model_name="collaborator",
            name="organisation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.organisation", verbose_name="for"
            ),
        ),
        migrations.AddField(
            model_name="collaborator",
            name="user",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="bruger",
            ),
        ),
        migrations.AddField(
            model_name="comment",
            name="organisation",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.organisation",
                verbose_name="for",
            ),
        ),
        migrations.AddField(
            model_name="comment",
            name="written_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="skrevet af",
            ),
        ),
        migrations.AddField(
            model_name="commentsread",
            name="application",
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="applications.application"),
        ),
        migrations.AddField(
            model_name="commentsread",
            name="user",
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name="commentthread",
            name="application",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="comment_threads",
                to="applications.application",
                verbose_name="sag",
            ),
        ),
        migrations.AddField(
            model_name="commentthread",
            name="resolved_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="løst af",
            ),
        ),
        migrations.AddField(
            model_name="comment",
            name="thread",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="comments",
                to="applications.commentthread",
                verbose_name="tråd",
            ),
        ),
        migrations.AddField(
            model_name="municipalrecommendation",
            name="answered_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="besvaret af",
            ),
        ),
        migrations.AddField(
            model_name="municipalrecommendation",
            name="application",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="municipal_recommendations",
                to="applications.application",
                verbose_name="sag",
            ),
        ),
        migrations.AddField(
            model_name="municipalrecommendation",
            name="asked_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="bedt om af",
            ),
        ),
        migrations.AddField(
            model_name="municipalrecommendation",
            name="organisation",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.organisation",
                verbose_name="for",
            ),
        ),
        migrations.AddIndex(
            model_name="collaborator",
            index=models.Index(condition=models.Q(("ended_at__isnull", True)), fields=["user"], name="collaborator_person"),
        ),
        migrations.AddConstraint(
            model_name="collaborator",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "COLLEAGUE"), ("right__in", ["READ", "EDIT", "SUBMIT"])),
                    models.Q(("kind__in", ["ADVISER", "MUNICIPALITY"]), ("right__in", ["READ", "EDIT"])),
                    _connector="OR",
                ),
                name="collaborator_right_is_one_of_the_kind",
                violation_error_message="Kun en kollega kan få ret til at indsende.",
            ),
        ),
        migrations.AddConstraint(
            model_name="collaborator",
            constraint=models.CheckConstraint(
                condition=models.Q(("email", django.db.models.functions.text.Lower("email"))),
                name="collaborator_email_is_lower_case",
            ),
        ),
        migrations.AddConstraint(
            model_name="collaborator",
            constraint=models.CheckConstraint(
                condition=models.Q(("token_hash__regex", "^[0-9a-f]{64}$")), name="collaborator_hash_is_one"
            ),
        ),
        migrations.AddConstraint(
            model_name="collaborator",
            constraint=models.CheckConstraint(
                condition=models.Q(("valid_to__isnull", True), ("valid_to__gte", models.F("valid_from")), _connector="OR"),
                name="collaborator_ends_after_it_begins",
            ),
        ),
        migrations.AddConstraint(
            model_name="collaborator",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("accepted_at__isnull", True), ("user__isnull", True)),
                    models.Q(("accepted_at__gte", models.F("invited_at")), ("user__isnull", False)),
                    _connector="OR",
                ),
                name="collaborator_accepted_by_somebody",
            ),
        ),
        migrations.AddConstraint(
            model_name="collaborator",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("ended_at__isnull", True), ("ended_by__isnull", True)),
                    models.Q(("ended_at__isnull", False), ("ended_by__isnull", False)),
                    _connector="OR",
                ),
                name="collaborator_ended_by_somebody",
            ),
        ),
        migrations.AddConstraint(
            model_name="collaborator",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at__isnull", True)),
                fields=("application", "email"),
                name="collaborator_once_at_a_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="commentsread",
            constraint=models.UniqueConstraint(fields=("application", "user"), name="comments_read_once_a_person"),
        ),
        migrations.AddIndex(
            model_name="commentthread",
            index=models.Index(fields=["application", "section"], name="comment_thread_of_a_section"),
        ),
        migrations.AddConstraint(
            model_name="commentthread",
            constraint=models.CheckConstraint(
                condition=models.Q(("section", ""), _negated=True), name="comment_thread_is_about_a_section"
            ),
        ),
        migrations.AddConstraint(
            model_name="commentthread",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("resolved_at__isnull", True), ("resolved_by__isnull", True)),
                    models.Q(("resolved_at__gte", models.F("opened_at")), ("resolved_by__isnull", False)),
                    _connector="OR",
                ),
                name="comment_thread_resolved_by_somebody",
            ),
        ),
        migrations.AddConstraint(
            model_name="comment",
            constraint=models.CheckConstraint(condition=models.Q(("text", ""), _negated=True), name="comment_says_something"),
        ),
        migrations.AddConstraint(
            model_name="municipalrecommendation",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["ASKED", "GIVEN", "DECLINED", "TAKEN_BACK", "CALLED_OFF"])),
                name="municipal_recommendation_state_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="municipalrecommendation",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ["ASKED", "GIVEN"])),
                fields=("application",),
                name="municipal_recommendation_one_stands",
            ),
        ),
        migrations.AddConstraint(
            model_name="municipalrecommendation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        models.Q(("state__in", ["DECLINED", "GIVEN", "TAKEN_BACK"]), _negated=True),
                        ("answered_at__isnull", True),
                        ("answered_by__isnull", True),
                        ("organisation__isnull", True),
                    ),
                    models.Q(
                        models.Q(("name", ""), _negated=True),
                        models.Q(("title", ""), _negated=True),
                        models.Q(("text", ""), _negated=True),
                        ("answered_at__gte", models.F("asked_at")),
                        ("answered_by__isnull", False),
                        ("organisation__isnull", False),
                        ("state__in", ["DECLINED", "GIVEN", "TAKEN_BACK"]),
                    ),
                    _connector="OR",
                ),
                name="municipal_recommendation_answered_is_dated_named_and_said",
            ),
        ),
        *GUARDS,
    ]
