"""A session may have listeners, and each player says whether these may hear them."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("sessions_app", "0006_addresses"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="jamsession",
            name="listeners",
            field=models.BooleanField(
                db_default=False,
                default=False,
                help_text="the host's wish: players who agree may be heard live from outside, while public",
            ),
        ),
        migrations.CreateModel(
            name="StreamConsent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("yes", models.BooleanField()),
                ("answered_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("text_version", models.CharField(max_length=20)),
                (
                    "session",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="stream_consents",
                        to="sessions_app.jamsession",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="stream_consents",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("session", "user"), name="stream_consent_once")
                ],
            },
        ),
    ]
