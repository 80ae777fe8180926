"""A copy of 10,000 items: how long it takes beside raw COPY and zipfile, and what memory it needs.

2,000 stems with a file of 64 KiB each and 8,000 lines of chat. The floor does the least that gives
a zip with the same content: COPY of the person's rows into it, and each file into it, stored. Each
runs in a process of its own; memory is what its peak lies above its size after a warm-up with a
person of 100 items (VmHWM, reset).
"""

import json
import os
import subprocess
import sys
import time
import zipfile
from pathlib import Path
from typing import Any

from bench.place import place
from bench.rows import Row, row

STEMS, LINES, FILE_BYTES = 2000, 8000, 64 * 1024
PEOPLE = {"small": (20, 80), "large": (STEMS, LINES)}


def _fill(media: Path) -> None:
    """Make two people with recordings, stems, files and chat."""
    from django.core.files.base import ContentFile
    from django.core.files.storage import default_storage

    from accounts.models import User
    from sessions_app.models import ChatLine, JamSession, Recording, Stem

    if User.objects.filter(username="exports-large").exists():
        return
    sound = os.urandom(FILE_BYTES)
    for name, (stems, lines) in PEOPLE.items():
        user = User.objects.create_user(f"exports-{name}", f"exports-{name}@mail.example")
        session = JamSession.objects.create(host=user, title="Long ago", audience="public")
        takes = Recording.objects.bulk_create(
            Recording(session=session, owner=user, title=f"Take {n}", state="ready")
            for n in range(stems)
        )
        made = [Stem(recording=take, player=user, state="aligned", frames=4800) for take in takes]
        for stem in made:
            stem.file = default_storage.save(f"stems/{stem.public_id}.flac", ContentFile(sound))
        Stem.objects.bulk_create(made)
        ChatLine.objects.bulk_create(
            ChatLine(session=session, author=user, ref=f"00000000-0000-4000-8000-{n:012d}",
                     text=f"And then the bridge, for the {n}th time, slower.")
            for n in range(lines)
        )  # fmt: skip


def _export(user: Any) -> None:
    from privacy.models import Export
    from privacy.portability import export

    Export.objects.filter(user=user).delete()
    made = Export.objects.create(user=user)
    export.run(made.pk)
    made.refresh_from_db()
    assert made.status == "done", made.error


def _floor(user: Any) -> None:
    from django.core.files.storage import default_storage
    from django.db import connection

    from sessions_app.models import Stem

    target = Path(os.environ["JAMSITE_DATA"]) / "floor.zip"
    queries = {
        "recordings": f"select * from sessions_app_recording where owner_id = {user.pk}",
        "stems": f"select * from sessions_app_stem where player_id = {user.pk}",
        "lines": f"select * from sessions_app_chatline where author_id = {user.pk}",
    }
    connection.ensure_connection()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, query in queries.items():
            copy = f"copy (select row_to_json(t) from ({query}) t) to stdout"
            with (
                archive.open(f"{name}.json", "w") as out,
                connection.cursor() as cursor,
                cursor.copy(copy) as rows,
            ):
                for block in rows:
                    out.write(block)
        for name in Stem.objects.filter(player=user).values_list("file", flat=True).iterator():
            archive.write(default_storage.path(name), name, zipfile.ZIP_STORED)
    target.unlink()


def _child(part: str) -> None:
    import django

    django.setup()
    from accounts.models import User

    work = {"export": _export, "floor": _floor}[part]
    people = {name: User.objects.get(username=f"exports-{name}") for name in PEOPLE}
    work(people["small"])
    Path("/proc/self/clear_refs").write_text("5")  # the peak begins anew
    before = _peak()
    begun = time.perf_counter()
    work(people["large"])
    seconds = time.perf_counter() - begun
    print(json.dumps({"seconds": seconds, "mib": (_peak() - before) / 1024}))


def _peak() -> int:
    """Return the greatest resident size since the last reset, KiB."""
    status = Path("/proc/self/status").read_text()
    return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM")))


def _measured(part: str) -> dict[str, float]:
    command = [sys.executable, "-m", "bench.export", part]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    figures: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return figures


def measure() -> list[Row]:
    """Rows for the bench report: best of 2 rounds, ours and the floor's in turn."""
    _fill(place().folder)
    ours, floor = [], []
    for _round in range(2):
        ours.append(_measured("export"))
        floor.append(_measured("floor"))
    seconds = [min(figures["seconds"] for figures in run) for run in (ours, floor)]
    memory = [max(figures["mib"] for figures in run) for run in (ours, floor)]
    items = f"{STEMS + LINES:,} items, {STEMS * FILE_BYTES >> 20} MiB of sound"
    return [
        row(
            f"export: {items}", *seconds, unit="s", better="lower",
            note="floor: COPY as JSON, zipfile; ours adds the gate's names, HTML, SHA-256, fsync",
        ),
        row(
            f"export: peak memory grown by, {items}", *memory, unit="MiB", better="lower",
            note="after a warm-up with 100 items; the floor's own growth beside it",
        ),
    ]  # fmt: skip


if __name__ == "__main__":
    if sys.argv[1:]:
        _child(sys.argv[1])
    else:
        for measured in measure():
            print(measured)
