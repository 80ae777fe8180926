"""Sessions that are planned: when, for whom, and what people answer."""

import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.datetime
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import foundation.ids


class Migration(migrations.Migration):
    dependencies = [
        ("bands", "0001_initial"),
        ("sessions_app", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="CalendarFeed",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("secret_hash", models.CharField(max_length=64, unique=True)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.CreateModel(
            name="Rsvp",
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
                            ("going", "going"),
                            ("waiting", "on the waiting list"),
                            ("pending", "asks for a seat"),
                            ("refused", "declined by the host"),
                            ("maybe", "maybe"),
                            ("cant", "can't come"),
                        ],
                        max_length=8,
                    ),
                ),
                (
                    "instrument",
                    models.CharField(
                        blank=True, help_text="whose seat, if it has one", max_length=30
                    ),
                ),
                (
                    "invited",
                    models.BooleanField(default=False, help_text="by a link of the host's"),
                ),
                ("asked_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("reminded_at", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.AddField(
            model_name="jamsession",
            name="approval",
            field=models.BooleanField(
                db_default=False, default=False, verbose_name="I say who plays"
            ),
        ),
        migrations.AddField(
            model_name="jamsession",
            name="cancelled_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="jamsession",
            name="changed_at",
            field=models.DateTimeField(
                db_default=django.db.models.functions.datetime.Now(),
                default=django.utils.timezone.now,
            ),
        ),
        migrations.AddField(
            model_name="jamsession",
            name="clock",
            field=models.TimeField(blank=True, help_text="wall time in the zone", null=True),
        ),
        migrations.AddField(
            model_name="jamsession",
            name="genre",
            field=models.CharField(
                blank=True, db_default="", default="", max_length=30, verbose_name="genre"
            ),
        ),
        migrations.AddField(
            model_name="jamsession",
            name="key",
            field=models.CharField(
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
                db_default="",
                default="",
                max_length=20,
                verbose_name="key",
            ),
        ),
        migrations.AddField(
            model_name="jamsession",
            name="minutes",
            field=models.PositiveSmallIntegerField(
                blank=True,
                null=True,
                validators=[
                    django.core.validators.MinValueValidator(15),
                    django.core.validators.MaxValueValidator(720),
                ],
                verbose_name="how long, in minutes",
            ),
        ),
        migrations.AddField(
            model_name="jamsession",
            name="opens_at",
            field=models.DateTimeField(blank=True, help_text="the room, not before", null=True),
        ),
        migrations.AddField(
            model_name="jamsession",
            name="previous",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="following",
                to="sessions_app.jamsession",
            ),
        ),
        migrations.AddField(
            model_name="jamsession",
            name="seats",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=30),
                blank=True,
                db_default=[],
                default=list,
                size=None,
            ),
        ),
        migrations.AddField(
            model_name="jamsession",
            name="sequence",
            field=models.PositiveIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="jamsession",
            name="starts_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="jamsession",
            name="tempo",
            field=models.PositiveSmallIntegerField(
                blank=True,
                help_text="Beats per minute, from 30 to 300.",
                null=True,
                validators=[
                    django.core.validators.MinValueValidator(30),
                    django.core.validators.MaxValueValidator(300),
                ],
                verbose_name="tempo",
            ),
        ),
        migrations.AddField(
            model_name="jamsession",
            name="weekly",
            field=models.BooleanField(
                db_default=False, default=False, verbose_name="repeat weekly"
            ),
        ),
        migrations.AddField(
            model_name="jamsession",
            name="welcome",
            field=models.TextField(
                blank=True, db_default="", default="", max_length=2000, verbose_name="welcome"
            ),
        ),
        migrations.AddField(
            model_name="jamsession",
            name="zone",
            field=models.CharField(
                blank=True, db_default="", default="", help_text="IANA name", max_length=40
            ),
        ),
        migrations.AddIndex(
            model_name="jamsession",
            index=models.Index(
                condition=models.Q(("closed_at__isnull", True), ("starts_at__isnull", False)),
                fields=["starts_at", "id"],
                name="jam_planned",
            ),
        ),
        migrations.AddIndex(
            model_name="jamsession",
            index=models.Index(
                condition=models.Q(("weekly", True)), fields=["starts_at"], name="jam_weekly"
            ),
        ),
        migrations.AddField(
            model_name="calendarfeed",
            name="user",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="calendar_feed",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="rsvp",
            name="session",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="rsvps",
                to="sessions_app.jamsession",
            ),
        ),
        migrations.AddField(
            model_name="rsvp",
            name="user",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="rsvps",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddIndex(
            model_name="rsvp",
            index=models.Index(fields=["session", "asked_at", "id"], name="rsvp_in_order"),
        ),
        migrations.AddIndex(
            model_name="rsvp",
            index=models.Index(fields=["user", "session"], name="rsvp_of"),
        ),
        migrations.AddConstraint(
            model_name="rsvp",
            constraint=models.UniqueConstraint(fields=("session", "user"), name="rsvp_once"),
        ),
    ]
