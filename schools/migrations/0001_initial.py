"""Every table of this app."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import foundation.ids
import foundation.spelling
from foundation.sql_files import run_sql


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("privacy", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Enrolment",
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
                    "reference",
                    models.CharField(max_length=40, verbose_name="your own mark for the child"),
                ),
                (
                    "guardian_email",
                    models.EmailField(max_length=254, verbose_name="the parent's e-mail address"),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "accepted_at",
                    models.DateTimeField(
                        blank=True,
                        help_text="when the parent connected an account of their own",
                        null=True,
                    ),
                ),
                (
                    "stopped_at",
                    models.DateTimeField(
                        blank=True,
                        help_text="since when nothing is collected: no consent is in force",
                        null=True,
                    ),
                ),
                (
                    "delete_at",
                    models.DateTimeField(
                        blank=True,
                        help_text="when what was collected goes, unless consent comes anew",
                        null=True,
                    ),
                ),
                (
                    "answer_by",
                    models.DateTimeField(
                        blank=True,
                        help_text="nobody answers for the child: until then the school finds who does",
                        null=True,
                    ),
                ),
                (
                    "reminded_at",
                    models.DateTimeField(blank=True, help_text="of that day", null=True),
                ),
                (
                    "child",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="enrolment",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ParentalConsent",
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
                    "scope",
                    models.CharField(
                        choices=[
                            ("programme", "taking part in the programme"),
                            ("profile", "a picture and words about the child, for the class alone"),
                        ],
                        max_length=10,
                        verbose_name="consent to",
                    ),
                ),
                (
                    "method",
                    models.CharField(
                        choices=[
                            ("form", "a form signed by the parent, sent back on paper or scanned"),
                            ("card", "a card payment that notifies the account's holder"),
                            ("call", "a call to trained staff"),
                            ("video", "a video call with trained staff"),
                            ("id", "a government identity document, checked and deleted"),
                            ("in person", "in person at the school"),
                        ],
                        max_length=10,
                        verbose_name="how it was verified",
                    ),
                ),
                (
                    "evidence",
                    models.CharField(
                        help_text="Such as “folder 2026/7, sheet 14”. No copy of a document belongs here.",
                        max_length=120,
                        verbose_name="where the evidence is",
                    ),
                ),
                ("given_on", models.DateField(verbose_name="day the parent agreed")),
                ("text_version", models.PositiveSmallIntegerField()),
                (
                    "text_sha256",
                    models.CharField(help_text="of the exact words, UTF-8", max_length=64),
                ),
                ("recorded_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "enrolment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="consents",
                        to="schools.enrolment",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ConsentWithdrawal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "by",
                    models.CharField(
                        choices=[
                            ("guardian", "the parent, signed in"),
                            ("link", "the parent, by the link in our letter"),
                            ("school", "the school, as the parent asked"),
                            ("staff", "our staff, as the parent asked"),
                            ("ended", "the programme ended"),
                            ("nobody", "nobody answers for the child any more"),
                        ],
                        max_length=8,
                    ),
                ),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "person",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "consent",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="withdrawal",
                        to="schools.parentalconsent",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Partner",
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
                    "name",
                    models.CharField(
                        max_length=120,
                        validators=[foundation.spelling.check_name],
                        verbose_name="name",
                    ),
                ),
                ("slug", models.SlugField(max_length=60, unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[("school", "school"), ("programme", "programme")],
                        default="school",
                        max_length=10,
                        verbose_name="kind",
                    ),
                ),
                (
                    "country",
                    models.CharField(
                        help_text="Two letters, such as DE.", max_length=2, verbose_name="country"
                    ),
                ),
                ("website", models.URLField(blank=True, verbose_name="web address")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "not verified yet"),
                            ("verified", "verified, not started"),
                            ("active", "active"),
                            ("ended", "ended"),
                        ],
                        default="draft",
                        max_length=10,
                    ),
                ),
                (
                    "evidence",
                    models.TextField(
                        blank=True,
                        help_text="For our staff alone.",
                        max_length=1000,
                        verbose_name="how it was verified",
                    ),
                ),
                ("verified_at", models.DateTimeField(blank=True, null=True)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "verified_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "permissions": [
                    ("verify_partner", "Can verify, start and end a partner"),
                    ("staff_partner", "Can say who works for a partner"),
                ],
            },
        ),
        migrations.AddField(
            model_name="enrolment",
            name="partner",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="enrolments",
                to="schools.partner",
            ),
        ),
        migrations.CreateModel(
            name="PartnerStaff",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("coordinator", "coordinator: all classes"),
                            ("teacher", "teacher: their own classes"),
                        ],
                        max_length=12,
                    ),
                ),
                ("since", models.DateTimeField(default=django.utils.timezone.now)),
                ("ended", models.DateTimeField(blank=True, null=True)),
                (
                    "partner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="staff",
                        to="schools.partner",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="works_for",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "person at a partner",
                "verbose_name_plural": "people at partners",
            },
        ),
        migrations.CreateModel(
            name="SchoolClass",
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
                    "name",
                    models.CharField(
                        max_length=60,
                        validators=[foundation.spelling.check_name],
                        verbose_name="name of the class",
                    ),
                ),
                ("term", models.CharField(blank=True, max_length=40, verbose_name="term")),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "partner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="classes",
                        to="schools.partner",
                    ),
                ),
            ],
            options={
                "verbose_name": "class",
                "verbose_name_plural": "classes",
            },
        ),
        migrations.AddField(
            model_name="enrolment",
            name="school_class",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="enrolments",
                to="schools.schoolclass",
            ),
        ),
        migrations.CreateModel(
            name="ClassSeat",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "part",
                    models.CharField(
                        choices=[("teacher", "teacher"), ("child", "child")], max_length=7
                    ),
                ),
                ("since", models.DateTimeField(default=django.utils.timezone.now)),
                ("ended", models.DateTimeField(blank=True, null=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="class_seats",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "school_class",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="seats",
                        to="schools.schoolclass",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Guardianship",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("since", models.DateTimeField(default=django.utils.timezone.now)),
                ("ended", models.DateTimeField(blank=True, null=True)),
                (
                    "ended_by",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("guardian", "they themselves"),
                            ("school", "the school"),
                            ("staff", "our staff"),
                            ("left", "they left Jamsite"),
                        ],
                        max_length=8,
                    ),
                ),
                (
                    "because",
                    models.CharField(
                        blank=True,
                        help_text="told to both, in these words",
                        max_length=300,
                        verbose_name="why it ended",
                    ),
                ),
                (
                    "child",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="guardians",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "guardian",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="wards",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "permissions": [("end_guardianship", "Can end that somebody answers for a child")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended__isnull", True)),
                        fields=("guardian", "child"),
                        name="guardian_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("guardian", models.F("child")), _negated=True),
                        name="guardian_another",
                    ),
                ],
            },
        ),
        migrations.AddIndex(
            model_name="parentalconsent",
            index=models.Index(fields=["enrolment", "scope", "-id"], name="parental_consent_of"),
        ),
        migrations.AddIndex(
            model_name="partner",
            index=models.Index(fields=["state", "country", "name"], name="partner_list"),
        ),
        migrations.AddIndex(
            model_name="partner",
            index=models.Index(fields=["ended_at"], name="partner_over"),
        ),
        migrations.AddConstraint(
            model_name="partner",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state", "draft"),
                    ("state", "ended"),
                    ("verified_at__isnull", False),
                    _connector="OR",
                ),
                name="partner_verified_first",
            ),
        ),
        migrations.AddIndex(
            model_name="partnerstaff",
            index=models.Index(fields=["ended"], name="partner_staff_over"),
        ),
        migrations.AddConstraint(
            model_name="partnerstaff",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended", None)),
                fields=("partner", "user"),
                name="partner_staff_once",
            ),
        ),
        migrations.AddIndex(
            model_name="schoolclass",
            index=models.Index(fields=["partner", "-created_at", "-id"], name="class_of_partner"),
        ),
        migrations.AddIndex(
            model_name="enrolment",
            index=models.Index(
                condition=models.Q(("delete_at__isnull", False)),
                fields=["delete_at"],
                name="enrolment_ending",
            ),
        ),
        migrations.AddIndex(
            model_name="enrolment",
            index=models.Index(
                condition=models.Q(("answer_by__isnull", False)),
                fields=["answer_by"],
                name="enrolment_orphaned",
            ),
        ),
        migrations.AddIndex(
            model_name="enrolment",
            index=models.Index(
                condition=models.Q(("child__isnull", True)),
                fields=["created_at"],
                name="enrolment_unused",
            ),
        ),
        migrations.AddIndex(
            model_name="enrolment",
            index=models.Index(fields=["school_class", "id"], name="enrolment_of_class"),
        ),
        migrations.AddConstraint(
            model_name="enrolment",
            constraint=models.UniqueConstraint(
                fields=("partner", "reference"), name="enrolment_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="enrolment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("delete_at__isnull", True), ("stopped_at__isnull", True)),
                    models.Q(("delete_at__isnull", False), ("stopped_at__isnull", False)),
                    _connector="OR",
                ),
                name="enrolment_stop_has_end",
            ),
        ),
        migrations.AddIndex(
            model_name="classseat",
            index=models.Index(
                condition=models.Q(("ended", None)), fields=["user"], name="class_seat_now"
            ),
        ),
        migrations.AddIndex(
            model_name="classseat",
            index=models.Index(fields=["ended"], name="class_seat_over"),
        ),
        migrations.AddConstraint(
            model_name="classseat",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended", None)),
                fields=("school_class", "user"),
                name="class_seat_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="classseat",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended", None), ("part", "child")),
                fields=("user",),
                name="one_class_a_child",
            ),
        ),
        run_sql(__file__, "child_has_consent"),
    ]
