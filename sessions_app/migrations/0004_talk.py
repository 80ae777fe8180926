"""What is said in a room is for who was inside: since when each is."""

import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("sessions_app", "0003_hosting")]

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
    ]
