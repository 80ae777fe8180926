"""Headers of static files; imported by the settings, so it imports nothing of Django."""

from typing import Any


def add(headers: Any, path: str, url: str) -> None:
    """Let the isolated room use our own workers and worklets."""
    headers["Cross-Origin-Embedder-Policy"] = "require-corp"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
