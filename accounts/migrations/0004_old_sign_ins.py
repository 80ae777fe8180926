"""Indexes that the retention job needs on tables of the frameworks."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_retention"),
        ("usersessions", "0001_initial"),
        ("admin", "0003_logentry_add_action_flag_choices"),
    ]

    operations = [
        migrations.RunSQL(
            "CREATE INDEX sign_in_age ON usersessions_usersession (created_at)",
            "DROP INDEX sign_in_age",
        ),
        migrations.RunSQL(
            "CREATE INDEX staff_log_age ON django_admin_log (action_time)",
            "DROP INDEX staff_log_age",
        ),
    ]
