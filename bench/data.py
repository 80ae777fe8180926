"""Many rows, made inside PostgreSQL: quick enough for 200,000 recordings in a bench.

Everybody hosts, owns and plays: recording `i` belongs to person `i % people`, and three people
near each other play on it. Of ten recordings five are public, four are shared among those who
took part, one is the owner's alone. One in fifty isn't ready.
"""

from typing import Any

from django.apps import apps
from psycopg import sql

_ID = "substr(md5({0} || i) || md5(i || {0}), 1, 22)"
_AT = "timestamptz '2026-01-01' + i * interval '1 minute'"


def _id(salt: str) -> str:
    return _ID.format(f"'{salt}'")


def _person() -> dict[str, str]:
    """Return the columns of an account with their SQL."""
    columns = {
        "password": "'!'",
        "public_id": _id("u"),
        "username": "'player' || i",
        "email": "'player' || i || '@mail.example'",
        "state": "case when i % 97 = 0 then 'leaving' when i % 199 = 0 then 'suspended'"
        " else 'active' end",
        "date_joined": _AT,
        "age_group": "case when i % 199 = 0 then 'child' else 'adult' end",
        "api_access": "i % 31 <> 0",
        "indexed": "i % 29 <> 0",
    }
    return columns | _made_new("User", columns)


def _profile() -> dict[str, str]:
    """Return the columns of a profile with their SQL."""
    columns = {
        "public_id": _id("p"), "bio": "'I play what I hear.'", "status": "'tuning'",
        "photo_audience": "'public'", "bio_audience": "'public'", "updated_at": "now()",
    }  # fmt: skip
    return columns | _made_new("Profile", columns)


def _made_new(model: str, columns: dict[str, str]) -> dict[str, str]:
    """Return what a new row holds in every column that isn't told."""
    return {
        column.column: _literal(column.get_default())
        for column in apps.get_model("accounts", model)._meta.concrete_fields
        if column.name not in {"id", "user", *columns}
    }


def _literal(value: Any) -> str:
    if isinstance(value, list):
        return "'{}'"
    return "null" if value is None else str(sql.Literal(value).as_string())


def statements(recordings: int, people: int) -> list[str]:
    sessions = recordings // 2
    players = "(values (0), (1), (7)) as seat(step)"
    person, profile = _person(), _profile()
    return [
        f"""insert into accounts_user ({", ".join(person)})
            select {", ".join(person.values())} from generate_series(1, {people}) as i""",
        f"""insert into accounts_profile (user_id, {", ".join(profile)})
            select id, {", ".join(profile.values())}
            from (select id, id as i from accounts_user) as person""",
        f"""insert into sessions_app_jamsession (public_id, host_id, title, about, audience,
            created_at, closed_at, closes_at, occupied_until)
            select {_id("s")}, person.id, 'Jam ' || i, 'Anyone in D minor?',
            case when i % 3 = 0 then 'public' else 'participants' end, {_AT},
            case when i % 500 = 0 then null else {_AT} + interval '1 hour' end,
            now() + interval '1 hour',
            case when i % 1000 = 0 then now() + interval '1 hour' end
            from generate_series(1, {sessions}) as i
            join accounts_user as person on person.username = 'player' || (i % {people} + 1)""",
        f"""insert into sessions_app_participant (session_id, user_id, joined_at)
            select jam.id, person.id, now()
            from (select id, row_number() over (order by id) as i
                  from sessions_app_jamsession) as jam
            cross join {players}
            join accounts_user as person
            on person.username = 'player' || ((i + step) % {people} + 1)""",
        f"""insert into sessions_app_recording (public_id, session_id, owner_id, title, audience,
            state, created_at, starts_at_ms, stops_at_ms, ending)
            select {_id("r")}, jam.id, jam.host_id, 'Take ' || i,
            case when chance < 5 then 'public' when chance < 9 then 'participants' else 'me' end,
            case when i % 53 = 0 then 'processing' else 'ready' end, {_AT}, 0, 60000, 'stopped'
            from generate_series(1, {recordings}) as i
            cross join lateral (select abs(hashint4(i) % 10) as chance) as dice
            join (select id, host_id, row_number() over (order by id) - 1 as n
                  from sessions_app_jamsession) as jam on jam.n = i % {sessions}""",
        """insert into sessions_app_stem (public_id, recording_id, player_id, state, created_at,
            chunk_count, frames, sample_rate, channels, clock, start_ms, drift_ppm, file, gain, pan,
            slips, fault, size, others_may_save)
            select substr(md5(random()::text), 1, 22), take.id, player.user_id, 'aligned',
            take.created_at, 12, 2880000, 48000, 1, '[[0, 0], [2880000, 60000]]', 0, 0,
            'stems/' || take.id || '.flac', 1, 0, '[]', '', 5000000, false
            from sessions_app_recording as take
            join sessions_app_participant as player on player.session_id = take.session_id""",
        """insert into sessions_app_mix (public_id, recording_id, created_at, status, due_at,
            attempts, percent, error, flac, opus, aac, duration_ms, start_ms)
            select substr(md5(random()::text), 1, 22), id, created_at, 'done', created_at, 1, 100,
            '', 'mixes/' || id || '.flac', 'mixes/' || id || '.ogg', 'mixes/' || id || '.m4a',
            60000, 0
            from sessions_app_recording where state = 'ready'""",
        """insert into community_favourite (user_id, recording_id, created_at)
            select person.id, take.id, take.created_at
            from (select id, created_at, id % 40 as n from sessions_app_recording) as take
            join (select id, id % 40 as n from accounts_user order by id limit 200) as person
            on person.n = take.n""",
    ]


def talk(conversations: int, messages: int, people: int) -> list[str]:
    """Return what fills conversations: each between two people, `messages` in each."""
    return [
        f"""insert into messaging_conversation (public_id, created_at, last_at)
            select {_id("c")}, {_AT}, {_AT} from generate_series(1, {conversations}) as i""",
        f"""insert into messaging_member (conversation_id, user_id, read_up_to)
            select talk.id, person.id, null
            from (select id, row_number() over (order by id) as i
                  from messaging_conversation) as talk
            cross join (values (0), (1)) as seat(side)
            join accounts_user as person on person.username = 'player' ||
            (((i + side * (1 + i / {people})) % {people}) + 1)""",
        f"""insert into messaging_message (public_id, conversation_id, author_id, ref, text,
            created_at)
            select substr(md5(random()::text), 1, 22), member.conversation_id, member.user_id,
            gen_random_uuid(), 'And then the bridge.', {_AT}
            from messaging_member as member cross join generate_series(1, {messages // 2}) as i""",
    ]


def fill(cursor: Any, recordings: int, people: int = 2000) -> None:
    """Fill an empty database, and have PostgreSQL clean up and count what is in it."""
    for statement in statements(recordings, people):
        cursor.execute(statement)
        cursor.execute("analyze")  # or the next one joins tables that look empty, row by row


def acquaint(cursor: Any, people: int = 2000, member: str = "player42") -> None:
    """Have everybody be found, everybody have 20 conversations, and one follow and know many."""
    from bench import people as musicians

    cursor.execute("select id from accounts_user where username = %s", [member])
    (viewer,) = cursor.fetchone()
    for statement in [
        "update accounts_profile set findable = true",
        *musicians.fill(people, viewer),
        *talk(10 * people, 4, people),
    ]:
        cursor.execute(statement)
        cursor.execute("analyze")
