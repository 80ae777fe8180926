"""An app on somebody's telephone: speaks JSON over HTTP, keeps tokens, knows no cookie."""

import json
import urllib.request
from typing import Any
from urllib.error import HTTPError

AUTH = "/api/auth/app/v1"


class Answer:
    """A status, headers, and the JSON that came."""

    def __init__(self, status: int, headers: Any, body: bytes) -> None:
        self.status = status
        self.headers = headers
        is_json = "json" in headers.get("Content-Type", "")
        self.json: Any = json.loads(body) if body and is_json else None

    @property
    def codes(self) -> list[str]:
        return [one["code"] for one in self.json.get("errors", [])]

    @property
    def pending(self) -> list[str]:
        return [one["id"] for one in self.json["data"]["flows"] if one.get("is_pending")]


class App:
    def __init__(self, server: str) -> None:
        self.server = server
        self.session_token = ""
        self.access_token = ""
        self.refresh_token = ""

    def ask(self, method: str, path: str, data: Any = None, **headers: str) -> Answer:
        """Send a request with the headers given and no others that say who asks."""
        body = None if data is None else json.dumps(data).encode()
        request = urllib.request.Request(self.server + path, body, method=method)
        request.add_header("Content-Type", "application/json")
        request.add_header("User-Agent", "Jamsite for telephones 1.0")
        for name, value in headers.items():
            request.add_header(name.replace("_", "-"), value)
        try:
            with urllib.request.urlopen(request) as answer:
                return Answer(answer.status, answer.headers, answer.read())
        except HTTPError as error:
            return Answer(error.code, error.headers, error.read())

    def auth(self, method: str, path: str, **data: Any) -> Answer:
        """Send a request of signing up or in, and keep the tokens that come back."""
        headers = {"X_Session_Token": self.session_token} if self.session_token else {}
        answer = self.ask(method, AUTH + path, data or None, **headers)
        meta = (answer.json or {}).get("meta", {})
        for name in ("session_token", "access_token", "refresh_token"):
            setattr(self, name, meta.get(name) or getattr(self, name))
        return answer

    def me(self, **headers: str) -> Answer:
        return self.ask("GET", "/api/v1/me/", **headers)

    def me_by_session(self) -> Answer:
        return self.me(X_Session_Token=self.session_token)

    def me_by_token(self) -> Answer:
        return self.me(Authorization=f"Bearer {self.access_token}")

    def refresh(self) -> Answer:
        held = {"refresh_token": self.refresh_token}
        answer = self.ask("POST", f"{AUTH}/tokens/refresh", held)
        if answer.status == 200:
            self.access_token = answer.json["data"]["access_token"]
            self.refresh_token = answer.json["data"]["refresh_token"]
        return answer

    def sign_in(self, username: str, password: str) -> Answer:
        return self.auth("POST", "/auth/login", username=username, password=password)
