"""What every WebSocket of Jamsite shares: typed frames, lanes, budgets, the gate's close code.

A frame is read first and done after. What is wrong with one frame is answered for that frame, and
the connection stays: a client's mistake says which, ours is logged with its traceback and answered
as ours ("server").
"""

import asyncio
import contextlib
import contextvars
import functools
import json
import logging
import math
import time
from collections.abc import Awaitable, Callable
from typing import Any, ClassVar
from urllib.parse import urlsplit

from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _

from foundation import frames, limits
from foundation.budget import Budget, budget_of
from foundation.frames import BadFrame, Frame
from foundation.limits import TooMany
from foundation.outages import AWAY, watch
from foundation.text import UnfitStatement
from foundation.threads import in_thread

logger = logging.getLogger(__name__)

HIDDEN = 4404  # missing, not visible, or no longer visible: the same answer
REPLACED = 4409
TOO_MANY = 4429
BROKEN = 1011  # the protocol's own code for a fault of ours
TOO_LARGE = 1009  # the protocol's own code, which uvicorn closes with before we see the frame
MAX_A_SECOND = 50  # frames of one person, on all their sockets together
BURST = 150  # a busy machine holds frames back and then sends them all at once
WORK_A_SECOND, WORK_BURST = 10, 30  # of those, what isn't done at once and asks the database
SLOWED, SLOWEST = 0.25, 4.0  # seconds that a socket beyond its budget isn't read: twice each time
MOST_WAITING = 200  # frames of one socket that wait for the database


class Refused(Exception):
    """A handler doesn't do what a frame asks for: `code`, and a sentence for the person."""

    def __init__(self, code: str, said: str) -> None:
        super().__init__(said)
        self.code = code


class Lane:
    """Work of one socket that is done one after the other, beside whatever else it does.

    Always on behalf of who opened the socket, whoever adds it: in the context it was made in.
    """

    def __init__(self, most: int = 0) -> None:
        self._context = contextvars.copy_context()
        self._waiting: asyncio.Queue[Callable[[], Awaitable[None]]] = asyncio.Queue(most)
        self._worker: asyncio.Task[None] | None = None

    def add(self, work: Callable[[], Awaitable[None]]) -> bool:
        """Put work at the end; return False when too much waits already."""
        if self._waiting.full():
            return False
        self._waiting.put_nowait(work)
        if self._worker is None:
            self._worker = asyncio.create_task(self._run(), context=self._context)
        return True

    async def _run(self) -> None:
        while True:
            work = await self._waiting.get()
            try:
                await work()
            finally:
                self._waiting.task_done()

    async def finish(self, seconds: float) -> None:
        """Wait for what is there, and end. What isn't done in time is dropped."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._waiting.join()
        if self._worker is not None:
            self._worker.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._worker


class GatedConsumer(AsyncWebsocketConsumer):  # type: ignore[misc]
    """A socket that opens and stays open only while the gate says yes.

    Subclasses give `allowed()`, asked at the start and whenever somebody sends `gate.check`; in
    `takes` the frames they know, and for each an `on_<type>` method; and a method for each message
    of the channel layer. Frames are done in order, those marked `quick` at once; messages too, but
    for those that `is_quick` says.
    """

    takes: ClassVar[list[type[Frame]]] = []
    refusal = HIDDEN  # the code that `allowed` has a socket closed with; it may say another

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls.known = {frame.t: frame for frame in cls.takes}
        undone = [kind for kind in cls.known if not hasattr(cls, _handler(kind))]
        if undone:
            raise TypeError(f"{cls.__name__} takes {undone} and has no method for it")

    known: ClassVar[dict[str, type[Frame]]] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.joined: list[str] = []
        self.closing = False
        self.is_over = False
        self._up = Lane(MOST_WAITING)
        self._down = Lane()
        self._budget: Budget | None = None
        self._work: Budget | None = None
        self._slowed = 0.0

    def allowed(self) -> bool:
        """Return whether this person may be here now; runs in a thread, may ask the database."""
        raise NotImplementedError

    async def ready(self) -> None:
        """Called once the socket is accepted."""

    async def gone(self) -> None:
        """Called when a socket that was accepted has closed."""

    def is_quick(self, message: dict[str, Any]) -> bool:
        """Return whether a message of the channel layer needs no turn: it asks no database."""
        return False

    @property
    def person(self) -> Any:
        """Who opened this socket, as what is counted by."""
        return getattr(self.scope.get("user"), "pk", None) or self.channel_name

    async def in_thread(self, function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Do database work, in this person's turn (`foundation.threads`)."""
        return await in_thread(self.person, function, *args, **kwargs)

    # Opening and closing ----------------------------------------------------------------

    async def connect(self) -> None:
        # Accepted first: browsers show close codes only of sockets that were open.
        await self.accept()
        self._budget = budget_of(self.person, a_second=MAX_A_SECOND, burst=BURST)
        work = ("work", self.person)
        self._work = budget_of(work, a_second=WORK_A_SECOND, burst=WORK_BURST)
        self._budget.users.add(self)
        if len(self._budget.users) > limits.SOCKETS:
            said = _("The limit is %(n)d connections at a time.") % {"n": limits.SOCKETS}
            await self.refuse("", "too_many", said, limit=limits.SOCKETS)
            await self.close(TOO_MANY)
            return
        self._up.add(self._open)  # what the client says meanwhile comes after it

    async def _open(self) -> None:
        """Ask the gate and get ready; wait, and say so, while a service for that is away."""
        wait = 0.5
        while not self.is_over:
            try:
                if await self.in_thread(self.allowed):
                    await self.ready()
                    watch.sockets.add(self)
                else:
                    await self.close(self.refusal)
                return
            except UnfitStatement:  # no address of ours
                await self.close(HIDDEN)
                return
            except AWAY as error:
                logger.warning("a socket waits to open: %s", type(error).__name__)
                said = _("A part of the site is away for a moment. Waiting for it.")
                await self.refuse("", "away", said)
                await asyncio.sleep(wait)
                wait = min(5.0, 2 * wait)
            except Exception:
                logger.exception("a socket could not open")
                await self.refuse("", "server", _("Something broke on our side. It is noted."))
                await self.close(BROKEN)
                return

    async def join(self, group: str) -> None:
        self.joined.append(group)
        await self.channel_layer.group_add(group, self.channel_name)

    async def disconnect(self, code: int) -> None:
        self.is_over = True
        watch.sockets.discard(self)
        if self._budget is not None:
            self._budget.users.discard(self)
        await self._up.finish(10)  # what was said before the end is still done
        await self._down.finish(0)
        try:
            for group in self.joined:
                await self.channel_layer.group_discard(group, self.channel_name)
            if self.joined:
                await self.gone()
        except AWAY as error:  # what it held there ends by itself
            logger.warning("a socket ended without a word: %s", type(error).__name__)

    def waits(self) -> None:
        """Tell the client that a service is away: what it says is kept by it until then."""
        self._down.add(lambda: self.send_frame(t="waiting"))

    def goes_on(self) -> None:
        """The service is back: ask the gate anew, and have the client look for what it missed."""
        self._down.add(lambda: self._try("", None, lambda: self.gate_check({})))
        self._down.add(lambda: self.send_frame(t="missed"))

    async def dispatch(self, message: dict[str, Any]) -> None:
        """Do what the socket itself says at once; what comes from others one after the other.

        (channels closes old database connections here, on the one thread that all sockets share.
        Ours are closed by the thread that used them.)
        """
        if message["type"].startswith("websocket."):
            await getattr(self, _method(message["type"]))(message)
        elif self.is_quick(message):
            await self._deliver(message)
        else:
            self._down.add(lambda: self._deliver(message))

    async def _deliver(self, message: dict[str, Any]) -> None:
        await self._try("", None, lambda: getattr(self, _method(message["type"]))(message))

    # Frames -----------------------------------------------------------------------------

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        if self.closing:
            return
        if max(len(text_data or ""), len(bytes_data or b"")) > frames.LONGEST:
            await self.close(TOO_LARGE)  # a server that was started without --ws-max-size
            return
        work, quick, most = self._work_of(text_data)
        if quick and self.joined:
            await work()
        elif not self._up.add(work):
            await self._refuse_for_now("", None, 1, MOST_WAITING)
        self._slowed = min(2 * self._slowed or SLOWED, SLOWEST) if most else 0.0
        if most:
            await asyncio.sleep(self._slowed)  # it is read more slowly, and costs nobody else

    def _work_of(self, text: str | None) -> tuple[Callable[[], Awaitable[None]], bool, int]:
        """Return what there is to do for a frame, whether that is quick, and the limit passed.

        The limit is how many a second there may be, and 0 while they are not more.
        """
        most = 0 if self._budget is None or self._budget.take() else MAX_A_SECOND
        try:
            frame = frames.read(text, self.known)
        except BadFrame as bad:
            return functools.partial(self._refuse_bad, bad), True, most
        if not (most or frame.quick or self._work is None or self._work.take()):
            most = WORK_A_SECOND
        if most:
            return (
                functools.partial(self._refuse_for_now, frame.t, _ref(frame), 1, most),
                True,
                most,
            )
        return functools.partial(self._do, frame), frame.quick, 0

    async def _refuse_bad(self, bad: BadFrame) -> None:
        await self.refuse(bad.for_type, bad.code, str(bad), ref=bad.ref)

    async def _do(self, frame: Frame) -> None:
        handler: Any = getattr(self, _handler(frame.t))
        shut = self._budget.shut.get(frame.t) if self._budget is not None else None
        if shut is not None and time.monotonic() < shut[0]:  # known without counting again
            wait = math.ceil(shut[0] - time.monotonic())
            await self._refuse_for_now(frame.t, _ref(frame), wait, shut[1].limit, shut[1].said)
            return
        await self._try(frame.t, _ref(frame), lambda: handler(frame))

    async def _try(
        self, for_type: str, ref: str | None, work: Callable[[], Awaitable[None]]
    ) -> None:
        """Do something; whatever goes wrong is answered for it, and the socket stays."""
        try:
            await work()
        except Refused as why:
            await self.refuse(for_type, why.code, str(why), ref=ref)
        except TooMany as why:
            if self._budget is not None:
                self._budget.shut[for_type] = (time.monotonic() + why.wait, why)
            await self._refuse_for_now(for_type, ref, why.wait, why.limit, why.said)
        except UnfitStatement as why:
            await self.refuse(for_type, "text", str(why), ref=ref)
        except AWAY as error:
            logger.warning("a socket's %s waits: %s", for_type or "message", type(error).__name__)
            said = _(
                "A part of the site is away for a moment. This wasn't done; it can be sent again."
            )
            await self.refuse(for_type, "away", said, ref=ref)
        except Exception:
            logger.exception("a socket's %s failed", for_type or "message")
            said = _("Something broke on our side. It is noted; everything else goes on.")
            await self.refuse(for_type, "server", said, ref=ref)

    async def send_frame(self, **frame: Any) -> None:
        if self.closing or self.is_over:
            return
        try:
            await self.send(text_data=json.dumps(frame))
        except OSError:  # the client went away a moment ago; the server tells us of it next
            self.is_over = True

    async def close(self, code: int | None = None, reason: str | None = None) -> None:
        if not self.closing:
            self.closing = True
            await super().close(code, reason)

    async def acknowledge(self, for_type: str, ref: str, row: Any) -> None:
        """Tell the sender that a frame's words are stored: once, however often they came."""
        about = {"for": for_type, "ref": ref}
        at = row.created_at.isoformat()
        await self.send_frame(t="ack", id=row.public_id, at=at, **about)

    async def refuse(
        self, for_type: str, code: str, text: str, *, ref: str | None = None, **more: Any
    ) -> None:
        """Answer one frame with why it wasn't done."""
        about = {} if ref is None else {"ref": ref}
        await self.send_frame(t="error", code=code, text=text, **{"for": for_type}, **about, **more)

    async def _refuse_for_now(
        self, for_type: str, ref: str | None, wait: int, limit: int, said: str = ""
    ) -> None:
        text = _("The limit is %(limit)s. Try again in %(wait)d seconds.")
        about = {"limit": said or _("%(n)d a second") % {"n": limit}, "wait": wait}
        await self.refuse(for_type, "too_many", text % about, ref=ref, limit=limit, wait=wait)

    async def gate_check(self, event: dict[str, Any]) -> None:
        """Something changed that may concern us: ask the gate again."""
        if not await self.in_thread(self.allowed):
            await self.close(self.refusal)


def _handler(kind: str) -> str:
    return f"on_{kind.replace('.', '_')}"


def _method(kind: str) -> str:
    return kind.replace(".", "_")


def _ref(frame: Frame) -> str | None:
    return getattr(frame, "ref", None)


def socket_origin(request: HttpRequest) -> str:
    """Return where sockets are served: SOCKET_URL, or this very host.

    The host that the browser used is kept (127.0.0.1 or localhost): cookies belong to it.
    """
    scheme = "wss" if request.is_secure() else "ws"
    if not settings.SOCKET_URL:
        return f"{scheme}://{request.get_host()}"
    given = urlsplit(settings.SOCKET_URL)
    if settings.DEVELOPMENT_PAGES and given.port:
        return f"{scheme}://{request.get_host().rsplit(':', 1)[0]}:{given.port}"
    return str(settings.SOCKET_URL)
