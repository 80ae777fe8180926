"""Steps of requests are evidence too; their words may be emptied when the person is erased."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("privacy", "0015_requests")]

    operations = [
        migrations.RunSQL(
            "CREATE TRIGGER only_added BEFORE UPDATE ON privacy_requeststep FOR EACH ROW "
            "EXECUTE FUNCTION privacy_only_added('staff_id', 'text')",
            "DROP TRIGGER only_added ON privacy_requeststep",
        )
    ]
