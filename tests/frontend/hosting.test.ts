// What a strip's menu offers, and what it sends.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Hosting } from "../../frontend/jam/hosting";
import type { FromServer, PeerInfo, ToServer, Welcome } from "../../frontend/jam/protocol";
import { itemsFor } from "../../frontend/jam/ui/strip-menu";

const info = (peer: string, role: PeerInfo["role"] = "player"): PeerInfo => ({
  peer, user: `user-${peer}`, name: peer, muted: false, muted_by_host: false, recorded: false, role,
});

function room(host: boolean, ...peers: PeerInfo[]): { hosting: Hosting; sent: ToServer[] } {
  const sent: ToServer[] = [];
  const hosting = new Hosting((frame) => void sent.push(frame));
  const session: Welcome["session"] = { id: "s", title: "Jam", audience: "members", host, locked: false, asks_first: false };
  hosting.take({ t: "welcome", you: "me", peers, session } as FromServer);
  return { hosting, sent };
}

const labels = (hosting: Hosting, who: PeerInfo): string[] =>
  itemsFor(hosting, who).map(({ label }) => label);

test("who is no host is offered nothing that would be refused", () => {
  const { hosting } = room(false, info("ada"));
  assert.deepEqual(labels(hosting, info("ada")), []);
});

test("a host removes a player, asked once more, and never the host", () => {
  const { hosting, sent } = room(true, info("ada"), info("ben", "host"));
  assert.deepEqual(labels(hosting, info("ben", "host")), []);
  const [, remove] = itemsFor(hosting, info("ada"));
  assert.equal(remove?.label, "Remove ada");
  assert.equal(remove?.confirm, "Really remove? ada stays out until you let them in again.");
  remove?.does();
  assert.deepEqual(sent, [{ t: "host.remove", user: "user-ada" }]);
});

test("what somebody is follows the frames that say so", () => {
  const { hosting } = room(true, info("ada"));
  hosting.take({ t: "peer.joined", ...info("cy") });
  hosting.take({ t: "state", peer: "cy", muted: false, muted_by_host: false, recorded: false, role: "host" });
  assert.equal(hosting.roleOf(info("cy")), "host");
  hosting.take({ t: "peer.left", peer: "cy" });
  assert.equal(hosting.roleOf(info("cy")), "player");
});

test("the door is as the last frame says, and asked to change", () => {
  const { hosting, sent } = room(true);
  assert.deepEqual(hosting.door, { locked: false, asks_first: false });
  hosting.take({ t: "door", locked: true, asks_first: true });
  assert.deepEqual(hosting.door, { locked: true, asks_first: true });
  hosting.setDoor({ locked: false });
  assert.deepEqual(sent, [{ t: "host.door", locked: false, asks_first: true }]);
});

test("who waits is answered by name, and forgotten with the connection", () => {
  const { hosting, sent } = room(true);
  const cy = { user: "user-cy", name: "cy", since: "2026-12-01T20:00:00Z" };
  hosting.take({ t: "knocks", waiting: [cy] });
  assert.deepEqual(hosting.waiting, [cy]);
  hosting.answer(cy, true);
  hosting.answer(cy, false);
  assert.deepEqual(sent, [
    { t: "knock.answer", user: "user-cy", admit: true },
    { t: "knock.answer", user: "user-cy", admit: false },
  ]);
  const session: Welcome["session"] = {
    id: "s", title: "Jam", audience: "members", host: true, locked: false, asks_first: true,
  };
  hosting.take({ t: "welcome", you: "me", peers: [], session } as unknown as FromServer);
  assert.deepEqual(hosting.waiting, []);
});

test("a host mutes a player for everybody, and lifts it again", () => {
  const { hosting, sent } = room(true, info("ada"));
  itemsFor(hosting, info("ada"))[0]?.does();
  hosting.take({ t: "state", ...info("ada"), muted_by_host: true });
  assert.equal(labels(hosting, info("ada"))[0], "Lift the mute of ada");
  itemsFor(hosting, info("ada"))[0]?.does();
  assert.deepEqual(sent, [
    { t: "host.mute", user: "user-ada", muted: true },
    { t: "host.mute", user: "user-ada", muted: false },
  ]);
});

test("nothing is played of whom a host muted, also where their own client says something else", () => {
  const { hosting } = room(false, info("ada"), info("ben"));
  const players = [
    { info: info("ada"), strip: { held: false } },
    { info: info("ben"), strip: { held: false } },
  ];
  const held = (): boolean[] => {
    hosting.silence(players);
    return players.map(({ strip }) => strip.held);
  };
  assert.deepEqual(held(), [false, false]);
  hosting.take({ t: "state", ...info("ada"), muted: false, muted_by_host: true });
  assert.deepEqual(held(), [true, false]);
  players[0]!.strip.held = false; // whoever reconnects gets a new strip
  assert.deepEqual(held(), [true, false]);
  hosting.take({ t: "state", ...info("ada") });
  assert.deepEqual(held(), [false, false]);
});
