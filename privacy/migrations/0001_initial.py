"""Every table of this app."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import foundation.ids
import privacy.subject_requests.models
from foundation.sql_files import run_sql


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="CrashReport",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("fingerprint", models.CharField(max_length=64, unique=True)),
                ("name", models.CharField(max_length=60)),
                ("message", models.CharField(blank=True, max_length=300)),
                ("frames", models.JSONField(default=list)),
                ("page", models.CharField(blank=True, help_text="kind of page", max_length=60)),
                ("browser", models.CharField(blank=True, max_length=40)),
                ("count", models.PositiveIntegerField(default=1)),
                ("first_day", models.DateField()),
                ("last_day", models.DateField(db_index=True)),
            ],
        ),
        migrations.CreateModel(
            name="Newsletter",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "public_id",
                    foundation.ids.PublicIdField(
                        default=foundation.ids.new_public_id,
                        editable=False,
                        max_length=22,
                        unique=True,
                    ),
                ),
                ("title", models.CharField(max_length=150)),
                ("text", models.TextField(max_length=20000)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
        ),
        migrations.CreateModel(
            name="PolicyNoticeRun",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("waiting", "waiting"),
                            ("running", "running"),
                            ("done", "done"),
                            ("failed", "failed"),
                            ("cancelled", "cancelled"),
                        ],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                ("due_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("leased_until", models.DateTimeField(blank=True, null=True)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("percent", models.PositiveSmallIntegerField(default=0)),
                ("error", models.CharField(blank=True, max_length=300)),
                (
                    "what",
                    models.CharField(
                        choices=[
                            ("announce", "announcement"),
                            ("withdraw", "it doesn't come after all"),
                        ],
                        default="announce",
                        max_length=10,
                    ),
                ),
                ("total", models.PositiveIntegerField(default=0)),
                ("told", models.PositiveIntegerField(default=0)),
                ("cursor", models.BigIntegerField(default=0)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("reached_at", models.DateTimeField(null=True)),
            ],
            options={
                "default_permissions": ("view",),
            },
        ),
        migrations.CreateModel(
            name="Restore",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "public_id",
                    foundation.ids.PublicIdField(
                        default=foundation.ids.new_public_id,
                        editable=False,
                        max_length=22,
                        unique=True,
                    ),
                ),
                ("backup", models.CharField(blank=True, help_text="its file", max_length=100)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                ("erased", models.PositiveIntegerField(default=0, help_text="people erased again")),
                ("hidden", models.PositiveIntegerField(default=0, help_text="people hidden again")),
                ("returned", models.PositiveIntegerField(default=0, help_text="people back again")),
                (
                    "traces",
                    models.JSONField(
                        default=list, help_text="places, as table.column: how many rows"
                    ),
                ),
                (
                    "because",
                    models.TextField(blank=True, help_text="why it was finished with traces"),
                ),
            ],
            options={
                "permissions": [("accept_traces", "Can finish a restore that leaves traces")],
            },
        ),
        migrations.CreateModel(
            name="RetentionRun",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("limit", models.CharField(max_length=200, unique=True)),
                ("ran_at", models.DateTimeField()),
                (
                    "ended",
                    models.PositiveIntegerField(default=0, help_text="rows, at the last run"),
                ),
                ("total", models.PositiveBigIntegerField(default=0, help_text="rows, ever")),
                (
                    "error",
                    models.CharField(
                        blank=True, help_text="kind of the last failure", max_length=100
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="UsageEvent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("pseudonym", models.CharField(db_index=True, max_length=32)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("page", "kind of page opened"),
                            ("room", "time in a room"),
                            ("feature", "feature used"),
                        ],
                        max_length=10,
                    ),
                ),
                ("name", models.CharField(blank=True, max_length=60)),
                ("seconds", models.PositiveIntegerField(blank=True, null=True)),
                (
                    "hour",
                    models.DateTimeField(db_index=True, help_text="the beginning of the hour"),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Backup",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("waiting", "waiting"),
                            ("running", "running"),
                            ("done", "done"),
                            ("failed", "failed"),
                            ("cancelled", "cancelled"),
                        ],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                ("due_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("leased_until", models.DateTimeField(blank=True, null=True)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("percent", models.PositiveSmallIntegerField(default=0)),
                ("error", models.CharField(blank=True, max_length=300)),
                (
                    "public_id",
                    foundation.ids.PublicIdField(
                        default=foundation.ids.new_public_id,
                        editable=False,
                        max_length=22,
                        unique=True,
                    ),
                ),
                (
                    "taken_at",
                    models.DateTimeField(
                        blank=True, help_text="what it shows is of then", null=True
                    ),
                ),
                ("expires_at", models.DateTimeField(blank=True, null=True)),
                ("gone_at", models.DateTimeField(blank=True, null=True)),
                ("file", models.CharField(blank=True, max_length=100)),
                ("size", models.BigIntegerField(default=0, help_text="bytes, encrypted")),
                ("sha256", models.CharField(blank=True, max_length=64)),
                ("media_files", models.PositiveIntegerField(default=0)),
                (
                    "missing",
                    models.PositiveIntegerField(
                        default=0, help_text="files deleted while it was made"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        models.F("due_at"),
                        models.F("id"),
                        condition=models.Q(("status__in", ["waiting", "running"])),
                        name="backup_due",
                    ),
                    models.Index(
                        condition=models.Q(("gone_at", None)),
                        fields=["expires_at"],
                        name="backup_there",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Erasure",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("waiting", "waiting"),
                            ("running", "running"),
                            ("done", "done"),
                            ("failed", "failed"),
                            ("cancelled", "cancelled"),
                        ],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                ("due_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("leased_until", models.DateTimeField(blank=True, null=True)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("percent", models.PositiveSmallIntegerField(default=0)),
                ("error", models.CharField(blank=True, max_length=300)),
                (
                    "public_id",
                    foundation.ids.PublicIdField(
                        default=foundation.ids.new_public_id,
                        editable=False,
                        max_length=22,
                        unique=True,
                    ),
                ),
                (
                    "stage",
                    models.CharField(
                        choices=[
                            ("requested", "asked for"),
                            ("hidden", "out of sight"),
                            ("grace", "out of sight everywhere, may come back"),
                            ("purging", "being erased"),
                            ("held", "erased but for what the law holds back"),
                            ("erased", "erased"),
                            ("expired", "erased, and gone from every backup"),
                            ("cancelled", "came back"),
                        ],
                        default="requested",
                        max_length=10,
                    ),
                ),
                (
                    "way",
                    models.CharField(
                        choices=[
                            ("settings", "in the settings"),
                            ("web", "by a mailed link"),
                            ("support", "through support"),
                            ("time", "after long inactivity"),
                            ("restore", "again, after a backup was restored"),
                            ("guardian", "by the parent"),
                            ("parent", "by the parent, at once"),
                            ("consent", "after a parent's consent was taken back"),
                            ("child", "a child's account without consent"),
                        ],
                        default="settings",
                        max_length=10,
                    ),
                ),
                ("requested_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "purge_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, help_text="the date that was told"
                    ),
                ),
                (
                    "settled_at",
                    models.DateTimeField(
                        help_text="when what lies outside the database followed the last change",
                        null=True,
                    ),
                ),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("backups_expire_at", models.DateTimeField(blank=True, null=True)),
                ("steps", models.JSONField(default=dict, help_text="rows erased so far, by step")),
                (
                    "contact",
                    models.BinaryField(
                        help_text="encrypted address for the receipt; emptied when that was written",
                        null=True,
                    ),
                ),
                (
                    "known_by",
                    models.BinaryField(
                        help_text="encrypted: addresses and names that the purge looks for",
                        null=True,
                    ),
                ),
                (
                    "undo",
                    models.BinaryField(
                        help_text="encrypted: what comes back with the person; emptied by the purge",
                        null=True,
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="erasures",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="DeletionOrder",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("waiting", "waiting"),
                            ("running", "running"),
                            ("done", "done"),
                            ("failed", "failed"),
                            ("cancelled", "cancelled"),
                        ],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                ("due_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("leased_until", models.DateTimeField(blank=True, null=True)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("percent", models.PositiveSmallIntegerField(default=0)),
                ("error", models.CharField(blank=True, max_length=300)),
                (
                    "public_id",
                    foundation.ids.PublicIdField(
                        default=foundation.ids.new_public_id,
                        editable=False,
                        max_length=22,
                        unique=True,
                    ),
                ),
                ("provider", models.CharField(max_length=60)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("ordered", "ordered"),
                            ("confirmed", "confirmed"),
                            ("failed", "failed, being tried again"),
                        ],
                        default="ordered",
                        max_length=10,
                    ),
                ),
                (
                    "subject",
                    models.BinaryField(
                        help_text="encrypted: what the service knows the person by; emptied at the end",
                        null=True,
                    ),
                ),
                ("ordered_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("deadline", models.DateTimeField(help_text="after this the contact is told")),
                ("sent_at", models.DateTimeField(blank=True, null=True)),
                ("confirmed_at", models.DateTimeField(blank=True, null=True)),
                ("confirmed_how", models.CharField(blank=True, max_length=20)),
                ("alarmed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "erasure",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="orders",
                        to="privacy.erasure",
                    ),
                ),
            ],
            options={
                "permissions": [("confirm_deletion", "Can confirm that a provider deleted")],
            },
        ),
        migrations.CreateModel(
            name="ErasureEvent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "stage",
                    models.CharField(
                        choices=[
                            ("requested", "asked for"),
                            ("hidden", "out of sight"),
                            ("grace", "out of sight everywhere, may come back"),
                            ("purging", "being erased"),
                            ("held", "erased but for what the law holds back"),
                            ("erased", "erased"),
                            ("expired", "erased, and gone from every backup"),
                            ("cancelled", "came back"),
                        ],
                        max_length=10,
                    ),
                ),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "erasure",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="events",
                        to="privacy.erasure",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Export",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("waiting", "waiting"),
                            ("running", "running"),
                            ("done", "done"),
                            ("failed", "failed"),
                            ("cancelled", "cancelled"),
                        ],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                ("due_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("leased_until", models.DateTimeField(blank=True, null=True)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("percent", models.PositiveSmallIntegerField(default=0)),
                ("error", models.CharField(blank=True, max_length=300)),
                (
                    "public_id",
                    foundation.ids.PublicIdField(
                        default=foundation.ids.new_public_id,
                        editable=False,
                        max_length=22,
                        unique=True,
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("expires_at", models.DateTimeField(blank=True, null=True)),
                ("file", models.FileField(blank=True, upload_to="exports")),
                (
                    "missing",
                    models.PositiveIntegerField(
                        default=0, help_text="files that could not be read"
                    ),
                ),
                ("size", models.PositiveBigIntegerField(blank=True, help_text="bytes", null=True)),
                (
                    "begun_at",
                    models.DateTimeField(blank=True, help_text="of this round", null=True),
                ),
                (
                    "round",
                    models.PositiveIntegerField(default=0, help_text="times it had to begin anew"),
                ),
                (
                    "named",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(),
                        blank=True,
                        default=list,
                        help_text="keys of people it names",
                        size=None,
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="exports",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="LeaveLink",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("waiting", "waiting"),
                            ("running", "running"),
                            ("done", "done"),
                            ("failed", "failed"),
                            ("cancelled", "cancelled"),
                        ],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                ("due_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("leased_until", models.DateTimeField(blank=True, null=True)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("percent", models.PositiveSmallIntegerField(default=0)),
                ("error", models.CharField(blank=True, max_length=300)),
                (
                    "public_id",
                    foundation.ids.PublicIdField(
                        default=foundation.ids.new_public_id,
                        editable=False,
                        max_length=22,
                        unique=True,
                    ),
                ),
                (
                    "way",
                    models.CharField(
                        choices=[
                            ("settings", "in the settings"),
                            ("web", "by a mailed link"),
                            ("support", "through support"),
                            ("time", "after long inactivity"),
                            ("restore", "again, after a backup was restored"),
                            ("guardian", "by the parent"),
                            ("parent", "by the parent, at once"),
                            ("consent", "after a parent's consent was taken back"),
                            ("child", "a child's account without consent"),
                        ],
                        default="web",
                        max_length=10,
                    ),
                ),
                (
                    "received_on",
                    models.DateField(
                        blank=True,
                        help_text="The day the request reached support.",
                        null=True,
                        verbose_name="received on",
                    ),
                ),
                ("secret_hash", models.CharField(blank=True, db_index=True, max_length=64)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("expires_at", models.DateTimeField(db_index=True)),
                ("used_at", models.DateTimeField(blank=True, null=True)),
                (
                    "recorded_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="leave_links",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "permissions": [("record_leave_request", "Can record a request to leave")],
            },
        ),
        migrations.CreateModel(
            name="LegalDisclosure",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "public_id",
                    foundation.ids.PublicIdField(
                        default=foundation.ids.new_public_id,
                        editable=False,
                        max_length=22,
                        unique=True,
                    ),
                ),
                (
                    "ground",
                    models.CharField(
                        choices=[
                            ("law", "a law required it"),
                            ("crime", "to prevent a crime"),
                            ("rights", "to protect somebody's rights or safety"),
                        ],
                        default="law",
                        max_length=6,
                        verbose_name="ground",
                    ),
                ),
                (
                    "authority",
                    models.CharField(
                        help_text="An authority, or a kind of person.",
                        max_length=200,
                        verbose_name="who received it",
                    ),
                ),
                (
                    "law",
                    models.CharField(
                        help_text="The article it rests on.", max_length=300, verbose_name="law"
                    ),
                ),
                (
                    "order",
                    models.CharField(
                        blank=True,
                        help_text="Its date and reference; for what a law required.",
                        max_length=200,
                        verbose_name="order",
                    ),
                ),
                (
                    "asked",
                    models.TextField(
                        help_text="Unasked: what was about to happen, and why nothing less would have done.",
                        max_length=2000,
                        verbose_name="what was asked for, or what happened",
                    ),
                ),
                (
                    "asked_categories",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=60), size=None
                    ),
                ),
                (
                    "given_categories",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=60), size=None
                    ),
                ),
                ("disclosed_at", models.DateTimeField(verbose_name="given on")),
                (
                    "secret_until",
                    models.DateField(
                        blank=True,
                        help_text="Last day on which the order forbids telling the person; empty: told at once.",
                        null=True,
                        verbose_name="forbidden to tell until",
                    ),
                ),
                (
                    "secret_because",
                    models.CharField(blank=True, max_length=300, verbose_name="what forbids it"),
                ),
                ("told_at", models.DateTimeField(blank=True, null=True)),
                ("recorded_at", models.DateTimeField(auto_now_add=True)),
                (
                    "recorded_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="legal_disclosures",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="person",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="LegalHold",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "public_id",
                    foundation.ids.PublicIdField(
                        default=foundation.ids.new_public_id,
                        editable=False,
                        max_length=22,
                        unique=True,
                    ),
                ),
                (
                    "fields",
                    models.JSONField(
                        help_text='Names from the data map, as in ["accounts.user.email"].',
                        verbose_name="fields",
                    ),
                ),
                ("reason", models.CharField(max_length=500, verbose_name="reason")),
                (
                    "basis",
                    models.CharField(
                        help_text="The law, and the order if there is one.",
                        max_length=200,
                        verbose_name="legal basis",
                    ),
                ),
                ("begins_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("ends_at", models.DateTimeField(db_index=True, verbose_name="ends")),
                ("lifted_at", models.DateTimeField(blank=True, null=True)),
                (
                    "may_be_told",
                    models.BooleanField(
                        default=True,
                        help_text="Untick only where the law forbids it.",
                        verbose_name="the person is told",
                    ),
                ),
                (
                    "set_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="legal_holds",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="AccessLogEntry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "role",
                    models.CharField(
                        help_text="the staff member's roles at the time", max_length=120
                    ),
                ),
                ("model", models.CharField(help_text="app.model, lower case", max_length=80)),
                ("object_key", models.CharField(max_length=80)),
                (
                    "why",
                    models.CharField(
                        choices=[
                            ("request", "to answer your request"),
                            ("support", "to help with a problem"),
                            ("report", "to look into a report"),
                            ("security", "to keep the service secure"),
                            ("legal", "because a law requires it"),
                        ],
                        max_length=10,
                    ),
                ),
                ("reason", models.CharField(max_length=300)),
                ("at", models.DateTimeField(auto_now_add=True)),
                (
                    "hidden_until",
                    models.DateField(
                        blank=True,
                        help_text="an order forbids telling the person before this day",
                        null=True,
                    ),
                ),
                (
                    "staff",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="access_log_entries",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "access log entry",
                "verbose_name_plural": "access log entries",
            },
        ),
        migrations.CreateModel(
            name="NewsReader",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "public_id",
                    foundation.ids.PublicIdField(
                        default=foundation.ids.new_public_id,
                        editable=False,
                        max_length=22,
                        unique=True,
                    ),
                ),
                ("address", models.EmailField(max_length=254, unique=True)),
                ("form", models.CharField(max_length=40)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("confirmed_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "indexes": [models.Index(fields=["created_at"], name="reader_age")],
            },
        ),
        migrations.CreateModel(
            name="NoticeFanOut",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("waiting", "waiting"),
                            ("running", "running"),
                            ("done", "done"),
                            ("failed", "failed"),
                            ("cancelled", "cancelled"),
                        ],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                ("due_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("leased_until", models.DateTimeField(blank=True, null=True)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("percent", models.PositiveSmallIntegerField(default=0)),
                ("error", models.CharField(blank=True, max_length=300)),
                ("kind", models.CharField(max_length=40)),
                ("about", models.CharField(max_length=120)),
                ("cursor", models.BigIntegerField(default=0)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        models.F("due_at"),
                        models.F("id"),
                        condition=models.Q(("status__in", ["waiting", "running"])),
                        name="fan_out_due",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("kind", "about"), name="fan_out_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="NewsSending",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("waiting", "waiting"),
                            ("running", "running"),
                            ("done", "done"),
                            ("failed", "failed"),
                            ("cancelled", "cancelled"),
                        ],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                ("due_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("leased_until", models.DateTimeField(blank=True, null=True)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("percent", models.PositiveSmallIntegerField(default=0)),
                ("error", models.CharField(blank=True, max_length=300)),
                ("last_user", models.BigIntegerField(default=0)),
                ("last_reader", models.BigIntegerField(default=0)),
                ("letters", models.PositiveIntegerField(default=0)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "newsletter",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sending",
                        to="privacy.newsletter",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Notice",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("waiting", "waiting"),
                            ("running", "running"),
                            ("done", "done"),
                            ("failed", "failed"),
                            ("cancelled", "cancelled"),
                        ],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                ("due_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("leased_until", models.DateTimeField(blank=True, null=True)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("percent", models.PositiveSmallIntegerField(default=0)),
                ("error", models.CharField(blank=True, max_length=300)),
                (
                    "public_id",
                    foundation.ids.PublicIdField(
                        default=foundation.ids.new_public_id,
                        editable=False,
                        max_length=22,
                        unique=True,
                    ),
                ),
                ("kind", models.CharField(max_length=40)),
                ("title", models.CharField(max_length=200)),
                ("text", models.TextField(blank=True)),
                ("url", models.CharField(blank=True, max_length=500)),
                ("about", models.CharField(blank=True, max_length=120)),
                ("address", models.EmailField(blank=True, max_length=254)),
                ("listed", models.BooleanField(default=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("seen_at", models.DateTimeField(blank=True, null=True)),
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notices",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="NoticeChoice",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(max_length=40)),
                ("product", models.BooleanField()),
                ("mail", models.BooleanField()),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notice_choices",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="PolicyNotice",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("told_at", models.DateTimeField(auto_now_add=True)),
                ("seen_at", models.DateTimeField(null=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="policy_notices",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notices",
                        to="privacy.policynoticerun",
                    ),
                ),
            ],
            options={
                "default_permissions": ("view",),
            },
        ),
        migrations.CreateModel(
            name="PolicyRelease",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "public_id",
                    foundation.ids.PublicIdField(
                        default=foundation.ids.new_public_id,
                        editable=False,
                        max_length=22,
                        unique=True,
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("text", "new version of the policy"),
                            ("terms", "new version of the terms of service"),
                            ("control", "change of control"),
                        ],
                        default="text",
                        max_length=10,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "draft"),
                            ("scheduled", "announced"),
                            ("posted", "in force"),
                            ("withdrawn", "withdrawn"),
                        ],
                        default="draft",
                        max_length=10,
                    ),
                ),
                (
                    "number",
                    models.PositiveIntegerField(
                        help_text="of its kind, given when announced or posted", null=True
                    ),
                ),
                (
                    "source",
                    models.PositiveIntegerField(default=0, help_text="version in the repository"),
                ),
                ("content", models.JSONField(default=dict)),
                ("material", models.BooleanField(default=False)),
                (
                    "summary",
                    models.TextField(
                        help_text="what changes for people, in plain words", max_length=4000
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("announced_at", models.DateTimeField(null=True)),
                (
                    "effective_at",
                    models.DateTimeField(help_text="the day that was announced", null=True),
                ),
                ("posted_at", models.DateTimeField(help_text="really in force since", null=True)),
                ("withdrawn_at", models.DateTimeField(null=True)),
            ],
            options={
                "permissions": [
                    ("publish_policy", "Can draft, announce, post and withdraw the policy")
                ],
                "default_permissions": ("view",),
                "constraints": [
                    models.UniqueConstraint(fields=("kind", "number"), name="one_release_a_number"),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "scheduled")),
                        fields=("kind",),
                        name="one_announced_at_a_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state", "draft"),
                            ("kind", "control"),
                            ("number__isnull", False),
                            ("state", "withdrawn"),
                            _connector="OR",
                        ),
                        name="announced_texts_have_a_number",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "posted"), _negated=True),
                            ("posted_at__isnull", False),
                            _connector="OR",
                        ),
                        name="posted_says_since_when",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="policynoticerun",
            name="release",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="runs",
                to="privacy.policyrelease",
            ),
        ),
        migrations.CreateModel(
            name="Receipt",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("erased", "erased"), ("backups", "gone from every backup")],
                        max_length=10,
                    ),
                ),
                ("body", models.TextField(help_text="canonical JSON")),
                ("signature", models.CharField(max_length=88)),
                ("key_id", models.CharField(max_length=40)),
                ("issued_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "erasure",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="receipts",
                        to="privacy.erasure",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Request",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "public_id",
                    foundation.ids.PublicIdField(
                        default=foundation.ids.new_public_id,
                        editable=False,
                        max_length=22,
                        unique=True,
                    ),
                ),
                (
                    "reference",
                    models.CharField(
                        default=privacy.subject_requests.models.new_reference,
                        editable=False,
                        max_length=12,
                        unique=True,
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("access", "A copy of my data"),
                            ("know", "A report of what was collected, why, and who received it"),
                            ("correct", "Correct something"),
                            ("delete", "Delete something, or everything"),
                            ("restrict", "Stop using my data while a question is open"),
                            ("object", "Stop one use of my data"),
                            ("enquiry", "A question or comment"),
                            ("child", "A child's account, reported"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "law",
                    models.CharField(
                        choices=[("gdpr", "GDPR"), ("ccpa", "CCPA"), ("coppa", "COPPA")],
                        default="gdpr",
                        max_length=5,
                    ),
                ),
                (
                    "channel",
                    models.CharField(
                        choices=[
                            ("settings", "settings"),
                            ("web", "public form"),
                            ("staff", "taken in by staff"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "identity",
                    models.CharField(
                        choices=[
                            ("none", "not checked"),
                            ("signed in", "was signed in"),
                            ("link", "opened the link we sent to the address"),
                            ("staff", "checked by staff"),
                            ("proof", "checked by staff, by facts or a document"),
                        ],
                        default="none",
                        max_length=10,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("unconfirmed", "waits for the link we sent"),
                            ("open", "received"),
                            ("acknowledged", "in work"),
                            ("answered", "answered"),
                            ("refused", "refused, with the reason"),
                            ("withdrawn", "withdrawn"),
                        ],
                        default="open",
                        max_length=12,
                    ),
                ),
                (
                    "address",
                    models.EmailField(
                        blank=True, help_text="of who asks without being signed in", max_length=254
                    ),
                ),
                ("text", models.TextField(blank=True, max_length=4000)),
                (
                    "purpose",
                    models.CharField(blank=True, help_text="the use objected to", max_length=40),
                ),
                (
                    "ground",
                    models.CharField(
                        blank=True,
                        help_text="which exception it met (privacy.subject_requests.exceptions)",
                        max_length=20,
                    ),
                ),
                (
                    "received_at",
                    models.DateTimeField(help_text="when it was made, or confirmed by the link"),
                ),
                ("acknowledge_by", models.DateTimeField()),
                ("answer_by", models.DateTimeField()),
                ("extended_at", models.DateTimeField(blank=True, null=True)),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "emptied_when_closed",
                    models.BooleanField(
                        default=False,
                        help_text="its words and address go with the answer: somebody they concern was erased",
                    ),
                ),
                (
                    "about",
                    models.ForeignKey(
                        help_text="whose account a report names",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "export",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="privacy.export",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="requests",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "permissions": [
                    ("answer_request", "Can answer requests under data protection law"),
                    ("answer_enquiry", "Can answer plain enquiries"),
                ],
            },
        ),
        migrations.CreateModel(
            name="RequestStep",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("received", "received"),
                            ("confirmed", "address confirmed"),
                            ("identity", "identity checked"),
                            ("acknowledged", "taken into work"),
                            ("asked", "we asked you"),
                            ("replied", "you wrote"),
                            ("extended", "needs longer"),
                            ("done", "carried out"),
                            ("answered", "answered"),
                            ("refused", "refused"),
                            ("withdrawn", "withdrawn"),
                            ("note", "note among staff"),
                            ("alarm", "alarm"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "by",
                    models.CharField(
                        choices=[("person", "you"), ("staff", "our staff"), ("site", "by itself")],
                        max_length=6,
                    ),
                ),
                ("text", models.TextField(blank=True)),
                (
                    "detail",
                    models.CharField(
                        blank=True, help_text="which deed, or which alarm", max_length=60
                    ),
                ),
                ("at", models.DateTimeField(auto_now_add=True)),
                (
                    "request",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="steps",
                        to="privacy.request",
                    ),
                ),
                (
                    "staff",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ShareLink",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "public_id",
                    foundation.ids.PublicIdField(
                        default=foundation.ids.new_public_id,
                        editable=False,
                        max_length=22,
                        unique=True,
                    ),
                ),
                (
                    "item_model",
                    models.CharField(help_text="label of the item's model", max_length=60),
                ),
                ("item_id", models.CharField(help_text="public id of the item", max_length=22)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("expires_at", models.DateTimeField(blank=True, null=True)),
                ("revoked_at", models.DateTimeField(blank=True, null=True)),
                (
                    "used",
                    models.PositiveIntegerField(default=0, help_text="browsers that opened it"),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="share_links",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="TermsAgreement",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField(verbose_name="version")),
                (
                    "text_sha256",
                    models.CharField(help_text="of the clauses as they were shown", max_length=64),
                ),
                (
                    "channel",
                    models.CharField(
                        choices=[("sign-up", "sign-up form"), ("app", "app")], max_length=8
                    ),
                ),
                ("agreed_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="terms_agreements",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "default_permissions": ("view",),
            },
        ),
        migrations.CreateModel(
            name="Tombstone",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name_hash", models.CharField(max_length=64, unique=True)),
                ("until", models.DateTimeField(db_index=True)),
                (
                    "erasure",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="tombstones",
                        to="privacy.erasure",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="UsageCount",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("day", models.DateField()),
                ("kind", models.CharField(max_length=10)),
                ("name", models.CharField(blank=True, max_length=60)),
                ("people", models.PositiveIntegerField()),
                ("events", models.PositiveIntegerField()),
                ("seconds", models.PositiveBigIntegerField(default=0)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("day", "kind", "name"), name="counted_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="ConsentRecord",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("purpose", models.CharField(max_length=30)),
                ("given", models.BooleanField(help_text="agreed, or withdrew / objected")),
                ("text_version", models.PositiveSmallIntegerField()),
                (
                    "text_sha256",
                    models.CharField(help_text="of the exact words shown, UTF-8", max_length=64),
                ),
                ("language", models.CharField(help_text="in which they were shown", max_length=10)),
                (
                    "channel",
                    models.CharField(
                        choices=[
                            ("sign-up", "sign-up form"),
                            ("form", "another form"),
                            ("settings", "Purposes and consent"),
                            ("asked-again", "asked again after a change"),
                            ("cookies", "cookie page"),
                            ("unsubscribe", "unsubscribe link"),
                            ("gpc", "your browser's privacy signal"),
                            ("desk", "in writing"),
                            ("app", "app"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "form",
                    models.CharField(
                        blank=True, help_text="which form, if it was one", max_length=40
                    ),
                ),
                (
                    "against_signal",
                    models.BooleanField(
                        default=False,
                        help_text="the browser sent Sec-GPC, and the person was told so",
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "user",
                    models.ForeignKey(
                        help_text="nobody: a visitor without account",
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="consent_records",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["user", "purpose", "-id"], name="consent_now"),
                    models.Index(fields=["user", "-created_at", "-id"], name="consent_history"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Disclosure",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "provider",
                    models.CharField(help_text="key in the registry of providers", max_length=60),
                ),
                (
                    "recipient",
                    models.CharField(help_text="the provider's name at the time", max_length=200),
                ),
                (
                    "categories",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=60), size=None
                    ),
                ),
                ("purpose", models.CharField(max_length=20)),
                ("basis", models.CharField(max_length=20)),
                ("at", models.DateTimeField(auto_now_add=True)),
                ("failed", models.BooleanField(default=False, help_text="the transfer broke off")),
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="disclosures",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        models.F("user"),
                        models.OrderBy(models.F("at"), descending=True),
                        models.OrderBy(models.F("id"), descending=True),
                        name="disclosures_of_person",
                    ),
                    models.Index(fields=["at"], name="disclosures_by_age"),
                ],
            },
        ),
        migrations.AddIndex(
            model_name="erasure",
            index=models.Index(
                models.F("due_at"),
                models.F("id"),
                condition=models.Q(("status__in", ["waiting", "running"])),
                name="erasure_due",
            ),
        ),
        migrations.AddIndex(
            model_name="erasure",
            index=models.Index(
                condition=models.Q(("settled_at__isnull", True)),
                fields=["id"],
                name="erasure_unsettled",
            ),
        ),
        migrations.AddIndex(
            model_name="erasure",
            index=models.Index(
                condition=models.Q(("stage", "erased")),
                fields=["backups_expire_at", "id"],
                name="erasure_in_backups",
            ),
        ),
        migrations.AddIndex(
            model_name="erasure",
            index=models.Index(fields=["ended_at"], name="erasure_over"),
        ),
        migrations.AddConstraint(
            model_name="erasure",
            constraint=models.UniqueConstraint(
                condition=models.Q(
                    ("stage__in", ["requested", "hidden", "grace", "purging", "held"])
                ),
                fields=("user",),
                name="one_open_erasure_a_person",
            ),
        ),
        migrations.AddIndex(
            model_name="deletionorder",
            index=models.Index(
                models.F("due_at"),
                models.F("id"),
                condition=models.Q(("status__in", ["waiting", "running"])),
                name="deletion_order_due",
            ),
        ),
        migrations.AddIndex(
            model_name="deletionorder",
            index=models.Index(
                condition=models.Q(("state__in", ["ordered", "failed"])),
                fields=["deadline"],
                name="deletion_order_overdue",
            ),
        ),
        migrations.AddIndex(
            model_name="deletionorder",
            index=models.Index(fields=["confirmed_at"], name="deletion_order_over"),
        ),
        migrations.AddConstraint(
            model_name="deletionorder",
            constraint=models.UniqueConstraint(fields=("erasure", "provider"), name="order_once"),
        ),
        migrations.AddIndex(
            model_name="erasureevent",
            index=models.Index(fields=["erasure", "id"], name="erasure_events"),
        ),
        migrations.AddIndex(
            model_name="export",
            index=models.Index(
                models.F("due_at"),
                models.F("id"),
                condition=models.Q(("status__in", ["waiting", "running"])),
                name="export_due",
            ),
        ),
        migrations.AddIndex(
            model_name="export",
            index=models.Index(
                fields=["user", "-created_at", "-id"], name="privacy_exp_user_id_9bbb1c_idx"
            ),
        ),
        migrations.AddIndex(
            model_name="export",
            index=models.Index(fields=["expires_at"], name="export_over"),
        ),
        migrations.AddIndex(
            model_name="export",
            index=models.Index(
                condition=models.Q(("expires_at__isnull", True)),
                fields=["created_at"],
                name="export_never_made",
            ),
        ),
        migrations.AddIndex(
            model_name="export",
            index=django.contrib.postgres.indexes.GinIndex(fields=["named"], name="export_named"),
        ),
        migrations.AddConstraint(
            model_name="export",
            constraint=models.UniqueConstraint(
                condition=models.Q(("status__in", ["waiting", "running"])),
                fields=("user",),
                name="one_open_export_a_person",
            ),
        ),
        migrations.AddIndex(
            model_name="leavelink",
            index=models.Index(
                models.F("due_at"),
                models.F("id"),
                condition=models.Q(("status__in", ["waiting", "running"])),
                name="leave_link_due",
            ),
        ),
        migrations.AddIndex(
            model_name="leavelink",
            index=models.Index(fields=["user"], name="link_of"),
        ),
        migrations.AddIndex(
            model_name="legaldisclosure",
            index=models.Index(
                condition=models.Q(("told_at__isnull", True)),
                fields=["secret_until"],
                name="legal_untold",
            ),
        ),
        migrations.AddIndex(
            model_name="legaldisclosure",
            index=models.Index(fields=["user", "-disclosed_at"], name="legal_of_person"),
        ),
        migrations.AddConstraint(
            model_name="legaldisclosure",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("given_categories__contained_by", models.F("asked_categories"))
                ),
                name="legal_given_is_within_asked",
            ),
        ),
        migrations.AddConstraint(
            model_name="legaldisclosure",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("ground", "law"), _negated=True),
                    models.Q(("order", ""), _negated=True),
                    ("user__isnull", True),
                    _connector="OR",
                ),
                name="legal_required_by_an_order",
            ),
        ),
        migrations.AddConstraint(
            model_name="legaldisclosure",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("secret_until__isnull", True),
                    models.Q(("secret_because", ""), _negated=True),
                    _connector="OR",
                ),
                name="legal_secret_has_a_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="legalhold",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends_at__gt", models.F("begins_at"))), name="hold_ends"
            ),
        ),
        migrations.AddIndex(
            model_name="accesslogentry",
            index=models.Index(
                models.F("user"),
                models.OrderBy(models.F("at"), descending=True),
                models.OrderBy(models.F("id"), descending=True),
                name="access_log_of_person",
            ),
        ),
        migrations.AddIndex(
            model_name="accesslogentry",
            index=models.Index(
                fields=["staff", "model", "object_key", "-at"], name="access_log_by_staff"
            ),
        ),
        migrations.AddIndex(
            model_name="accesslogentry",
            index=models.Index(fields=["at"], name="access_log_by_age"),
        ),
        migrations.AddIndex(
            model_name="newssending",
            index=models.Index(
                models.F("due_at"),
                models.F("id"),
                condition=models.Q(("status__in", ["waiting", "running"])),
                name="news_due",
            ),
        ),
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(
                models.F("due_at"),
                models.F("id"),
                condition=models.Q(("status__in", ["waiting", "running"])),
                name="notice_due",
            ),
        ),
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(fields=["user", "-created_at", "-id"], name="notice_newest"),
        ),
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(
                condition=models.Q(("listed", True), ("seen_at__isnull", True)),
                fields=["user"],
                name="notice_unseen",
            ),
        ),
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(fields=["created_at"], name="notice_age"),
        ),
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(
                condition=models.Q(("about", ""), _negated=True),
                fields=["about"],
                name="notice_about",
            ),
        ),
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(
                django.db.models.functions.text.Upper("address"),
                condition=models.Q(("address", ""), _negated=True),
                name="notice_address",
            ),
        ),
        migrations.AddConstraint(
            model_name="notice",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("user__isnull", False),
                    models.Q(("address", ""), _negated=True),
                    _connector="XOR",
                ),
                name="notice_has_one_recipient",
            ),
        ),
        migrations.AddConstraint(
            model_name="noticechoice",
            constraint=models.UniqueConstraint(fields=("user", "kind"), name="notice_choice_once"),
        ),
        migrations.AddConstraint(
            model_name="policynotice",
            constraint=models.UniqueConstraint(fields=("user", "run"), name="nobody_is_told_twice"),
        ),
        migrations.AddIndex(
            model_name="policynoticerun",
            index=models.Index(
                models.F("due_at"),
                models.F("id"),
                condition=models.Q(("status__in", ["waiting", "running"])),
                name="policy_run_due",
            ),
        ),
        migrations.AddConstraint(
            model_name="policynoticerun",
            constraint=models.UniqueConstraint(
                fields=("release", "what"), name="one_run_for_each_purpose"
            ),
        ),
        migrations.AddConstraint(
            model_name="receipt",
            constraint=models.UniqueConstraint(fields=("erasure", "kind"), name="receipt_once"),
        ),
        migrations.AddIndex(
            model_name="request",
            index=models.Index(fields=["user", "-received_at", "-id"], name="requests_of_person"),
        ),
        migrations.AddIndex(
            model_name="request",
            index=models.Index(
                condition=models.Q(("state__in", ["open", "acknowledged"])),
                fields=["answer_by"],
                name="requests_due",
            ),
        ),
        migrations.AddIndex(
            model_name="request",
            index=models.Index(fields=["state", "received_at"], name="requests_by_state"),
        ),
        migrations.AddIndex(
            model_name="request",
            index=models.Index(fields=["closed_at"], name="requests_by_age"),
        ),
        migrations.AddIndex(
            model_name="request",
            index=models.Index(
                django.db.models.functions.text.Upper("address"),
                condition=models.Q(("address", ""), _negated=True),
                name="requests_by_address",
            ),
        ),
        migrations.AddIndex(
            model_name="request",
            index=models.Index(
                condition=models.Q(("state", "unconfirmed")),
                fields=["received_at"],
                name="requests_unconfirmed",
            ),
        ),
        migrations.AddIndex(
            model_name="requeststep",
            index=models.Index(fields=["request", "at", "id"], name="steps_of_request"),
        ),
        migrations.AddConstraint(
            model_name="requeststep",
            constraint=models.UniqueConstraint(
                condition=models.Q(("kind", "alarm")),
                fields=("request", "detail"),
                name="one_alarm_of_a_kind",
            ),
        ),
        migrations.AddIndex(
            model_name="sharelink",
            index=models.Index(fields=["item_model", "item_id"], name="share_link_of"),
        ),
        migrations.AddIndex(
            model_name="sharelink",
            index=models.Index(fields=["expires_at"], name="share_link_over"),
        ),
        migrations.AddIndex(
            model_name="sharelink",
            index=models.Index(fields=["made_by", "-created_at", "-id"], name="share_link_newest"),
        ),
        migrations.AddConstraint(
            model_name="termsagreement",
            constraint=models.UniqueConstraint(
                fields=("user", "number"), name="agreed_to_a_version_once"
            ),
        ),
        run_sql(__file__, "consent_is_append_only"),
        run_sql(__file__, "only_added"),
    ]
