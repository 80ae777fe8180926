"""Leaving: what its machinery holds about people, during and after."""

from datetime import timedelta
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from foundation import persistence
from privacy import datamap as dm
from privacy import erasure, notices
from privacy.datamap import identifiers
from privacy.erasure import leaving_by_mail, purging
from privacy.erasure.models import (
    DeletionOrder,
    Erasure,
    ErasureEvent,
    LeaveLink,
    LegalHold,
    Receipt,
)
from privacy.gate import rules
from privacy.gate.models import Tombstone
from privacy.gate.rules import Rule

dm.serves("privacy.gate.tombstones", "safety")


rules.see(Erasure, Rule(owner="user"))


def _rewrite_store(user: Any) -> int:
    """Have Valkey write its log anew: what was deleted and ran out goes on standing in it."""
    return int(persistence.rewrite())


erasure.store_step("valkey", _("Valkey's log on disk"), _rewrite_store, last=True)
identifiers.put_away_by(purging.put_away)
erasure.queued_work_ends(leaving_by_mail.end_links)
erasure.queued_work_ends(notices.cancel_queued)
erasure.hook(
    hide=erasure.end_queued_work,
    show=erasure.nothing,
    ends=(
        _("Mail to you that had not gone, and copies of your data that were being made."),
        _("Copies of other people that named you: they can make new ones."),
    ),
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
        "way": dm.moment(),
        "requested_at": dm.moment(),
        "purge_at": dm.moment(),
        "settled_at": dm.technical(),
        "ended_at": dm.moment(),
        "backups_expire_at": dm.moment(),
        "steps": dm.technical("how many rows of each table", keys={"*": dm.technical("a count")}),
        "contact": dm.Datum(
            "user.contact.email",
            dm.Erase.NULL,
            export=False,
            seen_by="nobody",
            note="encrypted; from the purge's first step until the receipt is written",
        ),
        "known_by": dm.Datum(
            "user.contact.email",
            dm.Erase.NULL,
            export=False,
            seen_by="nobody",
            note="encrypted; what the purge looks for, from its first step to its last",
        ),
        "undo": dm.Datum(
            "user.content",
            dm.Erase.NULL,
            export=False,
            seen_by="nobody",
            note="encrypted; what comes back with you if you stay, until the purge begins",
        ),
        **dm.work(),
    },
)
dm.not_personal(ErasureEvent, "Stages of erasures", "when a stage was reached; names nobody")
dm.declare(
    LeaveLink,
    label="Your requests to leave by mail",
    subjects=["user"],
    purposes=["rights"],
    basis=dm.Basis.LEGAL,
    retention=dm.For(timedelta(days=7), since="expires_at"),
    fields={
        "id": dm.technical(),
        "public_id": dm.identifier(seen_by="nobody"),
        "user": dm.link(export=False),
        "way": dm.moment(),
        "recorded_by": dm.Datum(
            "user.unique_id", export=False, seen_by="nobody", note="who of the staff"
        ),
        "received_on": dm.moment(),
        "secret_hash": dm.Datum("user.authorization.credentials", export=False, seen_by="nobody"),
        "created_at": dm.moment(),
        "expires_at": dm.moment(),
        "used_at": dm.moment(),
        **dm.work(),
    },
    order=88,
)
dm.declare(
    LegalHold,
    label="What the law makes us keep",
    subjects=["user"],
    purposes=["rights"],
    basis=dm.Basis.LEGAL,
    retention=dm.For("RETENTION_ERASURES_DAYS", since="ends_at", after=_("it ended")),
    exported=Q(may_be_told=True),
    fields={
        "id": dm.technical(),
        "public_id": dm.identifier(seen_by="staff"),
        "user": dm.link(export=False),
        "fields": dm.Datum(
            "user.account", seen_by="staff", keys={"[]": dm.Datum("user.account", seen_by="staff")}
        ),
        "reason": dm.Datum("user.account", seen_by="staff"),
        "basis": dm.Datum("user.account", seen_by="staff"),
        "begins_at": dm.Datum("user.account", seen_by="staff"),
        "ends_at": dm.Datum("user.account", seen_by="staff"),
        "lifted_at": dm.Datum("user.account", seen_by="staff"),
        "may_be_told": dm.technical(),
        "set_by": dm.Datum(
            "user.unique_id", export=False, seen_by="staff", note="who of the staff"
        ),
    },
    order=96,
)
dm.declare(
    DeletionOrder,
    label="Orders to outside services to delete",
    purposes=["rights"],
    basis=dm.Basis.LEGAL,
    retention=dm.For(
        "RETENTION_ERASURES_DAYS",
        since="confirmed_at",
        where=Q(state="confirmed"),
        after=_("it was confirmed; what the service knows you by goes at once"),
    ),
    erase=dm.Erase.KEEP,
    kept_because=(
        "Each service must confirm, also when you only took a network away. Until then we keep,"
        " encrypted, what it knows you by; after"
        " that nothing tells who you were."
    ),
    fields={
        "id": dm.technical(),
        "public_id": dm.technical(),
        "erasure": dm.technical(),
        "provider": dm.technical(),
        "state": dm.technical(),
        "subject": dm.Datum(
            "user.unique_id", export=False, seen_by="nobody", note="encrypted until confirmed"
        ),
        "ordered_at": dm.technical(),
        "deadline": dm.technical(),
        "sent_at": dm.technical(),
        "confirmed_at": dm.technical(),
        "confirmed_how": dm.technical(),
        "alarmed_at": dm.technical(),
        **dm.work(),
    },
)
dm.not_personal(Receipt, "Receipts of erasures", "a signed statement that names nobody")
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
    "ledger",
    label="Ledger of erasures",
    categories=["user.unique_id.pseudonymous"],
    purposes=["rights"],
    retention=dm.Until(dm.Event.NEVER, words=_("for good: keyed hashes, and no name")),
    erase=dm.Erase.NOTHING,
    erased_how="kept, so that no restored backup brings you back",
)
