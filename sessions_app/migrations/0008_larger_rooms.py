"""Places in the room, and rooms and stays at the media server of larger ones."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import sessions_app.models.sfu


class Migration(migrations.Migration):
    dependencies = [
        ("bands", "0001_initial"),
        ("sessions_app", "0007_listeners"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="SfuRoom",
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
                    "name",
                    models.CharField(
                        default=sessions_app.models.sfu.unguessable, max_length=40, unique=True
                    ),
                ),
                (
                    "made_at",
                    models.DateTimeField(
                        help_text="when the server last said it is there", null=True
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("ended_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="SfuStay",
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
                    "identity",
                    models.CharField(
                        default=sessions_app.models.sfu.unguessable, max_length=40, unique=True
                    ),
                ),
                ("began_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "seen_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, help_text="when a token was last given"
                    ),
                ),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "mutes",
                    models.BooleanField(
                        default=False, help_text="a host's mute is still to be told there"
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="jamsession",
            name="places",
            field=models.PositiveSmallIntegerField(
                db_default=8,
                default=8,
                help_text="How many play at once, with you.",
                verbose_name="places in the room",
            ),
        ),
        migrations.AddConstraint(
            model_name="jamsession",
            constraint=models.CheckConstraint(
                condition=models.Q(("places__gte", 8), ("places__lte", 24)), name="jam_places"
            ),
        ),
        migrations.AddField(
            model_name="sfuroom",
            name="session",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="sfu_room",
                to="sessions_app.jamsession",
            ),
        ),
        migrations.AddField(
            model_name="sfustay",
            name="room",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="stays",
                to="sessions_app.sfuroom",
            ),
        ),
        migrations.AddField(
            model_name="sfustay",
            name="user",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="sfu_stays",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddIndex(
            model_name="sfuroom",
            index=models.Index(
                models.F("due_at"),
                models.F("id"),
                condition=models.Q(("status__in", ["waiting", "running"])),
                name="sfu_room_due",
            ),
        ),
        migrations.AddIndex(
            model_name="sfustay",
            index=models.Index(
                models.F("due_at"),
                models.F("id"),
                condition=models.Q(("status__in", ["waiting", "running"])),
                name="sfu_stay_due",
            ),
        ),
        migrations.AddIndex(
            model_name="sfustay",
            index=models.Index(fields=["user", "room"], name="sfu_stay_of"),
        ),
        migrations.AddIndex(
            model_name="sfustay",
            index=models.Index(fields=["ended_at"], name="sfu_stay_over"),
        ),
        migrations.AddConstraint(
            model_name="sfustay",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at__isnull", True)),
                fields=("room", "user"),
                name="sfu_stay_once",
            ),
        ),
    ]
