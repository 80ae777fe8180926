"""A small server that speaks LiveKit's documented protocol, on loopback.

Rooms and participants over Twirp with JSON, signalling in protobuf over a WebSocket, webhooks.
Tokens are read by LiveKit's own library and bodies parsed by its own messages, so that a name or a
grant that the real server wouldn't take isn't taken here either. Sound passes through a page of a
browser (`MEDIA_PAGE`) that answers each player's connection and hands tracks on. It is no LiveKit:
what its server does about congestion, Opus, ICE-lite, TURN and nodes isn't shown by it.
"""

import asyncio
import base64
import hashlib
import json
import threading
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from aiohttp import WSMsgType, web
from google.protobuf import json_format
from livekit import api
from livekit.protocol import models, room, rtc

KEY, SECRET = "APItests", "a-secret-that-both-sides-know-0123456789"

MEDIA_PAGE = Path(__file__).with_name("livekit_media.html")


@dataclass
class Joined:
    """One participant: what they were granted, what they asked for, who may hear them."""

    socket: web.WebSocketResponse
    room: str
    info: models.ParticipantInfo
    grants: api.VideoGrants
    added: list[rtc.AddTrackRequest] = field(default_factory=list)
    wants: set[str] = field(default_factory=set)  # sids of tracks
    may_hear: set[str] | None = None  # identities; None: everybody
    handed: set[str] = field(default_factory=set)  # identities whose sound it is sent
    offer_id: int = 0


class LiveKit:
    """`calls`: (method, body) of the room service; `joins`: grants, by identity, in their order."""

    def __init__(self, hook: str = "") -> None:
        self.hook = hook
        self.away = False
        self.rooms: dict[str, room.CreateRoomRequest] = {}
        self.joined: dict[str, Joined] = {}
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.joins: list[tuple[str, api.VideoGrants]] = []
        self.added: list[tuple[str, rtc.AddTrackRequest]] = []
        self.problems: list[str] = []
        self._media: web.WebSocketResponse | None = None
        self.media_ready = threading.Event()
        self._numbers = 0
        self._loop = asyncio.new_event_loop()
        started = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(started,), daemon=True)
        self._thread.start()
        started.wait(10)
        self.http = f"http://127.0.0.1:{self.port}"
        self.url = f"ws://127.0.0.1:{self.port}"

    def _run(self, started: threading.Event) -> None:
        asyncio.set_event_loop(self._loop)
        app = web.Application()
        app.router.add_post("/twirp/livekit.RoomService/{method}", self._serve)
        app.router.add_get("/rtc", self._join)
        # As servers before the protocol's "v1": the client asks here why, and goes on with /rtc.
        app.router.add_get("/rtc/v1", self._no_such_path)
        app.router.add_get("/rtc/v1/validate", self._no_such_path)
        app.router.add_get("/media", self._media_socket)
        app.router.add_get("/media-page", self._media_page)

        async def start() -> None:
            self._runner = web.AppRunner(app, access_log=None)
            await self._runner.setup()
            site = web.TCPSite(self._runner, "127.0.0.1", 0)
            await site.start()
            self.port = self._runner.addresses[0][1]
            started.set()

        self._loop.run_until_complete(start())
        self._loop.run_forever()

    def close(self) -> None:
        self.do(self._runner.cleanup())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    def do(self, work: Any) -> Any:
        """Run something in the server's own thread."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(20)

    @property
    def settings(self) -> dict[str, str]:
        """Return the environment of a site that uses this server."""
        return {
            "LIVEKIT_URL": self.url, "LIVEKIT_API_KEY": KEY, "LIVEKIT_API_SECRET": SECRET,
            "LIVEKIT_REGION": "Testland",
        }  # fmt: skip

    # The room service -------------------------------------------------------------------

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        if self.away:
            return web.Response(status=503)
        method = request.match_info["method"]
        body = await request.json()
        try:
            claims = api.TokenVerifier(KEY, SECRET).verify(
                request.headers.get("Authorization", "").removeprefix("Bearer ")
            )
        except Exception:
            return web.json_response({"code": "unauthenticated"}, status=401)
        self.calls.append((method, body))
        return await getattr(self, f"_{method}")(body, claims.video)

    async def _CreateRoom(self, body: Any, grants: Any) -> web.Response:
        asked = json_format.ParseDict(body, room.CreateRoomRequest())
        if not grants.room_create:
            return web.json_response({"code": "permission_denied"}, status=403)
        self.rooms[asked.name] = asked
        return web.json_response({"sid": "RM_1", "name": asked.name})

    async def _DeleteRoom(self, body: Any, grants: Any) -> web.Response:
        asked = json_format.ParseDict(body, room.DeleteRoomRequest())
        if not grants.room_create:
            return web.json_response({"code": "permission_denied"}, status=403)
        if self.rooms.pop(asked.room, None) is None:
            return self._not_found()
        for one in [one for one in self.joined.values() if one.room == asked.room]:
            await self._leave(one)
        return web.json_response({})

    async def _RemoveParticipant(self, body: Any, grants: Any) -> web.Response:
        asked = json_format.ParseDict(body, room.RoomParticipantIdentity())
        found = self._administered(asked, grants)
        if found is None:
            return self._not_found()
        await self._leave(found)
        return web.json_response({})

    async def _GetParticipant(self, body: Any, grants: Any) -> web.Response:
        found = self._administered(
            json_format.ParseDict(body, room.RoomParticipantIdentity()), grants
        )
        if found is None:
            return self._not_found()
        return web.json_response(
            json_format.MessageToDict(found.info, preserving_proto_field_name=True)
        )

    async def _MutePublishedTrack(self, body: Any, grants: Any) -> web.Response:
        asked = json_format.ParseDict(body, room.MuteRoomTrackRequest())
        found = self._administered(asked, grants)
        if found is None:
            return self._not_found()
        for track in found.info.tracks:
            if track.sid == asked.track_sid:
                track.muted = asked.muted
        said = rtc.MuteTrackRequest(sid=asked.track_sid, muted=asked.muted)
        await self._say(found, rtc.SignalResponse(mute=said))
        return web.json_response({})

    def _administered(self, asked: Any, grants: Any) -> Joined | None:
        assert grants.room_admin
        assert grants.room == asked.room
        found = self.joined.get(asked.identity)
        return found if found and found.room == asked.room else None

    def _not_found(self) -> web.Response:
        return web.json_response({"code": "not_found", "msg": "it does not exist"}, status=404)

    # Signalling -------------------------------------------------------------------------

    async def _join(self, request: web.Request) -> web.StreamResponse:
        claims = api.TokenVerifier(KEY, SECRET).verify(request.query["access_token"])
        grants = claims.video
        assert grants is not None
        if self.away or grants.room not in self.rooms:
            return web.Response(status=404, text="requested room does not exist")
        assert grants.room_join
        assert request.query["auto_subscribe"] == "0"
        if before := self.joined.get(claims.identity):
            await self._leave(before)
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        if request.query.get("reconnect") == "1":
            # Nothing is kept of a line that was cut: the client is to begin anew.
            leave = rtc.LeaveRequest(action=rtc.LeaveRequest.Action.RECONNECT)
            await socket.send_bytes(rtc.SignalResponse(leave=leave).SerializeToString())
            await socket.close()
            return socket
        may = models.ParticipantPermission(
            can_subscribe=grants.can_subscribe, can_publish=grants.can_publish,
            can_publish_data=grants.can_publish_data,
            can_publish_sources=[models.TrackSource.MICROPHONE] if grants.can_publish else [],
        )  # fmt: skip
        info = models.ParticipantInfo(
            sid=self._sid("PA"), identity=claims.identity, permission=may,
            state=models.ParticipantInfo.State.ACTIVE,
        )  # fmt: skip
        one = Joined(socket, grants.room, info, grants)
        others = [other for other in self.joined.values() if other.room == one.room]
        self.joined[claims.identity] = one
        self.joins.append((claims.identity, grants))
        await self._say(one, rtc.SignalResponse(join=rtc.JoinResponse(
            room=models.Room(sid="RM_1", name=one.room), participant=info,
            other_participants=[other.info for other in others],
            server_version="1.9.0", server_info=models.ServerInfo(version="1.9.0", protocol=16),
            subscriber_primary=False, ping_timeout=60, ping_interval=20,
        )))  # fmt: skip
        await self._tell(one)
        async for message in socket:
            if message.type == WSMsgType.BINARY:
                await self._take(one, rtc.SignalRequest.FromString(message.data))
        await self._leave(one)
        return socket

    async def _no_such_path(self, request: web.Request) -> web.Response:
        return web.Response(status=404, headers={"Access-Control-Allow-Origin": "*"})

    async def _take(self, one: Joined, said: rtc.SignalRequest) -> None:
        kind = said.WhichOneof("message")
        handler: Callable[..., Any] | None = getattr(self, f"_on_{kind}", None)
        if handler is not None:
            await handler(one, getattr(said, kind))

    async def _on_offer(self, one: Joined, offer: rtc.SessionDescription) -> None:
        one.offer_id = offer.id
        await self._to_media(t="offer", who=one.info.identity, sdp=offer.sdp)

    async def _on_answer(self, one: Joined, answer: rtc.SessionDescription) -> None:
        await self._to_media(t="answer", who=one.info.identity, sdp=answer.sdp)

    async def _on_trickle(self, one: Joined, said: rtc.TrickleRequest) -> None:
        candidate = json.loads(said.candidateInit)
        await self._to_media(
            t="ice", who=one.info.identity, target=said.target, candidate=candidate
        )

    async def _on_add_track(self, one: Joined, asked: rtc.AddTrackRequest) -> None:
        assert one.grants.can_publish
        assert one.grants.can_publish_sources == ["microphone"]
        assert asked.source == models.TrackSource.MICROPHONE
        one.added.append(asked)
        self.added.append((one.info.identity, asked))
        track = models.TrackInfo(
            sid=self._sid("TR"), type=asked.type, source=asked.source, name=asked.name,
            muted=asked.muted, stereo=asked.stereo, disable_dtx=asked.disable_dtx,
            disable_red=asked.disable_red,
        )  # fmt: skip
        one.info.tracks.append(track)
        said = rtc.TrackPublishedResponse(cid=asked.cid, track=track)
        await self._say(one, rtc.SignalResponse(track_published=said))
        await self._tell(one)

    async def _on_mute(self, one: Joined, said: rtc.MuteTrackRequest) -> None:
        for track in one.info.tracks:
            if track.sid == said.sid:
                track.muted = said.muted
        await self._tell(one)

    async def _on_subscription(self, one: Joined, asked: rtc.UpdateSubscription) -> None:
        sids = {*asked.track_sids, *(s for p in asked.participant_tracks for s in p.track_sids)}
        one.wants = one.wants | sids if asked.subscribe else one.wants - sids
        await self._hand_on()

    async def _on_subscription_permission(
        self, one: Joined, said: rtc.SubscriptionPermission
    ) -> None:
        allowed = {each.participant_identity for each in said.track_permissions}
        one.may_hear = None if said.all_participants else allowed
        await self._hand_on()

    async def _on_ping_req(self, one: Joined, said: rtc.Ping) -> None:
        pong = rtc.Pong(last_ping_timestamp=said.timestamp, timestamp=said.timestamp)
        await self._say(one, rtc.SignalResponse(pong_resp=pong))

    async def _on_leave(self, one: Joined, said: rtc.LeaveRequest) -> None:
        await one.socket.close()

    async def _hand_on(self) -> None:
        """Have sound go to whoever asked for it and may have it, and to nobody else."""
        for to in self.joined.values():
            for source in self.joined.values():
                name = source.info.identity
                wanted = (
                    source.room == to.room
                    and any(track.sid in to.wants for track in source.info.tracks)
                    and (source.may_hear is None or to.info.identity in source.may_hear)
                )
                if wanted and name not in to.handed:
                    to.handed.add(name)
                    await self._to_media(t="hand", **{"from": name}, to=to.info.identity)
                elif not wanted and name in to.handed:
                    to.handed.discard(name)
                    await self._to_media(t="keep", **{"from": name}, to=to.info.identity)

    async def _tell(self, one: Joined) -> None:
        update = rtc.SignalResponse(update=rtc.ParticipantUpdate(participants=[one.info]))
        for other in self.joined.values():
            if other.room == one.room and other is not one:
                await self._say(other, update)

    async def _leave(self, one: Joined) -> None:
        if self.joined.get(one.info.identity) is not one:
            return
        del self.joined[one.info.identity]
        one.info.state = models.ParticipantInfo.State.DISCONNECTED
        await self._tell(one)
        await self._to_media(t="gone", who=one.info.identity)
        if not one.socket.closed:
            reason = models.DisconnectReason.PARTICIPANT_REMOVED
            action = rtc.LeaveRequest.Action.DISCONNECT
            said = rtc.LeaveRequest(reason=reason, action=action)
            await self._say(one, rtc.SignalResponse(leave=said))
            await one.socket.close()

    async def drop(self, identity: str) -> None:
        """Cut somebody's signalling without a word, as a network does."""
        one = self.joined.pop(identity)
        await self._to_media(t="gone", who=identity)
        if one.socket._req is not None and one.socket._req.transport is not None:
            one.socket._req.transport.abort()

    async def _say(self, one: Joined, said: rtc.SignalResponse) -> None:
        if not one.socket.closed:
            await one.socket.send_bytes(said.SerializeToString())

    def _sid(self, kind: str) -> str:
        self._numbers += 1
        return f"{kind}_{self._numbers}"

    # Sound: through a page of a browser ---------------------------------------------------

    async def _media_page(self, request: web.Request) -> web.Response:
        return web.Response(text=MEDIA_PAGE.read_text(), content_type="text/html")

    async def _to_media(self, **about: Any) -> None:
        if self._media is not None and not self._media.closed:
            await self._media.send_json(about)

    async def _media_socket(self, request: web.Request) -> web.WebSocketResponse:
        self._media = socket = web.WebSocketResponse()
        await socket.prepare(request)
        async for message in socket:
            about = json.loads(message.data)
            one = self.joined.get(about.get("who", ""))
            if about["t"] == "ready":
                self.media_ready.set()
            elif about["t"] == "problem":
                self.problems.append(about["text"])
            elif one is not None and about["t"] == "answer":
                said = rtc.SessionDescription(type="answer", sdp=about["sdp"], id=one.offer_id)
                await self._say(one, rtc.SignalResponse(answer=said))
            elif one is not None and about["t"] == "offer":
                said = rtc.SessionDescription(type="offer", sdp=self._named(about))
                await self._say(one, rtc.SignalResponse(offer=said))
        return socket

    def _named(self, about: dict[str, Any]) -> str:
        """Return an offer whose streams are named as LiveKit names them: participant|track."""
        whose = {mid: name for name, mid in about["names"]}
        sections = about["sdp"].split("\r\nm=")
        for number, section in enumerate(sections):
            lines = section.split("\r\n")
            mid = next((line[6:] for line in lines if line.startswith("a=mid:")), "")
            source = self.joined.get(whose.get(mid, ""))
            if source is not None:
                track = source.info.tracks[0].sid
                stream = f"{source.info.sid}|{track}"
                lines = [_renamed(line, stream, track) for line in lines]
            sections[number] = "\r\n".join(lines)
        return "\r\nm=".join(sections)

    # Webhooks -----------------------------------------------------------------------------

    def tell(self, event: str, room_name: str, identity: str = "") -> int:
        """Send a webhook; return the status of the answer."""
        body, headers = signed_event(event, room_name, identity)
        asked = urllib.request.Request(self.hook, body, headers)
        with urllib.request.urlopen(asked, timeout=10) as answer:
            return int(answer.status)


def _renamed(line: str, stream: str, track: str) -> str:
    if line.startswith("a=msid:"):
        return f"a=msid:{stream} {track}"
    if line.startswith("a=ssrc:") and " msid:" in line:
        return f"{line.split(' msid:', maxsplit=1)[0]} msid:{stream} {track}"
    return line


def signed_event(
    event: str, room_name: str, identity: str = "", **more: Any
) -> tuple[bytes, dict[str, str]]:
    """Return the body and headers of a webhook, as LiveKit's server makes them."""
    about: dict[str, Any] = {"event": event, "room": {"name": room_name}, "id": "EV_1", **more}
    if identity:
        about["participant"] = {"identity": identity}
    body = json.dumps(about).encode()
    token = api.AccessToken(KEY, SECRET).with_ttl(timedelta(minutes=5))
    token.claims.sha256 = base64.b64encode(hashlib.sha256(body).digest()).decode()
    headers = {"Content-Type": "application/webhook+json", "Authorization": token.to_jwt()}
    return body, headers
