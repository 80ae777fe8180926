"""Every table of this app."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import foundation.ids
import foundation.spelling
import privacy.gate.audiences
import sessions_app.models.sessions
from foundation.sql_files import run_sql


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("bands", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Credit",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("capturing", "being captured"),
                            ("stored", "stored"),
                            ("aligned", "aligned"),
                            ("withdrawn", "withdrawn"),
                            ("failed", "never arrived"),
                        ],
                        max_length=10,
                    ),
                ),
            ],
            options={
                "db_table": "sessions_app_credit",
                "managed": False,
            },
        ),
        migrations.CreateModel(
            name="JamSession",
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
                    "title",
                    models.CharField(
                        blank=True,
                        max_length=80,
                        validators=[foundation.spelling.check_readable],
                        verbose_name="title",
                    ),
                ),
                ("about", models.TextField(blank=True, max_length=1000, verbose_name="about")),
                (
                    "audience",
                    privacy.gate.audiences.AudienceField(
                        default="participants",
                        offers=[
                            "public",
                            "link",
                            "members",
                            "followers",
                            "jammed",
                            "fans",
                            "band",
                            "participants",
                        ],
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                ("occupied_until", models.DateTimeField(blank=True, null=True)),
                (
                    "closes_at",
                    models.DateTimeField(
                        default=sessions_app.models.sessions.closing_time,
                        help_text="unless somebody comes in",
                    ),
                ),
                (
                    "kept_until",
                    models.DateTimeField(
                        blank=True,
                        help_text="the host's wish: open until then, also with nobody in it",
                        null=True,
                    ),
                ),
                (
                    "band",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="sessions",
                        to="bands.band",
                    ),
                ),
                (
                    "host",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="hosted",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Invite",
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
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("expires_at", models.DateTimeField()),
                ("revoked_at", models.DateTimeField(blank=True, null=True)),
                ("used", models.PositiveIntegerField(default=0)),
                (
                    "made_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="invites_made",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "session",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="invites",
                        to="sessions_app.jamsession",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ChatLine",
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
                    "ref",
                    models.UUIDField(help_text="the sender's own id: sending twice stores once"),
                ),
                ("text", models.CharField(max_length=2000)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="chat_lines",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "session",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="chat",
                        to="sessions_app.jamsession",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Participant",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("joined_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "session",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="participants",
                        to="sessions_app.jamsession",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="participations",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Recording",
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
                    "title",
                    models.CharField(
                        blank=True,
                        max_length=80,
                        validators=[foundation.spelling.check_readable],
                        verbose_name="title",
                    ),
                ),
                (
                    "audience",
                    privacy.gate.audiences.AudienceField(
                        default="participants",
                        offers=[
                            "public",
                            "link",
                            "members",
                            "followers",
                            "jammed",
                            "fans",
                            "band",
                            "participants",
                            "me",
                        ],
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("asking", "asking everybody"),
                            ("recording", "recording"),
                            ("uploading", "collecting the stems"),
                            ("processing", "mixing"),
                            ("ready", "ready"),
                            ("declined", "not everybody agreed"),
                            ("failed", "failed"),
                        ],
                        default="asking",
                        max_length=10,
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "starts_at_ms",
                    models.FloatField(blank=True, help_text="on the session's clock", null=True),
                ),
                ("stops_at_ms", models.FloatField(blank=True, null=True)),
                (
                    "ending",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("stopped", "stopped by a player"),
                            ("empty", "nobody was left who was being recorded"),
                            ("closed", "the room was closed"),
                            ("limit", "it reached the longest a take can be"),
                            ("apart", "two of its players are no longer together"),
                        ],
                        max_length=8,
                    ),
                ),
                (
                    "alone_since",
                    models.DateTimeField(
                        blank=True,
                        help_text="since when none of its players is there and captures",
                        null=True,
                    ),
                ),
                (
                    "upload_due_at",
                    models.DateTimeField(
                        blank=True,
                        help_text="when mixing begins without stems that never came",
                        null=True,
                    ),
                ),
                (
                    "band",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="recordings",
                        to="bands.band",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="recordings",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "session",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="recordings",
                        to="sessions_app.jamsession",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="RecordingConsent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "answer",
                    models.CharField(
                        choices=[
                            ("waiting", "has not answered"),
                            ("yes", "agreed"),
                            ("no", "declined"),
                        ],
                        default="waiting",
                        max_length=8,
                    ),
                ),
                ("asked_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
                (
                    "text_version",
                    models.CharField(help_text="which wording was shown", max_length=20),
                ),
                (
                    "recording",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="consents",
                        to="sessions_app.recording",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="recording_consents",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Stem",
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
                    "state",
                    models.CharField(
                        choices=[
                            ("capturing", "being captured"),
                            ("stored", "stored"),
                            ("aligned", "aligned"),
                            ("withdrawn", "withdrawn"),
                            ("failed", "never arrived"),
                        ],
                        default="capturing",
                        max_length=10,
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("chunk_count", models.PositiveIntegerField(blank=True, null=True)),
                ("frames", models.PositiveBigIntegerField(blank=True, null=True)),
                ("sample_rate", models.PositiveIntegerField(blank=True, null=True)),
                ("channels", models.PositiveSmallIntegerField(blank=True, null=True)),
                (
                    "clock",
                    models.JSONField(
                        blank=True, default=list, help_text="[[frame, session ms], …]"
                    ),
                ),
                (
                    "start_ms",
                    models.FloatField(blank=True, help_text="session ms of frame 0", null=True),
                ),
                ("drift_ppm", models.FloatField(blank=True, null=True)),
                (
                    "slips",
                    models.JSONField(
                        blank=True,
                        default=list,
                        help_text="[[frame, ms], …] where the recorder stood still",
                    ),
                ),
                (
                    "fault",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("clock", "its clock can't be true"),
                            ("unreadable", "it can't be read"),
                        ],
                        help_text="why it is left out of mixes",
                        max_length=10,
                    ),
                ),
                (
                    "file",
                    models.FileField(
                        blank=True, help_text="FLAC, 24 bit, lossless", upload_to="stems"
                    ),
                ),
                (
                    "size",
                    models.PositiveBigIntegerField(
                        blank=True, help_text="bytes of the file", null=True
                    ),
                ),
                ("peaks", models.JSONField(blank=True, null=True)),
                (
                    "others_may_save",
                    models.BooleanField(
                        default=False,
                        help_text="who else plays on it may save this sound by itself",
                    ),
                ),
                ("gain", models.FloatField(default=1.0, help_text="linear")),
                ("pan", models.FloatField(default=0.0, help_text="-1 left … 1 right")),
                (
                    "player",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="stems",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "recording",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="stems",
                        to="sessions_app.recording",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Mix",
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
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
                ("flac", models.FileField(blank=True, upload_to="mixes")),
                ("opus", models.FileField(blank=True, upload_to="mixes")),
                ("aac", models.FileField(blank=True, upload_to="mixes")),
                ("peaks", models.JSONField(blank=True, null=True)),
                ("duration_ms", models.PositiveIntegerField(blank=True, null=True)),
                (
                    "start_ms",
                    models.FloatField(blank=True, help_text="on the session's clock", null=True),
                ),
                (
                    "recording",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="mixes",
                        to="sessions_app.recording",
                    ),
                ),
                (
                    "stems",
                    models.ManyToManyField(
                        blank=True, related_name="mixes", to="sessions_app.stem"
                    ),
                ),
            ],
            options={
                "verbose_name": "mix",
                "verbose_name_plural": "mixes",
            },
        ),
        migrations.CreateModel(
            name="StemChunk",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                ("sha256", models.CharField(max_length=64)),
                ("size", models.PositiveIntegerField(help_text="bytes")),
                ("file", models.FileField(upload_to="chunks")),
                (
                    "stem",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="chunks",
                        to="sessions_app.stem",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="jamsession",
            index=models.Index(fields=["-created_at", "-id"], name="jam_newest"),
        ),
        migrations.AddIndex(
            model_name="jamsession",
            index=models.Index(fields=["host", "-created_at", "-id"], name="jam_by_host"),
        ),
        migrations.AddIndex(
            model_name="jamsession",
            index=models.Index(
                condition=models.Q(("closed_at__isnull", True), ("occupied_until__isnull", False)),
                fields=["-created_at", "-id"],
                name="jam_live",
            ),
        ),
        migrations.AddIndex(
            model_name="jamsession",
            index=models.Index(
                condition=models.Q(("closed_at__isnull", True)),
                fields=["closes_at"],
                name="jam_closing",
            ),
        ),
        migrations.AddIndex(
            model_name="jamsession",
            index=models.Index(
                condition=models.Q(("band__isnull", False)),
                fields=["band", "-created_at", "-id"],
                name="jam_by_band",
            ),
        ),
        migrations.AddIndex(
            model_name="invite",
            index=models.Index(fields=["expires_at"], name="invite_over"),
        ),
        migrations.AddIndex(
            model_name="chatline",
            index=models.Index(fields=["session", "-created_at", "-id"], name="chat_newest"),
        ),
        migrations.AddConstraint(
            model_name="chatline",
            constraint=models.UniqueConstraint(fields=("author", "ref"), name="chat_line_once"),
        ),
        migrations.AddIndex(
            model_name="participant",
            index=models.Index(fields=["user", "session"], name="participant_of"),
        ),
        migrations.AddConstraint(
            model_name="participant",
            constraint=models.UniqueConstraint(fields=("session", "user"), name="participant_once"),
        ),
        migrations.AddIndex(
            model_name="recording",
            index=models.Index(fields=["-created_at", "-id"], name="recording_newest"),
        ),
        migrations.AddIndex(
            model_name="recording",
            index=models.Index(fields=["owner", "-created_at", "-id"], name="recording_by_owner"),
        ),
        migrations.AddIndex(
            model_name="recording",
            index=models.Index(
                condition=models.Q(("audience", "public"), ("state", "ready")),
                fields=["-created_at", "-id"],
                name="recording_public",
            ),
        ),
        migrations.AddIndex(
            model_name="recording",
            index=models.Index(
                condition=models.Q(("band__isnull", False)),
                fields=["band", "-created_at", "-id"],
                name="recording_by_band",
            ),
        ),
        migrations.AddIndex(
            model_name="recording",
            index=models.Index(
                condition=models.Q(("state__in", ["asking", "recording"])),
                fields=["session"],
                name="recording_in_force",
            ),
        ),
        migrations.AddIndex(
            model_name="recording",
            index=models.Index(
                condition=models.Q(("state", "uploading")),
                fields=["upload_due_at"],
                name="recording_upload_due",
            ),
        ),
        migrations.AddConstraint(
            model_name="recordingconsent",
            constraint=models.UniqueConstraint(fields=("recording", "user"), name="consent_once"),
        ),
        migrations.AddIndex(
            model_name="stem",
            index=models.Index(fields=["player", "recording"], name="stem_of"),
        ),
        migrations.AddIndex(
            model_name="stem",
            index=models.Index(
                condition=models.Q(("state", "capturing")), fields=["created_at"], name="stem_stale"
            ),
        ),
        migrations.AddConstraint(
            model_name="stem",
            constraint=models.UniqueConstraint(
                fields=("recording", "player"), name="one_stem_a_player"
            ),
        ),
        migrations.AddIndex(
            model_name="mix",
            index=models.Index(
                models.F("due_at"),
                models.F("id"),
                condition=models.Q(("status__in", ["waiting", "running"])),
                name="mix_due",
            ),
        ),
        migrations.AddIndex(
            model_name="mix",
            index=models.Index(fields=["recording", "-created_at", "-id"], name="mix_newest"),
        ),
        migrations.AddConstraint(
            model_name="mix",
            constraint=models.UniqueConstraint(
                condition=models.Q(("withdrawn_at__isnull", True)),
                fields=("recording",),
                name="one_mix_in_force",
            ),
        ),
        migrations.AddConstraint(
            model_name="stemchunk",
            constraint=models.UniqueConstraint(fields=("stem", "number"), name="chunk_once"),
        ),
        run_sql(__file__, "credit_view"),
    ]
