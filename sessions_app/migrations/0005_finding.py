"""Finding a session: a wish about recording, expected delay, standing rooms of bands."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("bands", "0001_initial"),
        ("sessions_app", "0004_talk"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Latency",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "grade",
                    models.PositiveSmallIntegerField(
                        choices=[(1, "good"), (2, "fair"), (3, "poor")]
                    ),
                ),
                ("measured_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={"verbose_name_plural": "latencies"},
        ),
        migrations.AddField(
            model_name="jamsession",
            name="is_standing",
            field=models.BooleanField(
                db_default=False,
                default=False,
                help_text="its band's rehearsal room, from who comes first until nobody is in it",
            ),
        ),
        migrations.AddField(
            model_name="jamsession",
            name="recording_wish",
            field=models.CharField(
                choices=[
                    ("open", "open: we decide there"),
                    ("wanted", "wants to record"),
                    ("none", "no recording"),
                ],
                db_default="open",
                default="open",
                help_text="A wish, for who thinks of coming. Each take asks everybody anyway.",
                max_length=6,
                verbose_name="recording",
            ),
        ),
        migrations.AddIndex(
            model_name="jamsession",
            index=models.Index(
                condition=models.Q(("closed_at__isnull", True), ("starts_at__isnull", False)),
                fields=["genre", "starts_at", "id"],
                name="jam_planned_genre",
            ),
        ),
        migrations.AddConstraint(
            model_name="jamsession",
            constraint=models.UniqueConstraint(
                condition=models.Q(("closed_at__isnull", True), ("is_standing", True)),
                fields=("band",),
                name="jam_one_standing",
            ),
        ),
        migrations.AddField(
            model_name="latency",
            name="measured_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="latencies",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="latency",
            name="partner",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="latencies_to",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddIndex(
            model_name="latency",
            index=models.Index(fields=["partner", "measured_by"], name="latency_back"),
        ),
        migrations.AddIndex(
            model_name="latency",
            index=models.Index(fields=["measured_at"], name="latency_over"),
        ),
        migrations.AddConstraint(
            model_name="latency",
            constraint=models.UniqueConstraint(
                fields=("measured_by", "partner"), name="latency_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="latency",
            constraint=models.CheckConstraint(
                condition=models.Q(("measured_by", models.F("partner")), _negated=True),
                name="latency_to_another",
            ),
        ),
        migrations.AddConstraint(
            model_name="latency",
            constraint=models.CheckConstraint(
                condition=models.Q(("grade__in", [1, 2, 3])), name="latency_grade"
            ),
        ),
    ]
