"""Nothing goes out but through the boundary: who opens connections, and who records."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from tests.apps import APPS

ROOT = Path(settings.BASE_DIR)
CLIENTS = {
    "httpx", "requests", "aiohttp", "urllib3", "smtplib", "imaplib", "poplib", "ftplib", "socket",
    "websockets", "websocket", "urllib.request", "http.client", "xmlrpc.client", "botocore",
    "boto3", "paramiko", "grpc", "django.core.mail.backends.smtp",
}  # fmt: skip
SENDS = {"send_mail", "send_mass_mail", "mail_admins", "mail_managers", "EmailMultiAlternatives",
         "get_connection", "open_connection", "create_connection"}  # fmt: skip
# file → why it may open a connection although it is no integration
ALLOWED = {
    "jamsite/embedded/ports.py": "looks for a free port of this machine",
    "jamsite/embedded/site.py": "asks the site it just started on this machine whether it answers",
}


def names(tree: ast.AST) -> Iterator[str]:
    """Yield every module and name that a file imports, with dots."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (one.name for one in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module
            yield from (f"{node.module}.{one.name}" for one in node.names)


def opens_connections(text: str) -> set[str]:
    """Return the clients that a file's code imports."""
    found = set()
    for name in names(ast.parse(text)):
        parts = name.split(".")
        starts = {".".join(parts[:n]) for n in range(1, len(parts) + 1)}
        found |= (starts & CLIENTS) | ({parts[-1]} & SENDS)
    return found


def files(*apps: str) -> Iterator[tuple[str, str]]:
    for app in apps:
        for path in sorted((ROOT / app).rglob("*.py")):
            yield str(path.relative_to(ROOT)), path.read_text()


@pytest.mark.clause("disclosures")
@pytest.mark.promise("JK-38")
def test_only_integrations_open_connections_to_elsewhere() -> None:
    outside = {name for name, text in files(*APPS[:-1]) if opens_connections(text)}
    assert outside == set(ALLOWED)


@pytest.mark.clause("disclosures")
def test_every_client_of_integrations_uses_the_boundary() -> None:
    for name, text in files("integrations"):
        if opens_connections(text):
            calls = {
                ast.unparse(item.context_expr.func)
                for node in ast.walk(ast.parse(text)) if isinstance(node, ast.With)
                for item in node.items if isinstance(item.context_expr, ast.Call)
            }  # fmt: skip
            assert calls & {"disclose", "boundary.disclose"}, name


@pytest.mark.parametrize(
    ("code", "clients"),
    [
        ("import requests", {"requests"}),
        ("def f():\n    from urllib import request", {"urllib.request"}),
        ("from urllib.request import urlopen", {"urllib.request"}),
        ("import smtplib as s", {"smtplib"}),
        ("from django.core.mail import send_mail", {"send_mail"}),
        ("from urllib.parse import urlsplit", set()),
        ("import redis\nfrom django.core.mail import EmailMessage", set()),
    ],
)
def test_the_rule_sees_what_it_looks_for(code: str, clients: set[str]) -> None:
    assert opens_connections(code) == clients


def test_production_mail_goes_through_the_boundary() -> None:
    text = (ROOT / "jamsite/settings/production.py").read_text()
    assert 'EMAIL_BACKEND = "integrations.mail.Backend"' in text
