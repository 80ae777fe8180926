"""A sign-in network on this machine: real HTTP, the protocol of each network as it documents it.

It checks what it is sent as strictly as the real ones say they do (client secrets, redirect
addresses, PKCE, proofs, codes that work once), and remembers what it was asked.
"""

import base64
import hashlib
import hmac
import html
import json
import secrets
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import jwt
from PIL import Image

from tests.networks.keys import APPLE_KEY, APPLE_PEM, CERTIFICATE, SIGNING, jwk

SECRET = "kept-by-tests-only"
ISSUERS = {"google": "https://accounts.google.com", "apple": "https://appleid.apple.com"}
NETWORKS = ("facebook", "google", "apple", "x", "guild", "loose")
PEOPLE: dict[str, dict[str, Any]] = {
    "facebook": {
        "id": "fb-1", "email": "nora@facebook.example", "name": "mark-fb-name",
        "gender": "mark-fb-gender", "location": {"id": "1", "name": "mark-fb-place"},
        "link": "https://www.facebook.com/mark-fb-link", "timezone": 2,
        "birthday": "05/17/1990",
        "picture": {"data": {"url": "https://x.fbcdn.net/mark-fb-picture.jpg"}},
        "likes": {"data": [{"name": "mark-fb-like-1"}, {"name": "mark-fb-like-2"}]},
        "friends": {"data": [{"id": "9", "name": "mark-fb-friend"}]},
    },
    "google": {
        "sub": "g-1", "email": "nora@gmail.com", "email_verified": True,
        "name": "mark-g-name", "picture": "https://lh3.googleusercontent.com/mark-g-picture",
        "locale": "de",
    },
    "apple": {"sub": "a-1", "email": "relay@privaterelay.appleid.com", "email_verified": "true"},
    "x": {
        "id": "x-1", "name": "mark-x-name", "username": "mark_x_handle",
        "description": "mark-x-about", "location": "mark-x-place",
        "profile_image_url": "https://pbs.twimg.com/mark_normal.jpg",
    },
    "guild": {
        "sub": "o-1", "email": "nora@guild.example", "email_verified": True,
        "name": "mark-o-name", "zoneinfo": "Europe/Berlin", "instrument": "mark-o-other",
    },
    "loose": {"sub": "l-1", "email": "nora@loose.example", "email_verified": True},
}  # fmt: skip


def environment(url: str) -> dict[str, str]:
    """Return the variables that switch every network on."""
    providers = [
        {"id": "guild", "name": "Guild", "client_id": "us-guild", "secret": SECRET,
         "server_url": f"{url}/guild", "verifies_addresses": True},
        {"id": "loose", "name": "Loose", "client_id": "us-loose", "secret": SECRET,
         "server_url": f"{url}/loose"},
    ]  # fmt: skip
    return {
        "FACEBOOK_APP_ID": "us-facebook",
        "FACEBOOK_SECRET": SECRET,
        "FACEBOOK_SCOPES": "email,public_profile,user_gender,user_location,user_link,"
        "user_birthday,user_likes,user_friends",
        "GOOGLE_CLIENT_ID": "us-google",
        "GOOGLE_SECRET": SECRET,
        "APPLE_CLIENT_ID": "us-apple",
        "APPLE_TEAM_ID": "TEAM",
        "APPLE_KEY_ID": "KEY",
        "APPLE_PRIVATE_KEY": APPLE_PEM.replace("\n", "\\n"),
        "X_CLIENT_ID": "us-x",
        "X_SECRET": SECRET,
        "OPENID_PROVIDERS": json.dumps(providers),
    }


@dataclass
class StandIn:
    """All networks in one server. `moods` makes one path go wrong: "path" → how."""

    people: dict[str, dict[str, Any]] = field(
        default_factory=lambda: json.loads(json.dumps(PEOPLE))
    )
    moods: dict[str, str] = field(default_factory=dict)
    asked: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)
    revoked: list[tuple[str, str]] = field(default_factory=list)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    picture: bytes = b""
    facebook_app: str = "us-facebook"  # whose tokens these are

    def __post_init__(self) -> None:
        out = BytesIO()
        Image.new("RGB", (32, 32), "red").save(out, "PNG")
        self.picture = self.picture or out.getvalue()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                outer._answer(self)

            def do_POST(self) -> None:
                outer._answer(self)

            def do_DELETE(self) -> None:
                outer._answer(self)

            def log_message(self, *args: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        # Another site than 127.0.0.1, as a browser counts: cookies are told apart.
        self.url = f"http://localhost:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def paths(self) -> list[str]:
        return [path for _, path, _ in self.asked]

    # ------------------------------------------------------------------ what it answers

    def _answer(self, call: Any) -> None:
        address = urlsplit(call.path)
        body = call.rfile.read(int(call.headers.get("Content-Length") or 0)).decode()
        said = dict(parse_qsl(address.query)) | dict(parse_qsl(body))
        self.asked.append((call.command, address.path, said))
        if self._in_a_mood(call, address.path):
            return
        _, network, *rest = address.path.split("/")
        try:
            kind, found, status = self._for(network, "/".join(rest), said, call)
        except AssertionError as error:
            kind, found, status = "json", {"error": "invalid_request", "why": str(error)}, 400
        data = found if isinstance(found, bytes) else (
            json.dumps(found) if kind == "json" else str(found)
        ).encode()  # fmt: skip
        call.send_response(status)
        types = {"json": "application/json", "html": "text/html; charset=utf-8"}
        call.send_header("Content-Type", types.get(kind, kind))
        if kind == "redirect":
            call.send_header("Location", str(found))
        call.send_header("Content-Length", str(len(data)))
        call.end_headers()
        call.wfile.write(data)

    def _in_a_mood(self, call: Any, path: str) -> bool:
        mood = self.moods.get(path, "")
        answers = {
            "broken": (500, "application/json", b"{}"),
            "words": (200, "text/html", b"<h1>Sorry</h1>"),
            "empty": (200, "application/json", b"{}"),
            "list": (200, "application/json", b"[]"),
            "refused": (400, "application/json", b'{"error": "invalid_grant"}'),
            "huge": (200, "application/json", b'"' + b"x" * 3_000_000 + b'"'),
            "elsewhere": (302, "text/plain", b""),
        }
        if mood == "slow":
            time.sleep(2)
            return False
        if mood == "gone":
            call.close_connection = True
            call.connection.close()
            return True
        if mood not in answers:
            return False
        status, kind, data = answers[mood]
        call.send_response(status)
        call.send_header("Content-Type", kind)
        call.send_header("Location", f"{self.url}/secret")
        call.send_header("Content-Length", str(len(data)))
        call.end_headers()
        call.wfile.write(data)
        return True

    def _for(self, network: str, step: str, said: dict[str, str], call: Any) -> Any:
        if network == "picture.png":
            return "image/png", self.picture, 200
        assert network in NETWORKS, "no such network"
        if network == "facebook" and step.startswith("graph/"):
            return self._graph(step.removeprefix("graph/"), said, call)
        steps = {
            "authorize": self._authorize,
            "decide": self._decide,
            "token": self._token,
            "me": self._me,
            "revoke": self._revoke,
        }
        if step in steps:
            return steps[step](network, said, call)
        if step in {"keys", "certificates"}:
            return "json", {"keys": [jwk()]} if step == "keys" else {"one": CERTIFICATE}, 200
        if step == ".well-known/openid-configuration":
            base = f"{self.url}/{network}"
            return "json", {
                "issuer": base, "authorization_endpoint": f"{base}/authorize",
                "token_endpoint": f"{base}/token", "userinfo_endpoint": f"{base}/me",
                "jwks_uri": f"{base}/keys", "revocation_endpoint": f"{base}/revoke",
                "token_endpoint_auth_methods_supported": ["client_secret_basic"],
            }, 200  # fmt: skip
        return "json", {"error": "not found"}, 404

    def _authorize(self, network: str, said: dict[str, str], call: Any) -> Any:
        assert said["client_id"] == f"us-{network}", "client_id"
        assert said["response_type"] == ("code id_token" if network == "apple" else "code")
        assert said.get("state"), "state"
        if network == "apple":
            assert said["response_mode"] == "form_post", "response_mode"
        if network in {"x", "google", "guild", "loose"}:
            assert said["code_challenge_method"] == "S256", "PKCE"
        hidden = "".join(
            f'<input type="hidden" name="{html.escape(name)}" value="{html.escape(value)}">'
            for name, value in said.items()
        )
        return (
            "html",
            (
                f"<!doctype html><title>{network}</title><h1>{network} asks</h1>"
                f'<form method="post" action="/{network}/decide">{hidden}'
                '<button name="answer" value="yes">Allow</button>'
                '<button name="answer" value="no">Cancel</button></form>'
            ),
            200,
        )

    def _decide(self, network: str, said: dict[str, str], call: Any) -> Any:
        back = {"state": said["state"]}
        if said["answer"] == "yes":
            back["code"] = secrets.token_urlsafe(16)
            self.codes[back["code"]] = {"network": network, **said}
        elif network == "apple":
            back["error"] = "user_cancelled_authorize"
        else:
            back["error"] = "access_denied"
        if network != "apple":
            return "redirect", f"{said['redirect_uri']}?{urlencode(back)}", 302
        if "code" in back:
            back["id_token"] = self.id_token("apple")
            name = {"firstName": "mark-a-first", "lastName": "mark-a-last"}
            back["user"] = json.dumps({"name": name, "email": self.people["apple"]["email"]})
        hidden = "".join(
            f'<input type="hidden" name="{name}" value="{html.escape(value)}">'
            for name, value in back.items()
        )
        return (
            "html",
            (
                "<!doctype html><title>back</title>"
                f'<form method="post" action="{html.escape(said["redirect_uri"])}">{hidden}</form>'
                "<script>document.forms[0].submit()</script>"
            ),
            200,
        )

    def _client(self, network: str, said: dict[str, str], call: Any) -> None:
        """Check who asks, in the way that this network wants it."""
        if network in {"x", "guild", "loose"}:
            pair = base64.b64decode(call.headers.get("Authorization", "Basic ")[6:]).decode()
            assert pair == f"us-{network}:{SECRET}", "client"
        elif network == "apple":
            assert said["client_id"] == "us-apple", "client"
            assert jwt.get_unverified_header(said["client_secret"])["kid"] == "KEY"
            found = jwt.decode(
                said["client_secret"], APPLE_KEY.public_key(), algorithms=["ES256"],
                audience="https://appleid.apple.com", issuer="TEAM",
            )  # fmt: skip
            assert found["sub"] == "us-apple"
        else:
            assert said["client_id"] == f"us-{network}", "client"
            assert said["client_secret"] == SECRET, "client"

    def _exchange(self, network: str, said: dict[str, str]) -> None:
        code = self.codes.pop(said["code"], None)
        assert code is not None, "code"
        assert code["network"] == network, "code"
        assert code["redirect_uri"] == said["redirect_uri"], "redirect_uri"
        if "code_challenge" in code:
            made = hashlib.sha256(said["code_verifier"].encode()).digest()
            assert base64.urlsafe_b64encode(made).rstrip(b"=").decode() == code["code_challenge"]

    def _token(self, network: str, said: dict[str, str], call: Any) -> Any:
        self._client(network, said, call)
        assert said["grant_type"] == "authorization_code"
        self._exchange(network, said)
        access = self._issue(network)
        found = {"access_token": access, "token_type": "bearer", "expires_in": 3600}
        if network != "loose":
            found["refresh_token"] = self._issue(network)
        if network in {"google", "apple", "guild", "loose"}:
            found["id_token"] = self.id_token(network)
        return "json", found, 200

    def _issue(self, network: str) -> str:
        token = f"mark-token-{network}-{secrets.token_urlsafe(9)}"
        self.tokens[token] = network
        return token

    def id_token(self, network: str, **changes: Any) -> str:
        """Return a signed statement about this network's person."""
        now = int(time.time())
        claims = {
            "iss": ISSUERS.get(network, f"{self.url}/{network}"), "aud": f"us-{network}",
            "iat": now, "exp": now + 600, **self.people[network], **changes,
        }  # fmt: skip
        return jwt.encode(claims, SIGNING, algorithm="RS256", headers={"kid": "one"})

    def _me(self, network: str, said: dict[str, str], call: Any) -> Any:
        token = call.headers.get("Authorization", "").removeprefix("Bearer ")
        assert self.tokens.get(token) == network, "token"
        person = self.people[network]
        if network == "x":
            wanted = said["user.fields"].split(",")
            return "json", {"data": {k: v for k, v in person.items() if k in wanted}}, 200
        return "json", person, 200

    def _revoke(self, network: str, said: dict[str, str], call: Any) -> Any:
        if network != "google":
            self._client(network, said, call)
        if self.tokens.pop(said["token"], None) != network:
            if network == "google":
                return "json", {"error": "invalid_token"}, 400
            return "json", {}, 200
        self.revoked.append((network, said["token"]))
        return "json", {}, 200

    def app_token(self, network: str) -> str:
        """Return what the network's own kit gives an app on a device."""
        return self._issue(network)

    def _graph(self, step: str, said: dict[str, str], call: Any) -> Any:
        if step == "oauth/access_token":
            self._client("facebook", said, call)
            if said.get("grant_type") == "client_credentials":
                return "json", {"access_token": f"us-facebook|{SECRET}"}, 200
            self._exchange("facebook", said)
            token = self._issue("facebook")
            return "json", {"access_token": token, "token_type": "bearer"}, 200
        if step == "debug_token":
            assert said["access_token"] == f"us-facebook|{SECRET}", "app token"
            valid = self.tokens.get(said["input_token"]) == "facebook"
            return "json", {"data": {"is_valid": valid, "app_id": self.facebook_app}}, 200
        proof = hmac.new(SECRET.encode(), said["access_token"].encode(), hashlib.sha256)
        assert said["appsecret_proof"] == proof.hexdigest(), "proof"
        if step == "me":
            assert self.tokens.get(said["access_token"]) == "facebook", "token"
            wanted = {one.split(".")[0] for one in said["fields"].split(",")}
            person = self.people["facebook"]
            return "json", {k: v for k, v in person.items() if k in wanted}, 200
        assert call.command == "DELETE"
        assert said["access_token"] == f"us-facebook|{SECRET}", "app token"
        self.revoked.append(("facebook", step.removesuffix("/permissions")))
        return "json", {"success": True}, 200


def provider_urls(url: str) -> dict[str, dict[str, str]]:
    """Return the settings that point allauth's Facebook and Google here."""
    return {
        "facebook": {
            "AUTHORIZE_URL": f"{url}/facebook/authorize", "GRAPH_API_URL": f"{url}/facebook/graph",
        },
        "google": {
            "AUTHORIZE_URL": f"{url}/google/authorize", "ACCESS_TOKEN_URL": f"{url}/google/token",
            "IDENTITY_URL": f"{url}/google/me", "CERTS_URL": f"{url}/google/keys",
        },
    }  # fmt: skip


def own_urls(url: str) -> dict[str, str]:
    """Return NETWORK_URLS, which our own code asks."""
    return {
        "facebook graph": f"{url}/facebook/graph",
        "google revoke": f"{url}/google/revoke",
        "apple issuer": "https://appleid.apple.com",
        "apple keys": f"{url}/apple/keys",
        "apple revoke": f"{url}/apple/revoke",
        "twitter_oauth2 revoke": f"{url}/x/revoke",
    }


def attributes(url: str) -> list[tuple[Any, str, str]]:
    """Return what has to be set on allauth's classes, which read no settings, or read them once."""
    from allauth.socialaccount.providers.apple.views import AppleOAuth2Adapter
    from allauth.socialaccount.providers.facebook import flows
    from allauth.socialaccount.providers.facebook.views import FacebookOAuth2Adapter
    from allauth.socialaccount.providers.google import views as google
    from allauth.socialaccount.providers.google.views import GoogleOAuth2Adapter
    from allauth.socialaccount.providers.twitter_oauth2.views import TwitterOAuth2Adapter

    return [
        (AppleOAuth2Adapter, "access_token_url", f"{url}/apple/token"),
        (AppleOAuth2Adapter, "authorize_url", f"{url}/apple/authorize"),
        (AppleOAuth2Adapter, "public_key_url", f"{url}/apple/keys"),
        (TwitterOAuth2Adapter, "access_token_url", f"{url}/x/token"),
        (TwitterOAuth2Adapter, "authorize_url", f"{url}/x/authorize"),
        (TwitterOAuth2Adapter, "profile_url", f"{url}/x/me"),
        (FacebookOAuth2Adapter, "authorize_url", f"{url}/facebook/authorize"),
        (FacebookOAuth2Adapter, "access_token_url", f"{url}/facebook/graph/oauth/access_token"),
        (flows, "GRAPH_API_URL", f"{url}/facebook/graph"),
        (google, "CERTS_URL", f"{url}/google/certificates"),
        (GoogleOAuth2Adapter, "access_token_url", f"{url}/google/token"),
        (GoogleOAuth2Adapter, "authorize_url", f"{url}/google/authorize"),
        (GoogleOAuth2Adapter, "identity_url", f"{url}/google/me"),
    ]
