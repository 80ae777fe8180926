"""Row-level security is bypassed by services that are listed here, each with its reason."""

import ast
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from tests.apps import APPS

ROOT = Path(settings.BASE_DIR)

# file:function → why it works on rows that aren't the person's own
ALLOWED = {
    "messaging/services.py:conversation_between": "makes the seats of two people",
    "privacy/erasure/plans.py:plan": "counts one's own rows, also those no longer seen",
    "privacy/erasure/leaving.py:request": "withdraws mixes of several, closes rooms",
    "privacy/erasure/leaving.py:cancel": "orders mixes of several anew",
    "privacy/erasure/leaving.py:settle": "closes the sockets of several, after the commit",
    "privacy/datamap/own_data.py:overview": "counts one's own rows, as above",
    "privacy/datamap/own_data.py:page_of": "one's own rows; the gate is asked what they name",
    "privacy/datamap/own_data.py:remove": "one's own row, by the service of its app",
    "sessions_app/queries.py:mix_progress": "a number about a mix that nobody sees yet",
    "sessions_app/services/publishing.py:retry_mix": "the mix and stems of several",
    "sessions_app/services/publishing.py:withdraw": "the mix of several",
    "sessions_app/services/publishing.py:let_save": "one's own stem; others' copies of it go stale",
    "sessions_app/services/deleting.py:delete_recording": "mixes and stems of several",
    "sessions_app/services/deleting.py:delete_session": "seats, invitations and takes of several",
    "sessions_app/services/deleting.py:_delete_files": "sound whose rows are gone already",
    "messaging/services.py:take_back": "one's own words, also in talks one no longer sees",
    "sessions_app/services/recording.py:_answer_late": "makes a stem in others' recording",
    "sessions_app/services/recording.py:_start": "makes everybody's stems",
    "sessions_app/services/mixing.py:mix_when_ready": "the mix and stems of several",
    "sessions_app/services/sheets.py:remove_song": "a chart that several wrote",
    "sessions_app/services/sheets.py:_written": "a number about lines of several",
    "sessions_app/services/sheets.py:_is_taken": "whether an id is free",
    "sessions_app/services/sheets.py:_place_after": "the order of lines of several",
    "sessions_app/services/sheets.py:take_song_back": "whether others wrote on one's own song",
    "sessions_app/services/stopping.py:stop": "a child's, at its parent's wish; mixes of several",
    "sessions_app/services/stopping.py:resume": "as above",
}
# The staff's pages, whose permissions Django's admin checks; and what the machinery is made of.
MACHINERY = {
    "privacy/rls/viewer_identity.py:bypass_rls", "privacy/rls/middleware.py:process_view",
    "jamsite/settings/base.py:", "jamsite/embedded/postgres.py:",
    "jamsite/embedded/postgres.py:_make_database",
}  # fmt: skip


def escapes(tree: ast.AST, function: str = "") -> Iterator[str]:
    """Yield the function in which row-level security is bypassed, decorators included."""
    for node in ast.iter_child_nodes(tree):
        inside = node.name if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) else function
        names = {getattr(node, "attr", ""), getattr(node, "id", "")}
        if isinstance(node, ast.Call):
            called = {getattr(node.func, "attr", ""), getattr(node.func, "id", "")}
            if "bypass_rls" in called:
                assert isinstance(node.args[0], ast.Constant), "the reason is written where it is"
                yield inside
        if "SYSTEM_ROLE" in names:
            yield inside
        yield from escapes(node, inside)


def found() -> set[str]:
    return {
        f"{path.relative_to(ROOT)}:{function}"
        for app in APPS
        for path in sorted((ROOT / app).rglob("*.py"))
        if path.name not in {"install.py", "compile.py"}  # which build row-level security
        for function in escapes(ast.parse(path.read_text()))
    }


def test_the_way_past_the_wall_is_taken_where_it_is_listed() -> None:
    assert found() - MACHINERY == set(ALLOWED)


def test_the_rule_sees_what_it_forbids() -> None:
    code = """
@bypass_rls("all")
def page(request):
    with rls.bypass_rls("more"):
        behalf(DatabaseIdentity(role=settings.SYSTEM_ROLE))
"""
    assert list(escapes(ast.parse(code))) == ["page", "page", "page"]


def test_nobody_takes_a_role_beside_the_wall() -> None:
    """`DatabaseIdentity(role=…)` is written in two places, and nowhere else."""
    places = {
        str(path.relative_to(ROOT))
        for app in APPS
        for path in (ROOT / app).rglob("*.py")
        if "DatabaseIdentity(role=" in path.read_text()
    }
    assert places == {"privacy/rls/viewer_identity.py", "privacy/rls/middleware.py"}
