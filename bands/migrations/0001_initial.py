"""Every table of this app."""

import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import foundation.ids
import foundation.spelling
import privacy.gate.audiences


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Band",
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
                    "slug",
                    models.CharField(
                        help_text="Small letters, digits and -. It can't be changed later.",
                        max_length=40,
                        unique=True,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[a-z0-9](?:[a-z0-9]|-(?=[a-z0-9])){2,39}$",
                                "Use 3 to 40 small letters and digits, with single - between them.",
                            )
                        ],
                        verbose_name="address",
                    ),
                ),
                (
                    "name",
                    models.CharField(
                        max_length=60,
                        validators=[foundation.spelling.check_name],
                        verbose_name="name",
                    ),
                ),
                (
                    "audience",
                    privacy.gate.audiences.AudienceField(
                        default="members", offers=["public", "members", "fans", "band"]
                    ),
                ),
                ("photo", models.FileField(blank=True, upload_to="bands", verbose_name="photo")),
                (
                    "photo_audience",
                    privacy.gate.audiences.AudienceField(
                        default="members", offers=["public", "members", "fans", "band"]
                    ),
                ),
                (
                    "about",
                    models.TextField(blank=True, max_length=2000, verbose_name="about the band"),
                ),
                (
                    "about_audience",
                    privacy.gate.audiences.AudienceField(
                        default="members", offers=["public", "members", "fans", "band"]
                    ),
                ),
                (
                    "genres",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=30),
                        blank=True,
                        default=list,
                        size=None,
                    ),
                ),
                (
                    "genres_audience",
                    privacy.gate.audiences.AudienceField(
                        default="members", offers=["public", "members", "fans", "band"]
                    ),
                ),
                (
                    "links",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.URLField(), blank=True, default=list, size=None
                    ),
                ),
                (
                    "links_audience",
                    privacy.gate.audiences.AudienceField(
                        default="members", offers=["public", "members", "fans", "band"]
                    ),
                ),
                (
                    "approves_followers",
                    models.BooleanField(
                        default=True,
                        help_text="Off: whoever wants to follow does so at once.",
                        verbose_name="We decide who may follow the band",
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("updated_at", models.DateTimeField(auto_now=True)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["-created_at", "-id"], name="band_newest"),
                    models.Index(
                        condition=models.Q(("audience", "public")),
                        fields=["-created_at", "-id"],
                        name="band_public",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="BandFollow",
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
                    "band",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="follows",
                        to="bands.band",
                    ),
                ),
                (
                    "follower",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="follows_bands",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "accepted")),
                        fields=["follower", "band"],
                        name="band_follow_accepted",
                    ),
                    models.Index(
                        fields=["band", "state", "-created_at", "-id"], name="band_followers"
                    ),
                    models.Index(
                        fields=["follower", "-created_at", "-id"], name="band_follow_mine"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("band", "follower"), name="band_follow_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="BandInvite",
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
                ("expires_at", models.DateTimeField()),
                ("declined_at", models.DateTimeField(blank=True, null=True)),
                (
                    "band",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="invites",
                        to="bands.band",
                    ),
                ),
                (
                    "invited",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="band_invites",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="band_invites_made",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["invited", "-created_at", "-id"], name="band_invites_to"),
                    models.Index(fields=["expires_at"], name="band_invite_over"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("band", "invited"), name="band_invite_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="BandMember",
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
                    "role",
                    models.CharField(
                        choices=[("owner", "owner"), ("admin", "admin"), ("member", "member")],
                        default="member",
                        max_length=6,
                    ),
                ),
                (
                    "plays",
                    models.CharField(
                        blank=True,
                        help_text="Such as: fretless bass, second voice. Shown with your name.",
                        max_length=60,
                        verbose_name="what you play in it",
                    ),
                ),
                (
                    "audience",
                    privacy.gate.audiences.AudienceField(
                        default="members",
                        offers=["public", "members", "followers", "jammed", "band"],
                    ),
                ),
                ("since", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "band",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="memberships",
                        to="bands.band",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="band_memberships",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["user", "band", "role"], name="band_member_of"),
                    models.Index(fields=["user", "-since", "-id"], name="band_mine"),
                    models.Index(fields=["band", "since", "id"], name="band_lineup"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("band", "user"), name="band_member_once")
                ],
            },
        ),
    ]
