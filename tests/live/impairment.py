"""A network between two players that delays, loses and squeezes: a UDP relay of its own process.

The stand-in for the website puts this relay's ports in the place of those that browsers offer each
other, so that all of a pair's packets pass here, in both directions.
"""

from __future__ import annotations

import asyncio
import json
import random
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
HEADERS = 28  # bytes of IPv4 and UDP around each packet
QUEUE_MS = 250.0  # what a slow line keeps; more is dropped, as by a router

Address = tuple[str, int]


@dataclass(frozen=True)
class Conditions:
    """One way, each way: delay and its deviation in ms, loss 0–1, capacity in kbit/s (0: any)."""

    delay: float = 0.0
    deviation: float = 0.0
    loss: float = 0.0
    capacity: float = 0.0

    def __str__(self) -> str:
        text = f"{self.delay:g}±{self.deviation:g} ms, {self.loss:.0%} loss"
        return f"{text}, {self.capacity:g} kbit/s" if self.capacity else text


CLEAN = Conditions()
CUT = Conditions(loss=1.0)


class Impairment:
    """The relay as its user sees it; close it at the end (`with Impairment() as network`)."""

    def __enter__(self) -> Impairment:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.live.impairment"], cwd=ROOT, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip
        self._ports: dict[Address, int] = {}
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate(timeout=10)

    def _ask(self, command: dict[str, Any]) -> Any:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps(command) + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())

    def be(self, conditions: Conditions) -> None:
        self._ask({"be": asdict(conditions)})

    def port_for(self, target: Address) -> int:
        """Return the relay's port that leads to an address."""
        if target not in self._ports:
            self._ports[target] = self._ask({"open": target})
        return self._ports[target]

    def candidate(self, line: str) -> str | None:
        """Return a candidate of a browser's with the relay in its place; None for what can't pass.

        `candidate:<foundation> <component> <protocol> <priority> <address> <port> typ host …`
        (RFC 8839, section 5.1).
        """
        words = line.split(" ")
        if len(words) < 8 or words[2].lower() != "udp" or ":" in words[4]:
            return None
        words[5] = str(self.port_for((words[4], int(words[5]))))
        words[4] = "127.0.0.1"
        return " ".join(words)

    def signal(self, data: dict[str, Any]) -> dict[str, Any] | None:
        """Return a signalling message whose addresses are the relay's; None for one without any."""
        if data.get("k") == "ice":
            line = self.candidate(data["candidate"].get("candidate", ""))
            if line is None:
                return None
            return {**data, "candidate": {**data["candidate"], "candidate": line}}
        if "sdp" not in data:
            return data
        lines = []
        for line in data["sdp"].split("\r\n"):
            if line.startswith("a=candidate:"):
                passing = self.candidate(line[2:])
                lines += [f"a={passing}"] if passing else []
            else:
                lines.append(line)
        return {**data, "sdp": "\r\n".join(lines)}


# The process itself -----------------------------------------------------------------------------


class Way:
    """One direction between two addresses: what has been sent on it waits here for its time."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.free_at = 0.0  # when a slow line is done with what waits

    def send(self, data: bytes, deliver: Any) -> None:
        now, loop = self.network, asyncio.get_running_loop()
        conditions, time = now.conditions, loop.time()
        if random.random() < conditions.loss:
            return
        if conditions.capacity:
            begins = max(time, self.free_at)
            if (begins - time) * 1000 > QUEUE_MS:
                return
            self.free_at = begins + (len(data) + HEADERS) * 8 / (conditions.capacity * 1000)
            time = self.free_at
        delay = max(0.0, random.gauss(conditions.delay, conditions.deviation)) / 1000
        if time + delay > loop.time():
            loop.call_at(time + delay, deliver, data)
        else:
            deliver(data)


class Network:
    def __init__(self) -> None:
        self.conditions = CLEAN
        self.fronts: list[Front] = []

    async def open(self, target: Address) -> int:
        front = Front(self, target)
        loop = asyncio.get_running_loop()
        transport, _ = await loop.create_datagram_endpoint(lambda: front, ("127.0.0.1", 0))
        self.fronts.append(front)
        return int(transport.get_extra_info("sockname")[1])


class Front(asyncio.DatagramProtocol):
    """What leads to one address. Whoever sends here appears there as a port of their own."""

    def __init__(self, network: Network, target: Address) -> None:
        self.network, self.target = network, target
        self.backs: dict[Address, asyncio.Task[Back]] = {}

    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    def datagram_received(self, data: bytes, source: Address) -> None:
        if source not in self.backs:
            self.backs[source] = asyncio.create_task(self._back(source))
        back = self.backs[source]
        if back.done():
            back.result().forth(data)
        else:
            back.add_done_callback(lambda done: done.result().forth(data))

    async def _back(self, source: Address) -> Back:
        back = Back(self, source)
        loop = asyncio.get_running_loop()
        await loop.create_datagram_endpoint(lambda: back, ("127.0.0.1", 0))
        return back


class Back(asyncio.DatagramProtocol):
    def __init__(self, front: Front, source: Address) -> None:
        self.front, self.source = front, source
        self.there, self.here = Way(front.network), Way(front.network)

    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    def forth(self, data: bytes) -> None:
        self.there.send(data, lambda data: self.transport.sendto(data, self.front.target))

    def datagram_received(self, data: bytes, _target: Address) -> None:
        self.here.send(data, lambda data: self.front.transport.sendto(data, self.source))


async def main() -> None:
    network = Network()
    reader = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while line := await reader.readline():
        command = json.loads(line)
        answer: Any = True
        if "be" in command:
            network.conditions = Conditions(**command["be"])
        else:
            answer = await network.open(tuple(command["open"]))
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(main())
