"""Copies: what they hold about people."""

from datetime import timedelta

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from privacy import datamap as dm
from privacy import erasure
from privacy.gate import rules
from privacy.gate.rules import Rule
from privacy.portability import export
from privacy.portability.models import Export

erasure.queued_work_ends(export.cancel_queued)
erasure.hook(hide=lambda user, erasure: export.forget(user), show=lambda user, erasure: None)

rules.see(Export, Rule(owner="user"))


dm.declare(
    Export,
    label=_("Copies of your data"),
    remove=export.remove,
    subjects=["user"],
    purposes=["rights"],
    retention=[
        dm.For("RETENTION_EXPORTS_DAYS", since="expires_at", ends=True, after=_("it was made")),
        dm.For("RETENTION_EXPORTS_DAYS", since="created_at", where=Q(expires_at=None)),
    ],
    fields={
        "id": dm.technical(),
        "public_id": dm.identifier(seen_by="owner"),
        "user": dm.link(export=False),
        "created_at": dm.moment(),
        "expires_at": dm.moment(),
        "file": dm.Datum("user", export=False, seen_by="owner", note="everything you gave us"),
        "missing": dm.technical(),
        "size": dm.technical(),
        "begun_at": dm.technical(),
        "round": dm.technical(),
        "named": dm.technical("who must still be visible for it to be fetched; ends with the row"),
        **dm.work(),
    },
    erase=dm.Erase.CUSTOM,
    purge=export.purge,
    erased_how="deleted",
    order=90,
)

dm.store(
    "work",
    label="Workshop of running jobs",
    categories=["user.biometric.voice", "user.content"],
    purposes=["rights", "jamming"],
    retention=dm.Fades(timedelta(hours=6), _("the job began"), _("the job or the sweeper")),
    erased_how="deleted by the job or the sweeper",
)
