"""What columns are called on the page of what is held, where their own name is a programmer's."""

from typing import Any

from django.utils.translation import gettext_lazy as _

WORDS: dict[str, Any] = {
    "action_flag": _("what kind of step"),
    "action_time": _("when"),
    "address": _("address"),
    "adult_from": _("day you count as an adult"),
    "against_signal": _("agreed although your browser says no"),
    "age_group": _("age group"),
    "asks_first": _("hosts let people in one by one"),
    "asked_categories": _("kinds of data asked for"),
    "at": _("when"),
    "backups_expire_at": _("gone from backups on"),
    "begins_at": _("begins on"),
    "by": _("who did it"),
    "change_message": _("what was changed"),
    "clock": _("clock of your machine against ours"),
    "date_joined": _("here since"),
    "drift_ppm": _("how far your machine's clock drifts"),
    "duration_ms": _("length in milliseconds"),
    "extra_data": _("what the network told"),
    "flac": _("sound, lossless"),
    "followee": _("who is followed"),
    "follower": _("who follows"),
    "frames": _("length in samples"),
    "given_categories": _("kinds of data given"),
    "groups": _("staff roles"),
    "ip": _("address of the network"),
    "is_active": _("account is open"),
    "is_locked": _("locked against new seats"),
    "is_staff": _("works for this site"),
    "item_id": _("what it opens"),
    "last_login": _("last sign-in"),
    "last_seen_at": _("last used"),
    "made_at": _("made on"),
    "made_by": _("made by"),
    "offered_to": _("who is asked to take it over"),
    "opus": _("sound, small"),
    "aac": _("sound, small, for telephones"),
    "pair": _("the two people"),
    "peaks": _("picture of the sound"),
    "public_id": _("random id"),
    "purge_at": _("erased for good on"),
    "read_up_to": _("read up to"),
    "restricted": _("kept and not used"),
    "since": _("since"),
    "text_sha256": _("fingerprint of the words you saw"),
    "text_version": _("version of the words you saw"),
    "told_at": _("told on"),
    "uid": _("your id there"),
    "url": _("leads to"),
    "user": _("whose it is"),
    "user_agent": _("browser, as it names itself"),
    "user_permissions": _("single staff permissions"),
    "way": _("how"),
}
_ENDINGS = ((" at", _("%(what)s on")), (" audience", _("who sees: %(what)s")))


def word(name: str, verbose: str) -> str:
    """Return what a column is called for the person whose row it is."""
    if verbose != name.replace("_", " "):
        return verbose  # the model names it in words already
    if name in WORDS:
        return str(WORDS[name])
    for ending, words in _ENDINGS:
        if verbose.endswith(ending):
            return str(words) % {"what": verbose.removesuffix(ending)}
    return verbose
