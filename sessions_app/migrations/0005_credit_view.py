"""Who plays on a recording, as a view of stems without their sound."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("sessions_app", "0004_credit")]

    operations = [
        migrations.RunSQL(
            "create view sessions_app_credit as "
            "select id, recording_id, player_id, state from sessions_app_stem",
            "drop view sessions_app_credit",
        )
    ]
