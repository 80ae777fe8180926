from django.db import migrations

# Sessions without a title were given one that held their host's name; it is made when shown now.
EMPTIED = """
UPDATE sessions_app_recording AS take SET title = ''
FROM sessions_app_jamsession AS jam JOIN accounts_user AS host ON host.id = jam.host_id
WHERE take.session_id = jam.id AND take.title = host.username || '''s jam';
UPDATE sessions_app_jamsession AS jam SET title = ''
FROM accounts_user AS host
WHERE host.id = jam.host_id AND jam.title = host.username || '''s jam';
"""


class Migration(migrations.Migration):
    dependencies = [("sessions_app", "0010_endings"), ("accounts", "0001_initial")]

    operations = [migrations.RunSQL(EMPTIED, migrations.RunSQL.noop)]
