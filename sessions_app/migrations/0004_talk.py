"""What is said in a room, for who was inside by then; what a session plays from."""

import django.core.validators
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import foundation.ids


class Migration(migrations.Migration):
    dependencies = [
        ("sessions_app", "0003_hosting"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="participant",
            name="came_at",
            field=models.DateTimeField(
                blank=True,
                default=None,
                help_text="since when they read the chat",
                null=True,
            ),
        ),
        migrations.AddField(
            model_name="participant",
            name="inside_seconds",
            field=models.PositiveIntegerField(
                blank=True,
                help_text="how long they were inside, if they agreed to that",
                null=True,
            ),
        ),
        # Whoever has a seat already keeps what they could read until now. (A seat of a session that
        # is to come gets its moment when its person enters the room.)
        migrations.RunSQL(
            "update sessions_app_participant as seat set came_at = seat.joined_at"
            " from sessions_app_jamsession as jam where jam.id = seat.session_id"
            " and (jam.opens_at is null or jam.opens_at <= now())",
            migrations.RunSQL.noop,
        ),
        migrations.AlterField(
            model_name="participant",
            name="came_at",
            field=models.DateTimeField(
                blank=True,
                default=django.utils.timezone.now,
                help_text="since when they read the chat",
                null=True,
            ),
        ),
        migrations.CreateModel(
            name="Sheet",
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
                ("ref", models.UUIDField(help_text="the sender's own id: adding twice adds once")),
                ("is_notes", models.BooleanField(default=False)),
                ("title", models.CharField(blank=True, max_length=80, verbose_name="title")),
                (
                    "key",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("c-major", "C major"),
                            ("g-major", "G major"),
                            ("d-major", "D major"),
                            ("a-major", "A major"),
                            ("e-major", "E major"),
                            ("b-major", "B major"),
                            ("f-sharp-major", "F♯ major"),
                            ("d-flat-major", "D♭ major"),
                            ("a-flat-major", "A♭ major"),
                            ("e-flat-major", "E♭ major"),
                            ("b-flat-major", "B♭ major"),
                            ("f-major", "F major"),
                            ("a-minor", "A minor"),
                            ("e-minor", "E minor"),
                            ("b-minor", "B minor"),
                            ("f-sharp-minor", "F♯ minor"),
                            ("c-sharp-minor", "C♯ minor"),
                            ("g-sharp-minor", "G♯ minor"),
                            ("e-flat-minor", "E♭ minor"),
                            ("b-flat-minor", "B♭ minor"),
                            ("f-minor", "F minor"),
                            ("c-minor", "C minor"),
                            ("g-minor", "G minor"),
                            ("d-minor", "D minor"),
                        ],
                        max_length=20,
                        verbose_name="key",
                    ),
                ),
                (
                    "tempo",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(30),
                            django.core.validators.MaxValueValidator(300),
                        ],
                        verbose_name="tempo",
                    ),
                ),
                ("place", models.FloatField(default=0, help_text="in the set list, ascending")),
                ("is_playing", models.BooleanField(default=False)),
                (
                    "version",
                    models.PositiveIntegerField(default=1, help_text="of title, key and tempo"),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "added_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="sheets_added",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "session",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="sheets",
                        to="sessions_app.jamsession",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="SheetLine",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("ref", models.UUIDField(help_text="its id, given by who wrote it first")),
                ("text", models.CharField(blank=True, max_length=400)),
                ("place", models.FloatField(help_text="on the sheet, ascending")),
                ("version", models.PositiveIntegerField(default=1)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="sheet_lines",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "session",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="sheet_lines",
                        to="sessions_app.jamsession",
                    ),
                ),
                (
                    "sheet",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="lines",
                        to="sessions_app.sheet",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="sheet",
            index=models.Index(fields=["session", "place", "id"], name="sheet_in_order"),
        ),
        migrations.AddConstraint(
            model_name="sheet",
            constraint=models.UniqueConstraint(fields=("session", "ref"), name="sheet_once"),
        ),
        migrations.AddConstraint(
            model_name="sheet",
            constraint=models.UniqueConstraint(
                condition=models.Q(("is_notes", True)), fields=("session",), name="sheet_notes_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="sheet",
            constraint=models.UniqueConstraint(
                condition=models.Q(("is_playing", True)),
                fields=("session",),
                name="sheet_one_plays",
            ),
        ),
        migrations.AddIndex(
            model_name="sheetline",
            index=models.Index(fields=["sheet", "place", "id"], name="sheet_line_in_order"),
        ),
        migrations.AddIndex(
            model_name="sheetline",
            index=models.Index(fields=["author", "session"], name="sheet_line_by"),
        ),
        migrations.AddConstraint(
            model_name="sheetline",
            constraint=models.UniqueConstraint(fields=("sheet", "ref"), name="sheet_line_once"),
        ),
    ]
