"""Requests that people make of us, and every step of each."""

import secrets

from django.conf import settings
from django.db import models
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _

from foundation.ids import PublicIdField

LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"


def new_reference() -> str:
    """Return what people quote in a letter, such as "JR-7K2M-9QXD" (39 bits: no secret)."""
    word = "".join(secrets.choice(LETTERS) for _ in range(8))
    return f"JR-{word[:4]}-{word[4:]}"


class Request(models.Model):
    """One request: what is asked, who asks and how we know, when it is due, how it ended."""

    class Kind(models.TextChoices):
        ACCESS = "access", _("A copy of my data")
        KNOW = "know", _("A report of what was collected, why, and who received it")
        CORRECT = "correct", _("Correct something")
        DELETE = "delete", _("Delete something, or everything")
        RESTRICT = "restrict", _("Stop using my data while a question is open")
        OBJECT = "object", _("Stop one use of my data")
        ENQUIRY = "enquiry", _("A question or comment")
        CHILD = "child", _("A child's account, reported")

    class State(models.TextChoices):
        UNCONFIRMED = "unconfirmed", _("waits for the link we sent")
        OPEN = "open", _("received")
        ACKNOWLEDGED = "acknowledged", _("in work")
        ANSWERED = "answered", _("answered")
        REFUSED = "refused", _("refused, with the reason")
        WITHDRAWN = "withdrawn", _("withdrawn")

    class Channel(models.TextChoices):
        SETTINGS = "settings", _("settings")
        WEB = "web", _("public form")
        STAFF = "staff", _("taken in by staff")

    class Identity(models.TextChoices):
        NONE = "none", _("not checked")
        SIGNED_IN = "signed in", _("was signed in")
        LINK = "link", _("opened the link we sent to the address")
        STAFF = "staff", _("checked by staff")
        PROOF = "proof", _("checked by staff, by facts or a document")

    class Law(models.TextChoices):
        GDPR = "gdpr", "GDPR"
        CCPA = "ccpa", "CCPA"
        COPPA = "coppa", "COPPA"

    OPEN_STATES = (State.OPEN, State.ACKNOWLEDGED)

    public_id = PublicIdField()
    reference = models.CharField(max_length=12, unique=True, default=new_reference, editable=False)
    kind = models.CharField(max_length=10, choices=Kind)
    law = models.CharField(max_length=5, choices=Law, default=Law.GDPR)
    channel = models.CharField(max_length=10, choices=Channel)
    identity = models.CharField(max_length=10, choices=Identity, default=Identity.NONE)
    state = models.CharField(max_length=12, choices=State, default=State.OPEN)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="requests"
    )
    about = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="whose account a report names",
    )
    address = models.EmailField(blank=True, help_text="of who asks without being signed in")
    text = models.TextField(blank=True, max_length=4000)
    purpose = models.CharField(max_length=40, blank=True, help_text="the use objected to")
    ground = models.CharField(
        max_length=20,
        blank=True,
        help_text="which exception it met (privacy.subject_requests.exceptions)",
    )
    export = models.ForeignKey(
        "privacy.Export", null=True, on_delete=models.SET_NULL, related_name="+"
    )
    received_at = models.DateTimeField(help_text="when it was made, or confirmed by the link")
    acknowledge_by = models.DateTimeField()
    answer_by = models.DateTimeField()
    extended_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    emptied_when_closed = models.BooleanField(
        default=False,
        help_text="its words and address go with the answer: somebody they concern was erased",
    )

    class Meta:
        permissions = [
            ("answer_request", "Can answer requests under data protection law"),
            ("answer_enquiry", "Can answer plain enquiries"),
        ]
        indexes = [
            models.Index(fields=["user", "-received_at", "-id"], name="requests_of_person"),
            models.Index(
                fields=["answer_by"],
                condition=models.Q(state__in=["open", "acknowledged"]),
                name="requests_due",
            ),
            models.Index(fields=["state", "received_at"], name="requests_by_state"),
            models.Index(fields=["closed_at"], name="requests_by_age"),
            models.Index(
                Upper("address"), name="requests_by_address", condition=~models.Q(address="")
            ),
            models.Index(
                fields=["received_at"],
                condition=models.Q(state="unconfirmed"),
                name="requests_unconfirmed",
            ),
        ]

    def __str__(self) -> str:
        """The reference, which names nobody."""
        return self.reference

    @property
    def is_open(self) -> bool:
        return self.state in self.OPEN_STATES

    @property
    def due_at(self) -> object:
        """The next date that we owe: a first word, or the answer."""
        return self.acknowledge_by if self.state == self.State.OPEN else self.answer_by


class RequestStep(models.Model):
    """One step of a request: who did what, when. Only ever added (a trigger holds it)."""

    class Kind(models.TextChoices):
        RECEIVED = "received", _("received")
        CONFIRMED = "confirmed", _("address confirmed")
        IDENTITY = "identity", _("identity checked")
        ACKNOWLEDGED = "acknowledged", _("taken into work")
        ASKED = "asked", _("we asked you")
        REPLIED = "replied", _("you wrote")
        EXTENDED = "extended", _("needs longer")
        DONE = "done", _("carried out")
        ANSWERED = "answered", _("answered")
        REFUSED = "refused", _("refused")
        WITHDRAWN = "withdrawn", _("withdrawn")
        NOTE = "note", _("note among staff")
        ALARM = "alarm", _("alarm")

    INTERNAL = (Kind.NOTE, Kind.ALARM)

    request = models.ForeignKey(Request, on_delete=models.CASCADE, related_name="steps")
    kind = models.CharField(max_length=12, choices=Kind)
    by = models.CharField(max_length=6, choices=[("person", _("you")), ("staff", _("our staff")),
                                                 ("site", _("by itself"))])  # fmt: skip
    staff = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    text = models.TextField(blank=True)
    detail = models.CharField(max_length=60, blank=True, help_text="which deed, or which alarm")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["request", "at", "id"], name="steps_of_request")]
        constraints = [
            models.UniqueConstraint(
                fields=["request", "detail"],
                condition=models.Q(kind="alarm"),
                name="one_alarm_of_a_kind",
            )
        ]
