"""Every table of this app."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import foundation.ids
import foundation.spelling
import privacy.gate.audiences


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
    ]

    operations = [
        migrations.CreateModel(
            name="User",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("password", models.CharField(max_length=128, verbose_name="password")),
                (
                    "last_login",
                    models.DateTimeField(blank=True, null=True, verbose_name="last login"),
                ),
                (
                    "is_superuser",
                    models.BooleanField(
                        default=False,
                        help_text="Designates that this user has all permissions without explicitly assigning them.",
                        verbose_name="superuser status",
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
                    "username",
                    models.CharField(
                        help_text="3 to 30 of the letters a to z, digits, and - or _ between them.",
                        max_length=30,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[a-zA-Z0-9](?:[a-zA-Z0-9]|[-_](?=[a-zA-Z0-9])){2,29}$",
                                "Use 3 to 30 of the letters a to z and digits, with single - or _ between.",
                            )
                        ],
                        verbose_name="username",
                    ),
                ),
                ("email", models.EmailField(max_length=254, verbose_name="e-mail address")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("active", "active"),
                            ("leaving", "leaving"),
                            ("suspended", "suspended"),
                        ],
                        default="active",
                        max_length=10,
                    ),
                ),
                (
                    "age_group",
                    models.CharField(
                        choices=[("child", "child"), ("teen", "teenager"), ("adult", "adult")],
                        default="adult",
                        max_length=5,
                    ),
                ),
                (
                    "adult_from",
                    models.DateTimeField(
                        blank=True,
                        help_text="the first of the month from which a teenager is an adult",
                        null=True,
                    ),
                ),
                (
                    "approves_followers",
                    models.BooleanField(
                        default=True,
                        help_text="Off: whoever wants to follow you does so at once.",
                        verbose_name="I decide who may follow me",
                    ),
                ),
                (
                    "api_access",
                    models.BooleanField(
                        default=True,
                        help_text="Off: apps by third parties see your public profile, and nothing else.",
                        verbose_name="Other people's apps may show my sessions and recordings",
                    ),
                ),
                (
                    "indexed",
                    models.BooleanField(
                        default=True,
                        help_text="Off: they are asked to leave out your profile and whatever you play on.",
                        verbose_name="Search engines may list my public pages",
                    ),
                ),
                (
                    "strangers_may_write",
                    models.BooleanField(
                        default=True,
                        help_text="Off: only people you follow, whose follow you accepted or played with.",
                        verbose_name="Anyone may write to me",
                    ),
                ),
                (
                    "restricted",
                    models.BooleanField(
                        default=False,
                        help_text="their data is kept and not used, as they asked (GDPR article 18)",
                    ),
                ),
                (
                    "time_zone",
                    models.CharField(blank=True, max_length=40, verbose_name="time zone"),
                ),
                ("quiet_from", models.TimeField(blank=True, null=True, verbose_name="quiet from")),
                (
                    "quiet_until",
                    models.TimeField(blank=True, null=True, verbose_name="quiet until"),
                ),
                ("is_staff", models.BooleanField(default=False)),
                ("is_active", models.BooleanField(default=True)),
                ("date_joined", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "groups",
                    models.ManyToManyField(
                        blank=True,
                        help_text="The groups this user belongs to. A user will get all permissions granted to each of their groups.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.group",
                        verbose_name="groups",
                    ),
                ),
                (
                    "user_permissions",
                    models.ManyToManyField(
                        blank=True,
                        help_text="Specific permissions for this user.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.permission",
                        verbose_name="user permissions",
                    ),
                ),
            ],
            options={
                "permissions": [("give_rights", "Can say who is staff, in which role")],
            },
        ),
        migrations.CreateModel(
            name="AccountLock",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("address", models.EmailField(max_length=254)),
                ("locked_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="locks",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Block",
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
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "blocked",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="blocked_by",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "blocker",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="blocks",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Dormancy",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "warned_at",
                    models.DateTimeField(db_index=True, default=django.utils.timezone.now),
                ),
                ("leaves_at", models.DateTimeField(db_index=True)),
                ("warned_again_at", models.DateTimeField(blank=True, null=True)),
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="dormancy",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "unused account",
                "verbose_name_plural": "unused accounts",
            },
        ),
        migrations.CreateModel(
            name="Follow",
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
                    "state",
                    models.CharField(
                        choices=[("requested", "asked"), ("accepted", "accepted")],
                        default="requested",
                        max_length=10,
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "followee",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="followers",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "follower",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="following",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="FormerAddress",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("sealed", models.BinaryField(help_text="the address, encrypted")),
                ("made_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="former_addresses",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "former address",
                "verbose_name_plural": "former addresses",
            },
        ),
        migrations.CreateModel(
            name="FormerName",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=30)),
                ("made_at", models.DateTimeField(db_index=True, default=django.utils.timezone.now)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="former_names",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="JammedWith",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("since", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "partner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="jammed_with",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "pair who played together",
                "verbose_name_plural": "pairs who played together",
            },
        ),
        migrations.CreateModel(
            name="KnownDevice",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("secret_hash", models.CharField(max_length=64)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("last_used_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="known_devices",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Mute",
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
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "muted",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="muted_by",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "muter",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="mutes",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Plays",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("instrument", models.CharField(max_length=30, verbose_name="instrument")),
                (
                    "level",
                    models.PositiveSmallIntegerField(
                        choices=[
                            (1, "beginner"),
                            (2, "intermediate"),
                            (3, "advanced"),
                            (4, "professional"),
                        ],
                        default=2,
                        verbose_name="level",
                    ),
                ),
                ("place", models.PositiveSmallIntegerField(default=0)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="plays",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "instrument played",
                "verbose_name_plural": "plays",
                "ordering": ["place", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Profile",
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
                ("photo", models.FileField(blank=True, upload_to="photos", verbose_name="photo")),
                (
                    "photo_middle",
                    models.FileField(blank=True, upload_to="photos", verbose_name="photo, smaller"),
                ),
                (
                    "photo_small",
                    models.FileField(
                        blank=True, upload_to="photos", verbose_name="photo, smallest"
                    ),
                ),
                (
                    "photo_audience",
                    privacy.gate.audiences.AudienceField(
                        default="members", offers=["public", "members", "followers", "jammed", "me"]
                    ),
                ),
                (
                    "stage_name",
                    models.CharField(
                        blank=True,
                        max_length=60,
                        validators=[foundation.spelling.check_name],
                        verbose_name="stage name",
                    ),
                ),
                (
                    "stage_name_audience",
                    privacy.gate.audiences.AudienceField(
                        default="members", offers=["public", "members", "followers", "jammed", "me"]
                    ),
                ),
                ("bio", models.TextField(blank=True, max_length=2000, verbose_name="about you")),
                (
                    "bio_audience",
                    privacy.gate.audiences.AudienceField(
                        default="members", offers=["public", "members", "followers", "jammed", "me"]
                    ),
                ),
                ("status", models.CharField(blank=True, max_length=140, verbose_name="status")),
                (
                    "status_audience",
                    privacy.gate.audiences.AudienceField(
                        default="members", offers=["public", "members", "followers", "jammed", "me"]
                    ),
                ),
                (
                    "available_until",
                    models.DateTimeField(blank=True, null=True, verbose_name="open to jam until"),
                ),
                (
                    "available_audience",
                    privacy.gate.audiences.AudienceField(
                        default="members", offers=["public", "members", "followers", "jammed", "me"]
                    ),
                ),
                (
                    "roles",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=30),
                        blank=True,
                        default=list,
                        size=4,
                        verbose_name="roles",
                    ),
                ),
                (
                    "roles_audience",
                    privacy.gate.audiences.AudienceField(
                        default="members", offers=["public", "members", "followers", "jammed", "me"]
                    ),
                ),
                (
                    "instruments_audience",
                    privacy.gate.audiences.AudienceField(
                        default="members", offers=["public", "members", "followers", "jammed", "me"]
                    ),
                ),
                (
                    "genres",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=30),
                        blank=True,
                        default=list,
                        size=12,
                        verbose_name="genres",
                    ),
                ),
                (
                    "genres_audience",
                    privacy.gate.audiences.AudienceField(
                        default="members", offers=["public", "members", "followers", "jammed", "me"]
                    ),
                ),
                (
                    "artists",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            max_length=80, validators=[foundation.spelling.check_name]
                        ),
                        blank=True,
                        default=list,
                        size=20,
                        verbose_name="favourite artists",
                    ),
                ),
                (
                    "artists_audience",
                    privacy.gate.audiences.AudienceField(
                        default="members", offers=["public", "members", "followers", "jammed", "me"]
                    ),
                ),
                (
                    "languages",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=3),
                        blank=True,
                        default=list,
                        size=8,
                        verbose_name="languages",
                    ),
                ),
                (
                    "languages_audience",
                    privacy.gate.audiences.AudienceField(
                        default="members", offers=["public", "members", "followers", "jammed", "me"]
                    ),
                ),
                ("country", models.CharField(blank=True, max_length=2, verbose_name="country")),
                (
                    "town_id",
                    models.IntegerField(blank=True, null=True, verbose_name="number of the town"),
                ),
                ("town", models.CharField(blank=True, max_length=120, verbose_name="town")),
                (
                    "place_audience",
                    privacy.gate.audiences.AudienceField(
                        default="members", offers=["public", "members", "followers", "jammed", "me"]
                    ),
                ),
                (
                    "links",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=200),
                        blank=True,
                        default=list,
                        size=6,
                        verbose_name="links",
                    ),
                ),
                (
                    "links_audience",
                    privacy.gate.audiences.AudienceField(
                        default="members", offers=["public", "members", "followers", "jammed", "me"]
                    ),
                ),
                (
                    "phone",
                    models.CharField(blank=True, max_length=16, verbose_name="telephone number"),
                ),
                (
                    "phone_audience",
                    privacy.gate.audiences.AudienceField(
                        default="me", offers=["public", "members", "followers", "jammed", "me"]
                    ),
                ),
                ("birthday", models.DateField(blank=True, null=True, verbose_name="birthday")),
                (
                    "birthday_audience",
                    privacy.gate.audiences.AudienceField(
                        default="me", offers=["public", "members", "followers", "jammed", "me"]
                    ),
                ),
                ("gender", models.CharField(blank=True, max_length=40, verbose_name="gender")),
                (
                    "gender_audience",
                    privacy.gate.audiences.AudienceField(
                        default="me", offers=["public", "members", "followers", "jammed", "me"]
                    ),
                ),
                (
                    "favourites_audience",
                    privacy.gate.audiences.AudienceField(
                        default="me", offers=["public", "members", "followers", "jammed", "me"]
                    ),
                ),
                (
                    "findable",
                    models.BooleanField(
                        default=False,
                        help_text="Off: you are in no list of musicians. Your page is where it was.",
                        verbose_name="Musicians may find me",
                    ),
                ),
                ("updated_at", models.DateTimeField(auto_now=True)),
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="profile",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="RealName",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "name",
                    models.CharField(
                        max_length=120,
                        validators=[foundation.spelling.check_name],
                        verbose_name="real name",
                    ),
                ),
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="real_name",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="SafetyEvent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("sign_in", "Signed in on a new device"),
                            ("password", "Password changed"),
                            ("email_added", "E-mail address added"),
                            ("email_changed", "E-mail address changed"),
                            ("email_removed", "E-mail address removed"),
                            ("factor_added", "Second step added"),
                            ("factor_removed", "Second step removed"),
                            ("codes_made", "Recovery codes made anew"),
                            ("code_used", "Recovery code used"),
                            ("connected", "Network connected"),
                            ("disconnected", "Network disconnected"),
                            ("ended", "All other sign-ins ended"),
                            ("locked", "Account locked"),
                            ("unlocked", "Account unlocked with a new password"),
                            ("undone", "Change of address undone"),
                            ("rights", "Your rights as staff changed"),
                        ],
                        max_length=20,
                    ),
                ),
                ("detail", models.CharField(blank=True, max_length=200)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="safety_events",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="SafetyLink",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("waiting", "waiting"),
                            ("running", "running"),
                            ("done", "done"),
                            ("failed", "failed"),
                            ("cancelled", "cancelled"),
                        ],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                ("due_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("leased_until", models.DateTimeField(blank=True, null=True)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("percent", models.PositiveSmallIntegerField(default=0)),
                ("error", models.CharField(blank=True, max_length=300)),
                (
                    "does",
                    models.CharField(
                        choices=[
                            ("lock", "locks the account"),
                            ("undo", "brings the old address back and locks the account"),
                        ],
                        default="lock",
                        max_length=4,
                    ),
                ),
                ("address", models.EmailField(blank=True, max_length=254)),
                ("secret_hash", models.CharField(blank=True, max_length=64)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("expires_at", models.DateTimeField()),
                ("used_at", models.DateTimeField(null=True)),
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="safety_links",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Suspension",
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
                    "ground",
                    models.CharField(
                        choices=[
                            ("rules", "breaking the terms of service"),
                            ("safety", "somebody's safety"),
                            ("false", "an account that isn't what it says"),
                            ("law", "an order that the law binds us to"),
                        ],
                        max_length=6,
                        verbose_name="ground",
                    ),
                ),
                (
                    "reason",
                    models.TextField(
                        help_text="told in these words", max_length=2000, verbose_name="reason"
                    ),
                ),
                ("begins_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("ends_at", models.DateTimeField()),
                (
                    "ended_at",
                    models.DateTimeField(blank=True, help_text="really over since", null=True),
                ),
                (
                    "appeal",
                    models.TextField(
                        blank=True, help_text="what the person says to it", max_length=4000
                    ),
                ),
                ("appealed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "answer",
                    models.TextField(blank=True, help_text="told in these words", max_length=2000),
                ),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
                (
                    "answered_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "set_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="suspensions",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "permissions": [
                    ("suspend_user", "Can suspend an account, and end a suspension"),
                    ("answer_appeal", "Can decide an appeal against somebody else's suspension"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Findable",
            fields=[
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="findable",
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("week", models.SmallIntegerField()),
                (
                    "public",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40), default=list, size=None
                    ),
                ),
                (
                    "members",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40), default=list, size=None
                    ),
                ),
                (
                    "followers",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40), default=list, size=None
                    ),
                ),
                (
                    "jammed",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40), default=list, size=None
                    ),
                ),
                ("open_until", models.DateTimeField(blank=True, null=True)),
                (
                    "open_audience",
                    privacy.gate.audiences.AudienceField(
                        default="members", offers=["public", "members", "followers", "jammed"]
                    ),
                ),
            ],
            options={
                "verbose_name": "person to be found",
                "verbose_name_plural": "people to be found",
                "indexes": [
                    models.Index(
                        models.OrderBy(models.F("week"), descending=True),
                        models.OrderBy(models.F("user"), descending=True),
                        name="findable_order",
                    ),
                    django.contrib.postgres.indexes.GinIndex(
                        fastupdate=False, fields=["public"], name="findable_public"
                    ),
                    django.contrib.postgres.indexes.GinIndex(
                        fastupdate=False, fields=["members"], name="findable_members"
                    ),
                    models.Index(
                        condition=models.Q(("open_until__isnull", False)),
                        fields=["open_until"],
                        name="findable_open",
                    ),
                ],
            },
        ),
        migrations.AddIndex(
            model_name="user",
            index=models.Index(fields=["email"], name="user_email"),
        ),
        migrations.AddIndex(
            model_name="user",
            index=models.Index(
                condition=models.Q(("age_group", "child")), fields=["id"], name="user_children"
            ),
        ),
        migrations.AddIndex(
            model_name="user",
            index=models.Index(fields=["last_login"], name="user_last_here"),
        ),
        migrations.AddIndex(
            model_name="user",
            index=models.Index(
                condition=models.Q(("adult_from__isnull", False)),
                fields=["adult_from"],
                name="user_adult_from",
            ),
        ),
        migrations.AddIndex(
            model_name="user",
            index=models.Index(
                condition=models.Q(("last_login__isnull", True)),
                fields=["date_joined"],
                name="user_never_here",
            ),
        ),
        migrations.AddConstraint(
            model_name="user",
            constraint=models.UniqueConstraint(
                django.db.models.functions.text.Upper("username"), name="username_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="user",
            constraint=models.UniqueConstraint(
                django.db.models.functions.text.Upper("email"), name="email_once"
            ),
        ),
        migrations.AddIndex(
            model_name="accountlock",
            index=models.Index(fields=["locked_at"], name="lock_age"),
        ),
        migrations.AddConstraint(
            model_name="accountlock",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at__isnull", True)),
                fields=("user",),
                name="one_open_lock_a_person",
            ),
        ),
        migrations.AddIndex(
            model_name="block",
            index=models.Index(fields=["blocked", "blocker"], name="block_of"),
        ),
        migrations.AddIndex(
            model_name="block",
            index=models.Index(fields=["blocker", "-created_at", "-id"], name="block_newest"),
        ),
        migrations.AddConstraint(
            model_name="block",
            constraint=models.UniqueConstraint(fields=("blocker", "blocked"), name="block_once"),
        ),
        migrations.AddConstraint(
            model_name="block",
            constraint=models.CheckConstraint(
                condition=models.Q(("blocker", models.F("blocked")), _negated=True),
                name="block_another",
            ),
        ),
        migrations.AddIndex(
            model_name="follow",
            index=models.Index(
                condition=models.Q(("state", "accepted")),
                fields=["follower", "followee"],
                name="follow_accepted",
            ),
        ),
        migrations.AddIndex(
            model_name="follow",
            index=models.Index(
                fields=["followee", "state", "-created_at", "-id"], name="follow_lists"
            ),
        ),
        migrations.AddIndex(
            model_name="follow",
            index=models.Index(fields=["follower", "-created_at", "-id"], name="follow_mine"),
        ),
        migrations.AddConstraint(
            model_name="follow",
            constraint=models.UniqueConstraint(fields=("follower", "followee"), name="follow_once"),
        ),
        migrations.AddConstraint(
            model_name="follow",
            constraint=models.CheckConstraint(
                condition=models.Q(("follower", models.F("followee")), _negated=True),
                name="follow_another",
            ),
        ),
        migrations.AddConstraint(
            model_name="formername",
            constraint=models.UniqueConstraint(
                django.db.models.functions.text.Lower("name"), name="former_name_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="jammedwith",
            constraint=models.UniqueConstraint(fields=("person", "partner"), name="jammed_once"),
        ),
        migrations.AddConstraint(
            model_name="jammedwith",
            constraint=models.CheckConstraint(
                condition=models.Q(("person", models.F("partner")), _negated=True),
                name="jammed_another",
            ),
        ),
        migrations.AddIndex(
            model_name="knowndevice",
            index=models.Index(fields=["last_used_at"], name="device_age"),
        ),
        migrations.AddConstraint(
            model_name="knowndevice",
            constraint=models.UniqueConstraint(
                fields=("user", "secret_hash"), name="device_known_once"
            ),
        ),
        migrations.AddIndex(
            model_name="mute",
            index=models.Index(fields=["muter", "-created_at", "-id"], name="mute_newest"),
        ),
        migrations.AddConstraint(
            model_name="mute",
            constraint=models.UniqueConstraint(fields=("muter", "muted"), name="mute_once"),
        ),
        migrations.AddConstraint(
            model_name="mute",
            constraint=models.CheckConstraint(
                condition=models.Q(("muter", models.F("muted")), _negated=True), name="mute_another"
            ),
        ),
        migrations.AddIndex(
            model_name="plays",
            index=models.Index(fields=["instrument", "level", "user"], name="plays_found"),
        ),
        migrations.AddConstraint(
            model_name="plays",
            constraint=models.UniqueConstraint(fields=("user", "instrument"), name="plays_once"),
        ),
        migrations.AddConstraint(
            model_name="plays",
            constraint=models.CheckConstraint(
                condition=models.Q(("level__in", [1, 2, 3, 4])), name="plays_at_a_known_level"
            ),
        ),
        migrations.AddIndex(
            model_name="profile",
            index=models.Index(
                condition=models.Q(("available_until__isnull", False)),
                fields=["available_until"],
                name="profile_available",
            ),
        ),
        migrations.AddIndex(
            model_name="safetyevent",
            index=models.Index(fields=["user", "-created_at", "-id"], name="safety_newest"),
        ),
        migrations.AddIndex(
            model_name="safetyevent",
            index=models.Index(fields=["created_at"], name="safety_age"),
        ),
        migrations.AddIndex(
            model_name="safetylink",
            index=models.Index(
                models.F("due_at"),
                models.F("id"),
                condition=models.Q(("status__in", ["waiting", "running"])),
                name="safety_link_due",
            ),
        ),
        migrations.AddIndex(
            model_name="safetylink",
            index=models.Index(fields=["expires_at"], name="safety_link_age"),
        ),
        migrations.AddIndex(
            model_name="safetylink",
            index=models.Index(
                condition=models.Q(("secret_hash", ""), _negated=True),
                fields=["secret_hash"],
                name="safety_link_secret",
            ),
        ),
        migrations.AddIndex(
            model_name="suspension",
            index=models.Index(
                condition=models.Q(("ended_at__isnull", True)),
                fields=["ends_at"],
                name="suspension_due",
            ),
        ),
        migrations.AddIndex(
            model_name="suspension",
            index=models.Index(fields=["ended_at"], name="suspension_over"),
        ),
        migrations.AddConstraint(
            model_name="suspension",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at__isnull", True)),
                fields=("user",),
                name="suspended_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="suspension",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends_at__gt", models.F("begins_at"))),
                name="suspension_has_length",
            ),
        ),
        migrations.AddConstraint(
            model_name="suspension",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("set_by", None),
                    models.Q(("set_by", models.F("answered_by")), _negated=True),
                    ("answered_by", None),
                    _connector="OR",
                ),
                name="appeal_by_another",
            ),
        ),
    ]
