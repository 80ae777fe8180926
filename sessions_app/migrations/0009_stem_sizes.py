import contextlib

from django.core.files.storage import default_storage
from django.db import migrations, models


def measure(apps, schema_editor):
    """Note how large the files are that are there already."""
    Stem = apps.get_model("sessions_app", "Stem")
    for stem in Stem.objects.filter(size=None).exclude(file="").only("file").iterator():
        with contextlib.suppress(OSError):
            Stem.objects.filter(pk=stem.pk).update(size=default_storage.size(stem.file.name))


class Migration(migrations.Migration):
    dependencies = [("sessions_app", "0008_downloads")]

    operations = [
        migrations.AddField(
            model_name="stem",
            name="fault",
            field=models.CharField(
                blank=True,
                choices=[
                    ("clock", "its clock can't be true"),
                    ("unreadable", "it can't be read"),
                ],
                help_text="why it is left out of mixes",
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="stem",
            name="size",
            field=models.PositiveBigIntegerField(
                blank=True, help_text="bytes of the file", null=True
            ),
        ),
        migrations.AddField(
            model_name="stem",
            name="slips",
            field=models.JSONField(
                blank=True,
                default=list,
                help_text="[[frame, ms], …] where the recorder stood still",
            ),
        ),
        migrations.RunPython(measure, migrations.RunPython.noop, elidable=True),
    ]
