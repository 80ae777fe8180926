"""What hosts decide about who is in their session."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("sessions_app", "0002_planned_sessions"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="jamsession",
            name="asks_first",
            field=models.BooleanField(
                db_default=False,
                default=False,
                help_text="who would take a seat waits until a host lets them in",
            ),
        ),
        migrations.AddField(
            model_name="jamsession",
            name="is_locked",
            field=models.BooleanField(
                db_default=False,
                default=False,
                help_text="nobody takes a new seat; who has one comes and goes",
            ),
        ),
        migrations.AddField(
            model_name="jamsession",
            name="offered_to",
            field=models.ForeignKey(
                blank=True,
                help_text="whom the host asked to take the session over",
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="sessions_offered",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="participant",
            name="may_chat",
            field=models.BooleanField(
                db_default=True, default=True, verbose_name="may write in the chat"
            ),
        ),
        migrations.AddField(
            model_name="participant",
            name="may_invite",
            field=models.BooleanField(
                db_default=True, default=True, verbose_name="may invite others"
            ),
        ),
        migrations.AddField(
            model_name="participant",
            name="may_record",
            field=models.BooleanField(
                db_default=True, default=True, verbose_name="may ask to record"
            ),
        ),
        migrations.AddField(
            model_name="participant",
            name="role",
            field=models.CharField(
                choices=[("player", "player"), ("co_host", "co-host")],
                db_default="player",
                default="player",
                max_length=7,
            ),
        ),
        migrations.AddField(
            model_name="participant",
            name="role_since",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.CreateModel(
            name="Knock",
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
                        choices=[("waiting", "waiting"), ("declined", "declined")],
                        default="waiting",
                        max_length=8,
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("seen_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "session",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="knocks",
                        to="sessions_app.jamsession",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="knocks",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["seen_at"], name="knock_over"),
                    models.Index(fields=["user", "session"], name="knock_of"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("session", "user"), name="knock_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Removal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="removals_made",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "session",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="removals",
                        to="sessions_app.jamsession",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="removed_from",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["user", "session"], name="removal_of")],
                "constraints": [
                    models.UniqueConstraint(fields=("session", "user"), name="removal_once")
                ],
            },
        ),
    ]
