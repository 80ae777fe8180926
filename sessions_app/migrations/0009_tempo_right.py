"""Whether somebody with a seat may change the beat of the room."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("sessions_app", "0008_larger_rooms")]

    operations = [
        migrations.AddField(
            model_name="participant",
            name="may_tempo",
            field=models.BooleanField(
                db_default=True, default=True, verbose_name="may change the beat"
            ),
        ),
    ]
