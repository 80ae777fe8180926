"""PostgreSQL and Valkey from their wheels: what they keep, and how they refuse."""

import os
import signal
import stat
import time
from pathlib import Path

import psutil
import psycopg
import pytest
import redis

from jamsite.embedded import services
from jamsite.embedded.errors import StartError
from jamsite.embedded.paths import prepare
from tests.up.processes import eventually, marked, start

KEEPER = """
import sys, time
from pathlib import Path
from jamsite.embedded import services
running = services.start(Path(sys.argv[1]), environment={})
time.sleep(600)
"""


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "data"


def run(folder, **options):
    return services.start(folder, environment={}, **options)


def put(running: services.Services, word: str) -> None:
    with psycopg.connect(running.database_url) as db:
        db.execute("create table if not exists word (word text)")
        db.execute("insert into word values (%s)", [word])
    with redis.Redis.from_url(running.redis_url) as valkey:
        valkey.rpush("word", word)


def words(running: services.Services) -> list[str]:
    """Return what PostgreSQL keeps, having checked that Valkey keeps the same."""
    with psycopg.connect(running.database_url) as db:
        rows = [row[0] for row in db.execute("select word from word")]
    with redis.Redis.from_url(running.redis_url, decode_responses=True) as valkey:
        assert valkey.lrange("word", 0, -1) == rows
    return rows


def program(running: services.Services, name: str) -> psutil.Process:
    (child,) = psutil.Process(running.supervisor.pid(name)).children()
    return child


def both_answer(running: services.Services) -> bool:
    try:
        psycopg.connect(running.database_url).close()
        with redis.Redis.from_url(running.redis_url) as valkey:
            return bool(valkey.ping())
    except (psycopg.OperationalError, redis.ConnectionError):
        return False


def test_a_second_start_is_quick_and_keeps_the_data(folder):
    with run(folder) as first:
        put(first, "before")
    begun = time.monotonic()
    with run(folder) as second:
        assert time.monotonic() - begun < 5
        assert words(second) == ["before"]
        assert second.environment == first.environment


def test_the_site_is_no_superuser_and_text_is_unicode(folder):
    with run(folder) as running, psycopg.connect(running.database_url) as db:
        role = db.execute(
            "select rolname, rolsuper, rolcreatedb from pg_roles where rolname = current_user"
        ).fetchone()
        assert role == ("jamsite", False, True)
        assert db.execute("select lower('ÄÇŞ'), current_setting('fsync')").fetchone() == (
            "äçş",
            "on",
        )


def test_services_are_found_by_others_while_they_run_and_only_by_their_owner(folder):
    with run(folder) as running:
        assert services.running_urls(folder) == running.environment
        for name in ("run/services.json", "run/valkey.conf", "valkey/valkey-password"):
            assert (folder / name).stat().st_mode & 0o777 == 0o600
        assert folder.stat().st_mode & 0o007 == 0
        host = psycopg.conninfo.conninfo_to_dict(running.database_url)["host"]
        socket_folder = Path(str(host))
        assert stat.S_IMODE(socket_folder.stat().st_mode) == 0o700
        assert program(running, "postgres").net_connections("inet") == []
        addresses = {one.laddr.ip for one in program(running, "valkey").net_connections("inet")}
        assert addresses == {"127.0.0.1"}
        with pytest.raises(redis.AuthenticationError):
            redis.Redis.from_url(
                running.redis_url.replace(":", ":x", 2).replace(":x", ":", 1)
            ).ping()
    assert services.running_urls(folder) is None
    assert not socket_folder.exists()


def test_killed_servers_come_back_at_the_same_addresses_with_their_data(folder):
    with run(folder) as running:
        put(running, "kept")
        time.sleep(1.1)  # Valkey writes its log to disk every second
        for name in ("postgres", "valkey"):
            process = program(running, name)
            process.kill()
            process.wait(5)
        eventually(lambda: both_answer(running), "both servers again")
        assert words(running) == ["kept"]


def test_after_a_hard_kill_nothing_runs_and_the_next_start_works_at_once(folder, tmp_path):
    mark = str(tmp_path)
    keeper = start(KEEPER, str(folder), mark=mark)
    eventually(lambda: services.running_urls(folder), "services")
    with psycopg.connect((services.running_urls(folder) or {})["DATABASE_URL"]) as db:
        db.execute("create table word (word text)")
        db.execute("insert into word values ('kept')")
    assert len(marked(mark, folder)) >= 5
    keeper.kill()
    keeper.communicate()
    assert services.running_urls(folder) is None
    with run(folder) as running, psycopg.connect(running.database_url) as db:
        assert marked(mark) == []
        assert db.execute("select word from word").fetchall() == [("kept",)]


def test_a_pid_file_that_names_a_stranger_does_not_stop_the_start(folder):
    with run(folder):
        pid_file = folder / "postgres/postmaster.pid"
        text = pid_file.read_text()
    stale = text.replace(text.split("\n")[0], str(os.getpid()), 1)
    pid_file.write_text(stale)
    with run(folder) as running:
        assert both_answer(running)


def test_one_folder_serves_one_supervisor_at_a_time(folder):
    with run(folder) as first:
        with pytest.raises(StartError, match=rf"already runs on {folder} \(process {os.getpid()},"):
            run(folder)
        assert both_answer(first)
        assert services.running_urls(folder) == first.environment


def test_an_address_in_the_environment_is_used_as_it_is(folder):
    given = {
        "DATABASE_URL": "postgresql://elsewhere/db",
        "WEB_DATABASE_URL": "postgresql://web@elsewhere/db",
        "REDIS_URL": "",
    }
    with services.start(folder, environment=given) as running:
        assert running.database_url == given["DATABASE_URL"]
        assert not (folder / "postgres").exists()
        assert services.running_urls(folder) == {"REDIS_URL": running.redis_url}


def test_a_taken_port_moves_valkey_to_another(folder):
    with run(folder) as first:
        port = (folder / "valkey/valkey-port").read_text()
    with services.start(
        folder.with_name("other"),
        environment={
            "DATABASE_URL": "postgresql://elsewhere/db",
            "WEB_DATABASE_URL": "postgresql://web@elsewhere/db",
        },
    ) as other:
        (folder / "valkey/valkey-port").write_text(other.redis_url.split(":")[-1].split("/")[0])
        with run(folder) as second:
            assert both_answer(second)
            assert second.redis_url.split("@")[1] != other.redis_url.split("@")[1]
    assert port in first.redis_url


def test_a_file_in_place_of_the_folder(folder):
    folder.write_text("")
    with pytest.raises(StartError, match=f"^{folder} should be a folder"):
        run(folder)


def test_a_folder_of_somebody_else(folder):
    """Root may write anywhere, so this is asked as nobody, in a process of its own."""
    prepare(folder)
    folder.chmod(0o500)
    folder.parent.chmod(0o755)
    read, write = os.pipe()
    if os.fork() == 0:
        os.chdir(folder.parent)
        if os.getuid() == 0:
            os.setresuid(65534, 65534, 65534)
        try:
            prepare(Path(folder.name))
        except StartError as error:
            os.write(write, str(error).encode())
        os._exit(0)
    os.close(write)
    with os.fdopen(read) as answer:
        assert "The data folder data can't be used" in answer.read()
    os.wait()


def test_a_cluster_of_another_version(folder):
    (folder / "postgres").mkdir(parents=True)
    (folder / "postgres/PG_VERSION").write_text("16\n")
    with pytest.raises(StartError, match=r"was made by PostgreSQL 16, and this Jamsite brings 18"):
        run(folder)


def test_a_folder_that_is_no_cluster(folder):
    (folder / "postgres").mkdir(parents=True)
    (folder / "postgres/notes.txt").write_text("mine")
    with pytest.raises(StartError, match="holds no PostgreSQL cluster: move that folder away"):
        run(folder)
    assert (folder / "postgres/notes.txt").read_text() == "mine"


def test_a_half_made_cluster_is_made_again(folder):
    (folder / "postgres.new/base").mkdir(parents=True)
    with run(folder) as running:
        assert both_answer(running)


def test_a_damaged_cluster_names_its_log(folder):
    with run(folder):
        pass
    (folder / "postgres/global/pg_control").write_bytes(b"")
    with pytest.raises(StartError, match=r"^postgres could not start: .*pg_control.*postgres\.log"):
        run(folder)


def test_a_missing_program(folder, monkeypatch, tmp_path):
    monkeypatch.setattr("jamsite.embedded.postgres._programs", lambda: tmp_path)
    with pytest.raises(StartError, match=r"The program postgres .* is missing: remove .*\.venv"):
        run(folder)


def test_a_full_disk(folder, monkeypatch):
    monkeypatch.setattr("jamsite.embedded.services.LEAST_FREE_MEGABYTES", 10**9)
    with pytest.raises(StartError, match=f"^The disk that holds {folder} is full"):
        run(folder)


def test_a_failed_start_leaves_nothing_running_and_the_folder_free(folder, monkeypatch):
    before = set(psutil.Process().children(recursive=True))  # of other tests in this process
    with monkeypatch.context() as patch:
        patch.setattr("jamsite.embedded.valkey._program", lambda: folder / "absent")
        with pytest.raises(StartError, match=r"^valkey could not start: can't start"):
            run(folder)
    assert set(psutil.Process().children(recursive=True)) <= before
    with run(folder) as running:
        assert both_answer(running)


def test_servers_stop_on_sigterm_of_their_leash_alone(folder):
    """Whoever ends a leash politely ends what it holds; the supervisor starts it again."""
    with run(folder) as running:
        os.kill(running.supervisor.pid("valkey"), signal.SIGTERM)
        eventually(lambda: not both_answer(running), "valkey's end")
        eventually(lambda: both_answer(running), "valkey again")
