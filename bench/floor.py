"""The floor of the API list: the same SQL and the same JSON, in a bare ASGI application.

psycopg and orjson, a pool, no framework, nothing asked about the request but its path. The
statements are those that Jamsite sent for the same answer, read from the file that `BENCH_SQL`
names: path → statements in order. In the last, `{keys}` stands for the keys of the rows.
"""

import os
from pathlib import Path
from typing import Any

import orjson
from psycopg_pool import AsyncConnectionPool

STATEMENTS: dict[str, list[str]] = orjson.loads(Path(os.environ["BENCH_SQL"]).read_bytes())
JSON = [(b"content-type", b"application/json")]
_pool: Any = None


async def application(scope: Any, receive: Any, send: Any) -> None:
    global _pool  # noqa: PLW0603
    if scope["type"] != "http":
        return
    if _pool is None:
        _pool = AsyncConnectionPool(
            os.environ["DATABASE_URL"],
            min_size=1,
            max_size=12,
            kwargs={"autocommit": True},
            open=False,
        )
        await _pool.open()
    body = await answer(STATEMENTS[scope["path"]])
    headers = [*JSON, (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def answer(statements: list[str]) -> bytes:
    *before, listing, details = statements
    async with _pool.connection() as connection:
        for statement in before:
            await (await connection.execute(statement)).fetchall()
        rows = (await (await connection.execute(listing)).fetchall())[:20]
        keys = ",".join(str(row[0]) for row in rows)
        cursor = await connection.execute(details.replace("{keys}", keys))
        more = {key: rest for key, *rest in await cursor.fetchall()}
    results = [
        {
            "id": public_id,
            "title": title,
            "owner": more[key][1],
            "band": more[key][2],
            "players": more[key][3],
            "audience": audience,
            "state": state,
            "duration_ms": more[key][0],
            "created_at": created_at,
            "url": f"/recordings/{public_id}/",
        }
        for key, public_id, title, audience, state, created_at, _ in rows
    ]
    return orjson.dumps({"results": results, "next": None})
