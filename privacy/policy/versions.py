"""What each version of the policy said, kept in the repository.

`versions/<n>.json` holds the clauses, the words that consent rests on, and the fingerprint of the
data map. A draft may be written anew as long as nobody was shown it; a released version is sealed.
Code whose clauses or map differ from the newest version fails the check.
"""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.utils import timezone, translation

from privacy import datamap
from privacy.policy import site
from privacy.policy.texts import HERE, clauses

FOLDER = HERE / "versions"
DRAFT, RELEASED = "draft", "released"
MEANT = ("clauses", "asks", "map", "cookies")  # a change in these wants a new version


@dataclass(frozen=True)
class Version:
    """One version in the repository. `date` is an ISO day, `content` as `content()` gives it."""

    number: int
    state: str
    date: str
    summary: str
    content: dict[str, Any]
    seal: str = ""

    @property
    def released(self) -> bool:
        return self.state == RELEASED

    def as_json(self) -> dict[str, Any]:
        return {
            "version": self.number,
            "state": self.state,
            "date": self.date,
            "summary": self.summary,
            **self.content,
        }


def content() -> dict[str, Any]:
    """Return what this code's policy says, as plain data, the same on every site."""
    with translation.override("en"):
        return {
            "clauses": [
                {
                    "id": clause.id,
                    "title": clause.title,
                    "since": clause.since,
                    "covers": list(clause.covers),
                    "text": clause.text,
                }
                for clause in clauses()
            ],
            "asks": site.asks(),
            "cookies": site.plain(site.cookies()),
            "map": datamap.fingerprint(),
            "data": site.plain(site.data()),
            "stores": site.plain(site.stores()),
        }


def meaning(content: dict[str, Any]) -> str:
    """Return the hash of what a version means: its wording of the map's rows may differ."""
    return sealed({name: content.get(name) for name in MEANT})


def sealed(plain: dict[str, Any]) -> str:
    text = json.dumps(plain, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def versions(folder: Path | None = None) -> list[Version]:
    """Return the repository's versions, oldest first."""
    kept = []
    for path in (folder or FOLDER).glob("*.json"):
        plain = json.loads(path.read_text())
        about = {name: plain.pop(name) for name in ("state", "date", "summary")}
        number, seal = plain.pop("version"), plain.pop("seal", "")
        kept.append(Version(number=number, seal=seal, content=plain, **about))
    return sorted(kept, key=lambda version: version.number)


def newest(folder: Path | None = None) -> Version | None:
    return next(reversed(versions(folder)), None)


def draft(summary: str = "", folder: Path | None = None) -> Version:
    """Write this code's policy as the newest draft: the one there is, or the next number.

    Raises ValueError when a new version would come without a word on what changes.
    """
    last = newest(folder)
    if last is not None and not last.released:
        number, summary = last.number, summary or last.summary
    else:
        number = last.number + 1 if last is not None else 1
    if not summary:
        raise ValueError('Say in a sentence what changes: --draft "…".')
    made = Version(number, DRAFT, timezone.localdate().isoformat(), summary, content())
    return _write(made, folder)


def release(folder: Path | None = None) -> Version:
    """Seal the newest draft with today's date; from then on it is never written again.

    Raises ValueError when there is no draft, or when the draft isn't what the code says.
    """
    last = newest(folder)
    if last is None or last.released:
        raise ValueError("There is no draft to release.")
    if meaning(last.content) != meaning(content()):
        raise ValueError("The draft is not what this code says: write it anew with --draft.")
    today = timezone.localdate().isoformat()
    return _write(Version(last.number, RELEASED, today, last.summary, last.content), folder)


def _write(version: Version, folder: Path | None) -> Version:
    plain = version.as_json()
    if version.released:
        plain["seal"] = sealed(version.as_json())
    path = (folder or FOLDER) / f"{version.number}.json"
    path.write_text(json.dumps(plain, indent=1, ensure_ascii=False) + "\n")
    return version


def problems(folder: Path | None = None) -> list[str]:
    """Return what is wrong with the versions, one sentence each."""
    there = versions(folder)
    if not there:
        return ["The policy has no version yet: write one with manage.py policy --draft."]
    faults = [
        f"Version {version.number} was changed after it had been released."
        for version in there
        if version.released and version.seal != sealed(version.as_json())
    ]
    if [version.number for version in there] != list(range(1, len(there) + 1)):
        faults.append("Versions aren't numbered from 1 without gaps.")
    faults += [
        f"Version {version.number} is a draft, and a later one is there."
        for version in there[:-1]
        if not version.released
    ]
    now, last = content(), there[-1]
    changed = [name for name in MEANT if now[name] != last.content.get(name)]
    if changed:
        words = {"clauses": "clauses", "asks": "words that consent rests on",
                 "map": "data map", "cookies": "cookies"}  # fmt: skip
        faults.append(
            f"The {' and the '.join(words[change] for change in changed)} changed, and version "
            f"{last.number} doesn't say so: manage.py policy --draft"
            + (' "what changes" writes the next.' if last.released else " writes it anew.")
        )
    return faults
