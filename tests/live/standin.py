"""A stand-in for the website: one room page, signalling and stems, as docs/realtime.md says.

It runs in threads of the test process, over loopback: the engine is tested without Django.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
import mimetypes
import threading
import time
import uuid
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

from sessions_app.signalling import without_addresses

from .impairment import Impairment
from .standin_pages import ELSEWHERE, PAGE

SESSION = "s1"
RIGHTS = {"chat": True, "record": True, "tempo": True, "invite": True}


@dataclass
class Stem:
    id: str
    recording: str
    user: str
    state: str = "capturing"
    chunks: dict[int, bytes] = field(default_factory=dict)
    complete: dict | None = None

    @property
    def pcm(self) -> bytes:
        return b"".join(self.chunks[n] for n in sorted(self.chunks))


@dataclass
class Peer:
    id: str
    user: str
    name: str
    socket: ServerConnection
    muted: bool = False
    take: str | None = None


class StandIn:
    """Start with `with StandIn(dist) as site:`; look at `site.stems`, `site.bad`, `site.puts`."""

    def __init__(self, dist: Path) -> None:
        self.dist = dist
        self.opened = time.time()
        self.peers: dict[str, Peer] = {}
        self.stems: dict[str, Stem] = {}
        self.recording: dict | None = None
        self.recording_stems: dict[str, str] = {}  # user -> stem
        self.asked: set[str] = set()
        self.agreed: set[str] = set()
        self.chat: list[dict] = []
        self.beat: dict | None = None
        self.bad: list[str] = []  # whatever broke the contract
        self.fail_puts = 0  # so many PUTs are answered with 503
        self.corrupt_puts = 0  # so many with 422
        self.puts = 0
        self.away = False  # stems are answered with 503
        self.refused: dict[str, str] = {}  # user -> the sentence that `complete` is refused with
        self.lasts_ms = 3 * 3_600_000  # the longest a take can be
        self.heard_late_ms = 0.0  # by so much the stop of a take is told too late
        self.signals: list[dict] = []
        self.passed: list[dict | None] = []  # of signals, what a relay's pair was given
        self.relay = False  # whether players meet through a relay alone
        self.ice: list[dict] = []  # its addresses and credentials
        self.direct: dict | None = None  # as `welcome` has it
        self.answers: list[dict] = []  # what players said of being connected directly
        self.path: dict = {}  # what all are told of their paths to each other, as frames have it
        self.network: Impairment | None = None  # what lies between the players, if anything

    # ---- life ------------------------------------------------------------------------------------

    def __enter__(self) -> StandIn:
        self.loop = asyncio.new_event_loop()
        ready = threading.Event()
        self._stop = asyncio.Event()

        async def run() -> None:
            async with serve(self.talk, "127.0.0.1", 0, compression=None) as server:
                self.ws_port = server.sockets[0].getsockname()[1]
                ready.set()
                await self._stop.wait()

        threading.Thread(target=lambda: self.loop.run_until_complete(run()), daemon=True).start()
        ready.wait(5)
        site = self

        class Handler(_Handler):
            standin = site

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.http.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.http.server_address[1]}"
        threading.Thread(target=self.http.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.loop.call_soon_threadsafe(self._stop.set)
        self.http.shutdown()
        self.http.server_close()

    def room(self, user: str, extra: str = "") -> str:
        return f"{self.url}/room/?user={user}{extra}"

    def now(self) -> float:
        return (time.time() - self.opened) * 1000

    def repath(self, policy: str) -> None:
        """Tell all that they are connected in another way from now on."""
        self.path = {"policy": policy, "agreed": policy == "all", "asks": False}
        for peer in list(self.peers.values()):
            frame = {"t": "state", **self.state_of(peer)}
            asyncio.run_coroutine_threadsafe(self.tell_all(frame, but=peer), self.loop)

    def tell_everybody(self, frame: dict) -> None:
        asyncio.run_coroutine_threadsafe(self.tell_all(frame), self.loop).result(5)

    def cut(self) -> None:
        """Drops all sockets, as a restart of the website does."""
        for peer in list(self.peers.values()):
            asyncio.run_coroutine_threadsafe(peer.socket.close(1012), self.loop)

    # ---- socket ----------------------------------------------------------------------------------

    async def talk(self, socket: ServerConnection) -> None:
        query = parse_qs(urlsplit(socket.request.path).query)
        user = query["user"][0]
        for other in list(self.peers.values()):
            if other.user == user:
                self.peers.pop(other.id, None)
                await self.tell_all({"t": "peer.left", "peer": other.id})
                await other.socket.close(4409)
        me = Peer(uuid.uuid4().hex[:12], user, user.title(), socket)
        try:
            async for raw in socket:
                await self.hear(me, json.loads(raw))
        except ConnectionClosed:
            pass
        finally:
            if self.peers.pop(me.id, None):
                await self.tell_all({"t": "peer.left", "peer": me.id})

    async def hear(self, me: Peer, frame: dict) -> None:
        came_at, kind = self.now(), frame["t"]
        if kind == "hello":
            await self.hello(me, frame)
        elif me.id not in self.peers:
            self.bad.append(f"{kind} before hello")
        elif kind == "clock":
            t2 = self.now()
            await self.tell(me, {"t": "clock", "t0": frame["t0"], "t1": came_at, "t2": t2})
        elif kind in {"signal", "chat", "state"}:
            await getattr(self, f"hear_{kind}")(me, frame)
        elif kind == "beat":
            self.beat = {**frame, "from": self.now() + 500}
            await self.tell_all(self.beat)
        elif kind.startswith("direct."):
            self.answers.append(frame)
        elif kind.startswith("record."):
            await self.record(me, kind, frame)
        else:
            self.bad.append(f"unknown {kind}")

    async def hello(self, me: Peer, frame: dict) -> None:
        if set(frame["caps"]) != {"sab", "dataChannel", "opus"}:
            self.bad.append(f"caps {frame}")
        others = [{"user": p.user, "name": p.name, **self.state_of(p)} for p in self.peers.values()]
        about = {"user": me.user, "name": me.name, **self.state_of(me)}
        await self.tell_all({"t": "peer.joined", **about})
        self.peers[me.id] = me
        await self.tell(me, {
            "t": "welcome", "you": me.id, "peers": others,
            "session": {"id": SESSION, "title": "Sunday jam", "audience": "participants",
                        "host": False, "locked": False, "asks_first": False},
            "muted_by_host": False, "seat": {"role": "player", "rights": RIGHTS, "offered": False},
            "turn": {"user": None, "until": None, "yours": False},
            "recording": self.recording_for(me), "chat": self.chat[-50:], "ice": self.ice,
            "policy": "relay" if self.relay else "all", "beat": self.beat, "direct": self.direct,
        })  # fmt: skip

    async def hear_signal(self, me: Peer, frame: dict) -> None:
        if len(json.dumps(frame["data"])) > 65536:
            self.bad.append("signal too long")
        self.signals.append(frame["data"])
        other = self.peers.get(frame["to"])
        data = self.network.signal(frame["data"]) if self.network else frame["data"]
        if self.path.get("policy") == "relay":
            data = without_addresses(data)  # as the site does it
            self.passed.append(data)
        if other and data:
            await self.tell(other, {"t": "signal", "from": me.id, "data": data})

    async def hear_chat(self, me: Peer, frame: dict) -> None:
        message = {"id": uuid.uuid4().hex, "ref": frame["ref"], "user": me.user,
                   "name": me.name, "text": frame["text"],
                   "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())}  # fmt: skip
        self.chat.append(message)
        await self.tell_all({"t": "chat", **message})

    async def hear_state(self, me: Peer, frame: dict) -> None:
        if set(frame) != {"t", "muted", "recording", "picture"}:
            self.bad.append(f"state {frame}")
        me.muted, me.take = frame["muted"], frame["recording"]
        await self.tell_all({"t": "state", **self.state_of(me)}, but=me)

    def state_of(self, peer: Peer) -> dict:
        """What may change of somebody while they are in, as a player is told of it."""
        return {"peer": peer.id, "muted": peer.muted, "muted_by_host": False,
                "recorded": self.records(peer), "role": "player", "rights": None,
                **self.path}  # fmt: skip

    async def record(self, me: Peer, kind: str, frame: dict) -> None:
        if kind == "record.ask":
            identity = uuid.uuid4().hex[:12]
            self.recording = {"id": identity, "state": "asking", "by": me.name, "starts_at": None,
                              "ends_at": None, "stops_at": None, "ending": "",
                              "url": f"/recordings/{identity}/"}  # fmt: skip
            self.asked = {p.user for p in self.peers.values()}
            self.agreed = {me.user}
            self.recording_stems = {}
        elif self.recording and kind == "record.answer":
            if frame["yes"]:
                self.agreed.add(me.user)
            else:
                self.recording["state"] = "declined"
        elif self.recording and kind == "record.stop":
            stops_at = self.now() + 200 - self.heard_late_ms
            self.recording.update(state="uploading", ending="stopped", stops_at=stops_at)
        if self.recording and self.recording["state"] == "asking" and self.agreed >= self.asked:
            starts_at = self.now() + 1500
            self.recording.update(
                state="recording", starts_at=starts_at, ends_at=starts_at + self.lasts_ms
            )
            for user in self.agreed:
                stem = Stem(f"stem-{user}-{uuid.uuid4().hex[:6]}", self.recording["id"], user)
                self.stems[stem.id] = stem
                self.recording_stems[user] = stem.id
        await self.tell_recording()

    def records(self, peer: Peer) -> bool:
        return self.recording is not None and peer.take == self.recording["id"]

    def recording_for(self, peer: Peer) -> dict | None:
        if self.recording is None:
            return None
        if peer.user not in self.asked:
            return None
        return {
            **self.recording,
            "answer": "yes" if peer.user in self.agreed else "waiting",
            "waiting": [u.title() for u in sorted(self.asked - self.agreed)],
            "agreed": [u.title() for u in sorted(self.agreed)],
            "stem": self.stem_of(peer.user),
        }

    async def tell_recording(self) -> None:
        for peer in list(self.peers.values()):
            about = self.recording_for(peer)
            if about is not None:
                await self.tell(peer, {"t": "recording", **about})

    def stem_of(self, user: str) -> str | None:
        """One's own stem, while it isn't whole."""
        stem = self.stems.get(self.recording_stems.get(user, ""))
        return stem.id if stem and stem.state == "capturing" else None

    def stem_stored(self) -> None:
        stems = [self.stems[s] for s in self.recording_stems.values()]
        if self.recording and all(stem.state == "stored" for stem in stems):
            self.recording["state"] = "ready"
            asyncio.run_coroutine_threadsafe(self.tell_recording(), self.loop)

    async def tell(self, peer: Peer, frame: dict) -> None:
        with contextlib.suppress(ConnectionClosed):
            await peer.socket.send(json.dumps(frame))

    async def tell_all(self, frame: dict, but: Peer | None = None) -> None:
        for peer in list(self.peers.values()):
            if peer is not but:
                await self.tell(peer, frame)


class _Handler(BaseHTTPRequestHandler):
    standin: StandIn
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        pass

    def answer(self, status: int, body: bytes | dict = b"", kind: str = "application/json",
               cookie: str | None = None) -> None:  # fmt: skip
        site = self.standin
        if isinstance(body, dict):
            body = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cross-Origin-Opener-Policy", "same-origin")
        self.send_header("Cross-Origin-Embedder-Policy", "require-corp")
        self.send_header("Cache-Control", "no-store")
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header(
            "Content-Security-Policy",
            "default-src 'none'; script-src 'self' 'nonce-n'; style-src 'self' 'nonce-n'; "
            f"worker-src 'self'; connect-src 'self' ws://127.0.0.1:{site.ws_port}; "
            "media-src 'self' blob:; img-src 'self' data: blob:; font-src 'self'; "
            "base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
        )
        if cookie:
            self.send_header("Set-Cookie", cookie)
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self) -> None:
        site = self.standin
        parts = urlsplit(self.path)
        if parts.path == "/room/":
            user = parse_qs(parts.query)["user"][0]
            page = PAGE.format(
                session=SESSION, name=user.title(),
                socket=f"ws://127.0.0.1:{site.ws_port}/ws/jam/{SESSION}/?user={user}",
            )  # fmt: skip
            self.answer(200, page.encode(), "text/html", f"csrftoken=token-{user}; Path=/")
        elif parts.path == "/elsewhere/":
            self.answer(200, ELSEWHERE.encode(), "text/html")
        elif parts.path.startswith("/dist/"):
            file = site.dist / parts.path.removeprefix("/dist/")
            if not file.is_file():
                self.answer(404)
                return
            self.answer(200, file.read_bytes(), mimetypes.guess_type(file.name)[0] or "text/plain")
        elif parts.path.startswith("/api/v1/stems/"):
            stem = self.stem()
            if stem:
                self.answer(200, {
                    "id": stem.id, "recording": stem.recording, "state": stem.state,
                    "received": sorted(stem.chunks),
                    "chunks": stem.complete["chunks"] if stem.complete else None,
                    "limits": {"seconds": site.lasts_ms // 1000},
                    "stops_at": site.recording["stops_at"] if site.recording else None,
                })  # fmt: skip
        else:
            self.answer(404)

    def stem(self) -> Stem | None:
        stem = self.standin.stems.get(self.path.split("/")[4])
        if stem is None:
            self.answer(404, {})
            return None
        if self.headers["X-CSRFToken"] != f"token-{stem.user}":
            self.answer(403, {})
            return None
        return stem

    def do_PUT(self) -> None:
        site = self.standin
        body = self.rfile.read(int(self.headers["Content-Length"]))
        stem = self.stem()
        if stem is None:
            return
        site.puts += 1
        number = int(self.path.split("/")[6])
        if site.away:
            self.answer(503)
        elif site.fail_puts > 0:
            site.fail_puts -= 1
            self.answer(503)
        elif site.corrupt_puts > 0:
            site.corrupt_puts -= 1
            self.answer(422, {})
        elif hashlib.sha256(body).hexdigest() != self.headers["X-Chunk-SHA256"]:
            site.bad.append("bad checksum")
            self.answer(422, {})
        elif number in stem.chunks and stem.chunks[number] != body:
            site.bad.append(f"other bytes for chunk {number} of {stem.id}")
            self.answer(409, {})
        else:
            stem.chunks[number] = body
            self.answer(204)

    def do_POST(self) -> None:
        site = self.standin
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        stem = self.stem()
        if stem is None:
            return
        if site.away:
            self.answer(503)
            return
        if stem.user in site.refused:
            self.answer(422, {"detail": site.refused[stem.user]})
            return
        missing = [n for n in range(body["chunks"]) if n not in stem.chunks]
        if missing:
            self.answer(409, {"missing": missing})
            return
        stem.complete = body
        stem.state = "stored"
        self.answer(200, {
            "id": stem.id, "recording": stem.recording, "state": stem.state,
            "received": sorted(stem.chunks), "chunks": body["chunks"],
        })  # fmt: skip
        site.stem_stored()
