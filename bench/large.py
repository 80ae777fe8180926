"""Gate and wall on 1,000,000 recordings of 100,000 people, and how they grow from 10,000.

The SQL is what the gate writes; gated, plain and walled queries run in turn on one connection by
plans that are kept, as on the website, and medians count. Time is PostgreSQL's and the way there,
not Django's. The viewer follows 500 people.
"""

import statistics
import time
from typing import Any

from bench.data import statements
from bench.kept import Asked, connected, prepare
from bench.place import place
from bench.rows import Row, row

SIZES = ((10_000, 1_000), (1_000_000, 100_000))  # recordings, people
FOLLOWED, ROUNDS, WARM = 500, 45, 8
VIEWER = 42

Times = dict[str, dict[str, float]]


def measure() -> list[Row]:
    by_size: dict[int, Times] = {}
    loaded = 0.0
    for recordings, people in SIZES:
        with (
            place().database(f"large_{recordings}") as url,
            connected(url) as connection,
        ):
            begun = time.monotonic()
            for statement in [*statements(recordings, people), _follows(people)]:
                connection.execute(statement)
                connection.execute("analyze")
            connection.execute("vacuum")
            loaded = time.monotonic() - begun
            by_size[recordings] = _measured(connection)
    return list(_rows(by_size, loaded))


def _follows(people: int) -> str:
    """Have the viewer follow 500 people, and everybody twenty."""
    step = max(1, people // FOLLOWED)
    return f"""insert into accounts_follow (public_id, follower_id, followee_id, state, created_at)
        select substr(md5(f.id || '-' || g.id), 1, 22), f.id, g.id, 'accepted', now()
        from accounts_user as f join lateral (
            select id from accounts_user where id % {step} = 0 and f.id = {VIEWER}
            union select id from accounts_user where id between f.id + 1 and f.id + 20
        ) as g on g.id <> f.id"""


def _queries() -> dict[str, dict[str, Any]]:
    """Return each list's name, with its statement through the gate and without."""
    from accounts.models import Follow
    from privacy.gate.access import visible
    from privacy.gate.viewer import NOBODY, Viewer
    from sessions_app.models import Recording, Stem

    def newest(rows: Any) -> Any:
        return rows.order_by("-created_at", "-pk")[:20].query.sql_with_params()

    every, member = Recording.objects.all(), Viewer(VIEWER)
    accepted = Follow.objects.filter(follower=VIEWER, state=Follow.State.ACCEPTED)
    followed = every.filter(owner__in=accepted.values("followee"))
    take = Stem.objects.filter(player_id=VIEWER).order_by("pk").values("recording")[:1]
    stems = Stem.objects.filter(recording__in=take)

    def all_of(rows: Any) -> Any:
        return rows.order_by("pk").query.sql_with_params()

    return {
        "newest 20 that anybody may see": {
            "gate": newest(visible(every, NOBODY)), "plain": newest(every)},
        "newest 20 that X may see": {
            "gate": newest(visible(every, member)), "plain": newest(every)},
        "newest 20 by people X follows": {
            "gate": newest(visible(followed, member)), "plain": newest(followed)},
        "stems of one recording": {"gate": all_of(visible(stems, member)), "plain": all_of(stems)},
    }  # fmt: skip


def _measured(connection: Any) -> Times:
    """Return the median milliseconds of each list: through the gate, without, by policies alone."""
    from django.conf import settings

    medians: Times = {}
    for place_of, (name, both) in enumerate(_queries().items()):
        times: dict[str, list[float]] = {"gate": [], "plain": [], "wall": []}
        kept: dict[str, Asked] = {}
        for number in range(ROUNDS):
            for kind, taken in times.items():
                with connection.transaction():
                    if kind == "wall":
                        viewer = "" if "anybody" in name else str(VIEWER)
                        connection.execute(
                            "select set_config('app.viewer', %s, true),"
                            " set_config('app.links', '', true), set_config('role', %s, true)",
                            [viewer, settings.WEB_ROLE],
                        )
                    if kind not in kept:
                        asked = both["plain" if kind == "plain" else "gate"]
                        kept[kind] = prepare(connection, f"{kind}_{place_of}", asked)
                    begun = time.perf_counter()
                    rows = connection.execute(*kept[kind]).fetchall()
                    if number >= WARM:
                        taken.append((time.perf_counter() - begun) * 1000)
                if not rows:
                    raise RuntimeError(f"{name}, {kind}: no rows")
        medians[name] = {kind: statistics.median(taken) for kind, taken in times.items()}
    return medians


def _rows(by_size: dict[int, Times], loaded: float) -> Any:
    (small, _), (large, people) = SIZES
    scale = f"{large:,} recordings, {people:,} people (loaded in {loaded:.0f} s)"
    for name, times in by_size[large].items():
        yield _row(f"gate: {name}", times["gate"], times["plain"], f"{scale}; floor: no gate")
        yield _row(f"wall: {name}", times["wall"], times["gate"], f"{scale}; floor: the gate alone")
    for name, times in by_size[large].items():
        before = by_size[small][name]["gate"]
        yield _row(
            f"growth: {name}", times["gate"], before, f"{scale}; floor: {small:,} recordings"
        )


def _row(name: str, value: float, floor: float, note: str) -> Row:
    return row(name, value, floor, unit="ms", better="lower", note=note)
