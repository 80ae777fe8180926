"""Which policy and terms are in force on this site, who was told of them, and who agreed."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from foundation.ids import PublicIdField
from foundation.work import MAX_ATTEMPTS, Work, work_index


class PolicyRelease(models.Model):
    """One version of the policy or of the terms on this site, or one change of who controls it.

    `content` is what the version says, frozen when it was drafted
    (`privacy.policy.releases.deployed`). The text in force is, of its kind, the posted one with
    the greatest number.
    """

    class Kind(models.TextChoices):
        TEXT = "text", "new version of the policy"
        TERMS = "terms", "new version of the terms of service"
        CONTROL = "control", "change of control"

    class State(models.TextChoices):
        DRAFT = "draft", "draft"
        SCHEDULED = "scheduled", "announced"
        POSTED = "posted", "in force"
        WITHDRAWN = "withdrawn", "withdrawn"

    public_id = PublicIdField()
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.TEXT)
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    number = models.PositiveIntegerField(
        null=True, help_text="of its kind, given when announced or posted"
    )
    source = models.PositiveIntegerField(default=0, help_text="version in the repository")
    content = models.JSONField(default=dict)
    material = models.BooleanField(default=False)
    summary = models.TextField(max_length=4000, help_text="what changes for people, in plain words")
    created_at = models.DateTimeField(auto_now_add=True)
    announced_at = models.DateTimeField(null=True)
    effective_at = models.DateTimeField(null=True, help_text="the day that was announced")
    posted_at = models.DateTimeField(null=True, help_text="really in force since")
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ("view",)
        permissions = [("publish_policy", "Can draft, announce, post and withdraw the policy")]
        constraints = [
            models.UniqueConstraint(fields=["kind", "number"], name="one_release_a_number"),
            models.UniqueConstraint(
                fields=["kind"], condition=Q(state="scheduled"), name="one_announced_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(state="draft") | Q(kind="control") | Q(number__isnull=False)
                | Q(state="withdrawn"),
                name="announced_texts_have_a_number",
            ),
            models.CheckConstraint(
                condition=~Q(state="posted") | Q(posted_at__isnull=False),
                name="posted_says_since_when",
            ),
        ]  # fmt: skip

    @property
    def tells_everybody(self) -> bool:
        """Whether each account is told of it beforehand."""
        return self.material or self.kind == self.Kind.CONTROL


class PolicyNoticeRun(Work):
    """Telling every account of one release, batch by batch; a killed worker's is taken up again.

    `cursor` is the last account looked at; `reached_at` says when everybody had been told for
    the first time. Until the release has long been in force it goes on looking for who came back
    or joined since.
    """

    class What(models.TextChoices):
        ANNOUNCE = "announce", "announcement"
        WITHDRAW = "withdraw", "it doesn't come after all"

    release = models.ForeignKey(PolicyRelease, on_delete=models.CASCADE, related_name="runs")
    what = models.CharField(max_length=10, choices=What, default=What.ANNOUNCE)
    total = models.PositiveIntegerField(default=0)
    told = models.PositiveIntegerField(default=0)
    cursor = models.BigIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    reached_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ("view",)
        indexes = [work_index("policy_run_due")]
        constraints = [
            models.UniqueConstraint(fields=["release", "what"], name="one_run_for_each_purpose")
        ]

    def fail(self, reason: str, *, final: bool = False) -> bool:
        """Try again for as long as it takes: everybody is told."""
        self.attempts = min(self.attempts, MAX_ATTEMPTS - 1)
        return super().fail(reason)


class PolicyNotice(models.Model):
    """That one account was told in one run. Shown on every page until `seen_at`."""

    run = models.ForeignKey(PolicyNoticeRun, on_delete=models.CASCADE, related_name="notices")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="policy_notices"
    )
    told_at = models.DateTimeField(auto_now_add=True)
    seen_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ("view",)
        constraints = [models.UniqueConstraint(fields=["user", "run"], name="nobody_is_told_twice")]


class TermsAgreement(models.Model):
    """That a person agreed to a version of the terms of service: which words, when, and where."""

    class Channel(models.TextChoices):
        SIGN_UP = "sign-up", _("sign-up form")
        APP = "app", _("app")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="terms_agreements"
    )
    number = models.PositiveIntegerField(_("version"))
    text_sha256 = models.CharField(max_length=64, help_text="of the clauses as they were shown")
    channel = models.CharField(max_length=8, choices=Channel)
    agreed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(fields=["user", "number"], name="agreed_to_a_version_once")
        ]
