// What a strip's menu offers, and what it sends.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Hosting } from "../../frontend/jam/hosting";
import type { FromServer, PeerInfo, ToServer, Welcome } from "../../frontend/jam/protocol";
import { itemsFor, linksFor } from "../../frontend/jam/ui/strip-menu";

const info = (peer: string, role: PeerInfo["role"] = "player"): PeerInfo => ({
  peer, user: `user-${peer}`, name: peer, muted: false, muted_by_host: false, recorded: false, role,
  rights: { chat: true, record: true, tempo: true, invite: true },
});

const NOBODYS = { user: null, until: null, yours: false };

function room(host: boolean, ...peers: PeerInfo[]): { hosting: Hosting; sent: ToServer[] } {
  const sent: ToServer[] = [];
  const hosting = new Hosting((frame) => void sent.push(frame));
  const session: Welcome["session"] = { id: "s", title: "Jam", audience: "members", host, locked: false, asks_first: false };
  const seat = { role: host ? "host" : "player", rights: { chat: true, record: true, tempo: true, invite: true }, offered: false };
  hosting.take({ t: "welcome", you: "me", peers, session, seat, turn: NOBODYS } as FromServer);
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
  assert.deepEqual(labels(hosting, info("ben", "host")).filter((label) => /Remove|Mute/.test(label)), []);
  const remove = itemsFor(hosting, info("ada")).at(-1);
  assert.equal(remove?.label, "Remove ada");
  assert.equal(remove?.confirm, "Really remove? ada stays out until you let them in again.");
  remove?.does();
  assert.deepEqual(sent, [{ t: "host.remove", user: "user-ada" }]);
});

test("what somebody is follows the frames that say so", () => {
  const { hosting } = room(true, info("ada"));
  hosting.take({ t: "peer.joined", ...info("cy") });
  hosting.take({ t: "state", ...info("cy", "host") });
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
  const { seat } = hosting;
  hosting.take({ t: "welcome", you: "me", peers: [], session, seat, turn: NOBODYS } as unknown as FromServer);
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

test("a co-host decides about players, and the host about everybody else", () => {
  const peers = [info("ada"), info("ben", "co_host"), info("cy", "host")];
  const { hosting } = room(true, ...peers);
  assert.deepEqual(labels(hosting, peers[0]!), [
    "Mute ada for everybody", "Turn the picture of ada off for everybody", "Give ada a solo of 30 seconds", "Take the chat from ada", "Don’t let ada ask to record", "Don’t let ada change the beat",
    "Make ada a co-host", "Pass the session on to ada", "Remove ada",
  ]);
  assert.deepEqual(labels(hosting, peers[1]!), [
    "Mute ben for everybody", "Turn the picture of ben off for everybody", "Give ben a solo of 30 seconds", "ben is no longer a co-host", "Pass the session on to ben", "Remove ben",
  ]);
  hosting.take({ t: "seat", ...hosting.seat, role: "co_host" });
  assert.deepEqual(labels(hosting, peers[0]!), [
    "Mute ada for everybody", "Turn the picture of ada off for everybody", "Give ada a solo of 30 seconds", "Take the chat from ada", "Don’t let ada ask to record", "Don’t let ada change the beat", "Remove ada",
  ]);
  for (const who of peers.slice(1)) {
    assert.deepEqual(labels(hosting, who), [`Give ${who.name} a solo of 30 seconds`]);
  }
});

test("rights are changed one by one, and asked for with all of them", () => {
  const { hosting, sent } = room(true, info("ada"));
  hosting.setRights(info("ada"), { chat: false });
  hosting.setCoHost(info("ada"), true);
  hosting.offer(info("ada"));
  hosting.takeOver(false);
  assert.deepEqual(sent, [
    { t: "host.rights", user: "user-ada", chat: false, record: true, tempo: true, invite: true },
    { t: "host.role", user: "user-ada", co_host: true },
    { t: "host.offer", user: "user-ada" },
    { t: "host.take", yes: false },
  ]);
});

test("a turn counts down on the session clock, and is ended by who may give it", () => {
  const ada = info("ada");
  const { hosting, sent } = room(true, ada);
  const at = (now: number | null): (number | null)[] => [hosting.turnOf(ada, now), hosting.ownTurn(now)];
  assert.deepEqual(at(0), [null, null]);
  hosting.take({ t: "turn", user: "user-ada", until: 30_000, yours: false });
  assert.deepEqual([at(null), at(0), at(29_001), at(30_000)], [[null, null], [30, null], [1, null], [null, null]]);
  const item = itemsFor(hosting, ada, 1000).find(({ label }) => label === "End the solo of ada");
  item?.does();
  assert.deepEqual(sent, [{ t: "host.turn", user: null }]);
  hosting.take({ t: "turn", user: "me", until: 5000, yours: true });
  assert.deepEqual(at(0), [null, 5]);
});

test("everybody's menu leads to the page of a person, and to the report of an account", () => {
  const settings = { people: "/@", report: "/children/report/" };
  assert.deepEqual(linksFor(settings, { ...info("ada"), name: "a/b", shown: "Ada" }), [
    { label: "Page of Ada, where you can also block them", href: "/@a%2Fb/" },
    { label: "Report Ada as a child’s account", href: "/children/report/?account=a%2Fb" },
  ]);
});

test("who may mute somebody may turn their picture off, and let them show one again", () => {
  const { hosting, sent } = room(true, info("ada"));
  assert.equal(hosting.pictureHeld(info("ada")), false);
  itemsFor(hosting, info("ada"))[1]?.does();
  hosting.take({ t: "state", ...info("ada"), picture_held: true });
  assert.equal(hosting.pictureHeld(info("ada")), true);
  assert.equal(labels(hosting, info("ada"))[1], "Let ada show a picture again");
  itemsFor(hosting, info("ada"))[1]?.does();
  assert.deepEqual(sent, [
    { t: "host.picture", user: "user-ada", held: true },
    { t: "host.picture", user: "user-ada", held: false },
  ]);
});
