"""Exports, erasures and reserved names: what they hold about people."""

from datetime import timedelta

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from privacy import datamap as dm
from privacy import erasure, export, rules
from privacy.models import Erasure, Export, Tombstone
from privacy.rules import Rule

erasure.hook(hide=lambda user, erasure: export.forget(user), show=lambda user, erasure: None)

rules.see(Export, Rule(owner="user"))
rules.see(Erasure, Rule(owner="user"))


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

dm.declare(
    Erasure,
    label="Your leaving",
    subjects=["user"],
    purposes=["rights"],
    basis=dm.Basis.LEGAL,
    retention=dm.For("RETENTION_ERASURES_DAYS", since="ended_at", after=_("it was done")),
    erase=dm.Erase.KEEP,
    kept_because="It proves that the purge was done. Nothing in it tells who you were.",
    fields={
        "id": dm.technical(),
        "public_id": dm.identifier(seen_by="owner"),
        "user": dm.link(erase=dm.Erase.NULL, export=False),
        "stage": dm.moment(),
        "requested_at": dm.moment(),
        "ended_at": dm.moment(),
        "steps": dm.technical("how many rows of each table", keys={"*": dm.technical("a count")}),
        **dm.work(),
    },
)

dm.declare(
    Tombstone,
    label="Reserved names",
    purposes=["safety"],
    basis=dm.Basis.INTEREST,
    retention=dm.For("RETENTION_NAMES_DAYS", since="until", ends=True, after=_("you left")),
    erase=dm.Erase.KEEP,
    kept_because="Keyed hashes keep others from taking over your name or your addresses.",
    fields={
        "id": dm.technical(),
        "name_hash": dm.Datum("user.unique_id.pseudonymous", export=False, seen_by="nobody"),
        "erasure": dm.technical(),
        "until": dm.technical(),
    },
)

dm.store(
    "work",
    label="Workshop of running jobs",
    categories=["user.biometric.voice", "user.content"],
    purposes=["rights", "jamming"],
    retention=dm.Fades(timedelta(hours=6), _("the job began"), _("the job or the sweeper")),
    erased_how="deleted by the job or the sweeper",
)
