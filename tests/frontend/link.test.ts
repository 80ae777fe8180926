// The connection to one other player: offers never cross, what is lost is mended, old turns are ignored.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Link, type LinkSetup, type Signal } from "../../frontend/jam/engine/link";
import { Time, settled } from "./time";

const time = new Time();
console.warn = () => undefined; // negotiation that fails says so

class Channel {
  readyState = "connecting";
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  readonly sent: unknown[] = [];
  constructor(
    readonly label: string,
    readonly options: unknown,
  ) {}
  send(text: string): void {
    this.sent.push(JSON.parse(text));
  }
  opens(): void {
    this.readyState = "open";
    this.onopen?.();
  }
  says(message: unknown): void {
    this.onmessage!({ data: JSON.stringify(message) });
  }
}

class Connection {
  static made: Connection[] = [];
  static refusesEdited = false;
  connectionState = "new";
  signalingState = "stable";
  remoteDescription: unknown = null;
  closed = false;
  readonly channels: Channel[] = [];
  readonly done: string[] = [];
  onconnectionstatechange: (() => void) | null = null;
  onicecandidate: ((event: { candidate: unknown }) => void) | null = null;
  ontrack: ((event: unknown) => void) | null = null;
  readonly transceiver = {
    receiver: { track: { kind: "audio" } },
    direction: "recvonly",
    sender: { replaceTrack: async (track: unknown) => void this.done.push(`track ${String(track)}`) },
  };
  constructor(readonly setup: unknown) {
    Connection.made.push(this);
  }
  createDataChannel(label: string, options: unknown): Channel {
    const channel = new Channel(label, options);
    this.channels.push(channel);
    return channel;
  }
  readonly pictures: { receiver: { track: { kind: string } }; direction: string; currentDirection: string | null }[] = [];
  /** Lines for pictures that came with an offer, or were asked for here. */
  line(direction: string) {
    const made = { receiver: { track: { kind: "video" } }, direction, currentDirection: null };
    this.pictures.push(made);
    return made;
  }
  addTransceiver(what: unknown, { direction }: { direction: string }): unknown {
    this.done.push(`transceiver ${String(what)}`);
    return what === "video" ? this.line(direction) : this.transceiver;
  }
  getTransceivers() {
    return [this.transceiver, ...this.pictures];
  }
  async createOffer({ iceRestart }: { iceRestart: boolean }) {
    return { type: "offer", sdp: `a=rtpmap:111 opus/48000/2\r\n${iceRestart ? "again" : "offer"}` };
  }
  async createAnswer() {
    return { type: "answer", sdp: "answer" };
  }
  async setLocalDescription({ type, sdp }: { type: string; sdp: string }): Promise<void> {
    if (Connection.refusesEdited && sdp.includes("ptime")) throw new Error("no");
    if (type === "offer" && this.connectionState === "connected") this.signalingState = "have-local-offer";
    this.done.push(`local ${type}${sdp.includes("ptime") ? " edited" : ""}`);
  }
  async setRemoteDescription(description: { type: string; sdp: string }): Promise<void> {
    if (description.sdp === "broken") throw new Error("broken");
    this.remoteDescription = description;
    if (description.type === "answer") {
      this.signalingState = "stable";
      for (const one of this.pictures) one.currentDirection = one.direction;
    }
    this.done.push(`remote ${description.type}`);
  }
  async addIceCandidate(candidate: { candidate: string }): Promise<void> {
    this.done.push(`candidate ${candidate.candidate}`);
  }
  readonly configured: unknown[] = [];
  setConfiguration(configuration: unknown): void {
    this.configured.push(configuration);
  }
  close(): void {
    this.closed = true;
  }
  becomes(state: string): void {
    this.connectionState = state;
    this.onconnectionstatechange?.();
  }
}

(globalThis as Record<string, unknown>)["RTCPeerConnection"] = Connection;
(globalThis as Record<string, unknown>)["RTCRtpReceiver"] = {};
const newest = (): Connection => Connection.made.at(-1)!;

const caps = { sab: true, dataChannel: true, opus: true };

let before: Link | null = null;

async function link(setup: Partial<LinkSetup> = {}) {
  before?.close();
  Connection.made = [];
  Connection.refusesEdited = false;
  const signals: Signal[] = [];
  const states: string[] = [];
  const audio: unknown[] = [];
  const losses: number[] = [];
  const trips: number[] = [];
  const sounds: unknown[] = [];
  const made = new Link(
    { offers: true, engine: "data", caps, ice: [], policy: "all", track: () => "mic" as never, ...setup },
    {
      signal: (data) => signals.push(data),
      state: (state) => states.push(state),
      channels: (live) => audio.push(live),
      aside: () => undefined,
      remoteTrack: (stream) => sounds.push(stream),
      report: (loss) => losses.push(loss),
      trip: (ms) => trips.push(ms),
    },
  );
  before = made;
  await settled();
  const kinds = (): string[] => signals.map(({ k, turn }) => `${k} ${turn}`);
  const take = async (signal: Signal): Promise<void> => {
    made.take(signal);
    await settled();
  };
  return { made, signals, states, audio, losses, trips, sounds, kinds, take };
}

const ice = (turn: number, name: string): Signal => ({ k: "ice", turn, candidate: { candidate: name } });
const offer = (turn: number, engine: "data" | "webrtc" = "data", sdp = "theirs"): Signal =>
  ({ k: "offer", turn, sdp, engine, caps });

test("who came later offers, the other one waits", async () => {
  const later = await link();
  assert.deepEqual(later.kinds(), ["offer 1"]);
  const first = await link({ offers: false });
  assert.deepEqual(first.kinds(), []);
  await first.take(offer(1));
  assert.deepEqual(first.kinds(), ["answer 1"]);
  assert.deepEqual(newest().done, ["remote offer", "local answer"]);
});

test("channels are agreed by number; live sound is neither ordered nor sent again, an interval's is", async () => {
  await link();
  assert.deepEqual(newest().channels.map(({ label, options }) => [label, options]), [
    ["audio", { negotiated: true, id: 0, ordered: false, maxRetransmits: 0 }],
    ["ctl", { negotiated: true, id: 1 }],
    ["interval", { negotiated: true, id: 2, ordered: false }],
  ]);
  assert.deepEqual(newest().setup, { iceServers: [], iceTransportPolicy: "all", bundlePolicy: "max-bundle" });
});

test("candidates that come before the answer wait for it", async () => {
  const { take } = await link();
  await take(ice(1, "early"));
  await take({ k: "answer", turn: 1, sdp: "theirs" });
  await take(ice(1, "late"));
  assert.deepEqual(newest().done, ["local offer", "remote answer", "candidate early", "candidate late"]);
});

test("what belongs to an older turn is ignored", async () => {
  const { take } = await link();
  await take({ k: "answer", turn: 0, sdp: "old" });
  await take(ice(2, "of the future"));
  assert.deepEqual(newest().done, ["local offer"]);
});

test("our candidates carry the turn that they are of", async () => {
  const { signals } = await link();
  const first = newest();
  first.onicecandidate!({ candidate: { toJSON: () => ({ candidate: "a" }) } });
  first.onicecandidate!({ candidate: null });
  assert.deepEqual(signals.slice(1), [ice(1, "a")]);
});

test("an offer of a new turn is answered by a new connection, one of the same turn by the old", async () => {
  const { take, kinds } = await link({ offers: false });
  await take(offer(1));
  const first = newest();
  await take(offer(1));
  assert.equal(newest(), first);
  await take(offer(2));
  assert.equal(Connection.made.length, 2);
  assert.equal(first.closed, true);
  assert.deepEqual(kinds(), ["answer 1", "answer 1", "answer 2"]);
});

test("who can't do data channels refuses, and the offer comes again as plain WebRTC", async () => {
  const plain = await link({ offers: false, engine: "webrtc" });
  await plain.take(offer(1));
  assert.deepEqual(plain.signals, [{ k: "refuse", turn: 1, engine: "webrtc" }]);
  assert.equal(Connection.made.length, 0);
  const offering = await link();
  await offering.take({ k: "refuse", turn: 1, engine: "webrtc" });
  assert.equal(offering.made.engine, "webrtc");
  assert.deepEqual(offering.kinds(), ["offer 1", "offer 2"]);
  assert.deepEqual(newest().channels.map(({ label }) => label), ["ctl"]);
  assert.deepEqual(newest().done, ["transceiver mic", "local offer edited"]);
});

test("a browser that refuses edited words gets the plain ones", async () => {
  Connection.refusesEdited = true;
  const { take } = await link();
  Connection.refusesEdited = true;
  await take({ k: "refuse", turn: 1, engine: "webrtc" });
  assert.deepEqual(newest().done, ["transceiver mic", "local offer"]);
});

test("a plain connection's answer carries our own track", async () => {
  const { take, made } = await link({ offers: false });
  await take(offer(1, "webrtc"));
  assert.equal(newest().transceiver.direction, "sendrecv");
  await made.retrack();
  assert.deepEqual(newest().done, ["remote offer", "track mic", "local answer", "track mic"]);
});

// ---- direct or through the relay -----------------------------------------------------------------------

const policies = (): unknown[] =>
  Connection.made.map(({ setup }) => (setup as { iceTransportPolicy: string }).iceTransportPolicy);

test("who may not be direct any more ends the old connection at once, and offers through the relay", async () => {
  const { made, kinds, states } = await link();
  newest().becomes("connected");
  const direct = newest();
  made.repath("relay");
  assert.equal(direct.closed, true);
  made.repath("relay"); // said twice
  await settled();
  assert.deepEqual([kinds(), policies()], [["offer 1", "offer 2"], ["all", "relay"]]);
  assert.deepEqual(states, ["open", "connecting"]);
  made.repath("all");
  await settled();
  assert.deepEqual(policies(), ["all", "relay", "all"]);
});

test("who doesn't offer ends it too, and asks for an offer, though the other end is content", async () => {
  const { made, signals, take } = await link({ offers: false });
  await take(offer(3));
  newest().becomes("connected");
  made.repath("relay");
  await settled();
  assert.equal(newest().closed, true);
  assert.deepEqual(signals.at(-1), { k: "again", turn: 3, anew: true });
  await take(offer(4));
  assert.deepEqual(policies(), ["all", "relay"]);
  const offering = await link();
  newest().becomes("connected");
  await offering.take({ k: "again", turn: 0, anew: true }); // of a connection that is no more
  assert.deepEqual(offering.kinds(), ["offer 1"]);
  await offering.take({ k: "again", turn: 1, anew: true });
  assert.deepEqual(offering.kinds(), ["offer 1", "offer 2"]);
});

test("an offer says its path, and the relay holds for both if either end says so", async () => {
  const offering = await link({ policy: "relay" });
  assert.equal(offering.signals[0]!.k === "offer" && offering.signals[0]!.policy, "relay");
  const { take, made, kinds } = await link({ offers: false });
  await take({ ...offer(1), policy: "relay" } as Signal);
  assert.deepEqual(policies(), ["relay"]);
  made.repath("relay"); // the server's word comes later: it is so already
  await settled();
  assert.deepEqual(kinds(), ["answer 1"]);
  const wary = await link({ offers: false, policy: "relay" });
  await wary.take({ ...offer(1), policy: "all" } as Signal);
  assert.deepEqual(policies(), ["relay"]);
});

test("fresh credentials go into the connection that there is, and into the next", async () => {
  const { made } = await link();
  const fresh = [{ urls: "turn:relay.example", username: "2:x", credential: "y" }];
  made.ice = fresh;
  assert.deepEqual(newest().configured, [{ iceServers: fresh, iceTransportPolicy: "all", bundlePolicy: "max-bundle" }]);
  newest().becomes("failed");
  await time.pass(300);
  await settled();
  assert.deepEqual((newest().setup as { iceServers: unknown }).iceServers, fresh);
});

// ---- pictures ------------------------------------------------------------------------------------------

test("who offers asks once for two lines of pictures, in the connection that stands", async () => {
  const { made, take, kinds } = await link();
  made.openPictures(); // not connected yet
  await settled();
  assert.deepEqual(kinds(), ["offer 1"]);
  await take({ k: "answer", turn: 1, sdp: "theirs" });
  newest().becomes("connected");
  time.now += 10;
  made.openPictures();
  made.openPictures();
  await settled();
  assert.deepEqual(kinds(), ["offer 1", "offer 1"]);
  assert.deepEqual(newest().pictures.map(({ direction }) => direction), ["sendrecv", "sendrecv"]);
  await take({ k: "answer", turn: 1, sdp: "theirs" });
  await time.pass(60_000);
  made.openPictures();
  await settled();
  assert.deepEqual([kinds(), Connection.made.length], [["offer 1", "offer 1"], 1]);
});

test("an offer of pictures that got lost is made again, and of two answers the first counts", async () => {
  const { made, take, kinds } = await link();
  await take({ k: "answer", turn: 1, sdp: "theirs" });
  newest().becomes("connected");
  time.now += 10;
  for (let i = 0; i < 14; i += 1) {
    made.openPictures();
    await time.pass(500);
  }
  assert.deepEqual(kinds(), ["offer 1", "offer 1", "offer 1"]);
  assert.equal(newest().pictures.length, 2);
  newest().done.length = 0;
  await take({ k: "answer", turn: 1, sdp: "theirs" });
  await take({ k: "answer", turn: 1, sdp: "theirs" });
  assert.deepEqual(newest().done, ["remote answer"]);
  assert.equal(made.state, "open");
});

test("who doesn't offer waits for one, and takes the lines both ways", async () => {
  const { made, take, kinds } = await link({ offers: false });
  await take(offer(1));
  newest().becomes("connected");
  made.openPictures();
  await settled();
  assert.deepEqual(kinds(), ["answer 1"]);
  newest().line("recvonly");
  newest().line("recvonly");
  newest().line("recvonly"); // more than there are kinds of pictures
  await take(offer(1));
  assert.deepEqual(kinds(), ["answer 1", "answer 1"]);
  assert.deepEqual(newest().pictures.map(({ direction }) => direction), ["sendrecv", "sendrecv", "recvonly"]);
});

test("a picture is not taken for the sound of plain WebRTC", async () => {
  const { take, sounds } = await link({ offers: false });
  await take(offer(1, "webrtc"));
  (globalThis as Record<string, unknown>)["MediaStream"] = class {};
  newest().ontrack!({ track: { kind: "video" }, receiver: {} });
  assert.equal(sounds.length, 0);
  newest().ontrack!({ track: { kind: "audio" }, receiver: {} });
  assert.equal(sounds.length, 1);
});

// ---- staying connected ---------------------------------------------------------------------------------

test("it is open when the connection is, and lost when that is", async () => {
  const { states } = await link();
  newest().becomes("connected");
  newest().becomes("disconnected");
  newest().becomes("connected");
  newest().becomes("failed");
  assert.deepEqual(states, ["open", "lost", "open", "lost"]);
});

test("a connection that is lost for three seconds looks for fresh paths first", async () => {
  const { kinds, signals } = await link();
  newest().becomes("connected");
  newest().becomes("disconnected");
  await time.pass(2999);
  assert.deepEqual(kinds(), ["offer 1"]);
  await time.pass(1);
  await settled();
  assert.deepEqual(kinds(), ["offer 1", "offer 1"]);
  assert.equal(signals[1]!.k === "offer" && signals[1]!.sdp.endsWith("again"), true);
  assert.equal(Connection.made.length, 1);
});

test("one that failed is made anew after 0.3 s, then 0.6, up to ten", async () => {
  await link();
  const waits: number[] = [];
  for (let i = 0; i < 7; i += 1) {
    const before = Connection.made.length;
    newest().becomes("failed");
    const from = time.now;
    while (Connection.made.length === before) await time.pass(100);
    waits.push(time.now - from);
  }
  assert.deepEqual(waits, [300, 600, 1200, 2400, 4800, 9600, 10_000]);
});

test("one that never comes to be is made anew after twelve seconds", async () => {
  const { kinds } = await link();
  await time.pass(11_999);
  assert.deepEqual(kinds(), ["offer 1"]);
  await time.pass(1);
  await settled();
  assert.deepEqual(kinds(), ["offer 1", "offer 2"]);
});

test("an open connection is left alone", async () => {
  const { kinds } = await link();
  newest().becomes("disconnected");
  newest().becomes("connected");
  await time.pass(60_000);
  assert.deepEqual(kinds(), ["offer 1"]);
});

test("who does not offer asks for an offer", async () => {
  const { kinds, take } = await link({ offers: false });
  await take(offer(4));
  newest().becomes("failed");
  await time.pass(300);
  assert.deepEqual(kinds(), ["answer 4", "again 4"]);
  const offering = await link();
  await offering.take({ k: "again", turn: 1 });
  assert.deepEqual(offering.kinds(), ["offer 1", "offer 2"]);
  newest().becomes("connected");
  await offering.take({ k: "again", turn: 2 });
  assert.deepEqual(offering.kinds(), ["offer 1", "offer 2"]);
});

test("negotiation that fails is tried again three seconds later", async () => {
  const { kinds, take } = await link();
  await take({ k: "answer", turn: 1, sdp: "broken" });
  await time.pass(3000);
  await settled();
  assert.deepEqual(kinds(), ["offer 1", "offer 2"]);
});

test("the end of a connection that was replaced changes nothing", async () => {
  const { states, take } = await link({ offers: false });
  await take(offer(1));
  const old = newest();
  const late = old.onconnectionstatechange!;
  await take(offer(2));
  newest().becomes("connected");
  old.connectionState = "failed";
  late();
  assert.deepEqual(states, ["open"]);
});

// ---- ctl -----------------------------------------------------------------------------------------------

test("round trips are measured four times a second: the median of the last 20, and the least", async () => {
  const { made, trips } = await link();
  const [, ctl] = newest().channels;
  assert.equal(made.roundTripMs, null);
  assert.equal(made.leastTripMs, null);
  ctl!.opens();
  await time.pass(1000);
  assert.equal(ctl!.sent.length, 5);
  const said = [200, 200, ...Array.from({ length: 19 }, (_, i) => 19 - i), 90];
  for (const ms of said) ctl!.says({ t: "pong", at: time.now - ms });
  assert.equal(made.roundTripMs, 11); // of 19 … 1 and 90
  assert.equal(made.leastTripMs, 1);
  assert.deepEqual(trips, said);
  made.close();
});

test("a ping is answered with its own time, and a report is passed on", async () => {
  const { made, losses } = await link();
  const [, ctl] = newest().channels;
  made.sendReport(0.5, true);
  ctl!.readyState = "open";
  ctl!.says({ t: "ping", at: 12.5 });
  ctl!.says({ t: "report", loss: 0.25 });
  made.sendReport(0.125, true);
  assert.deepEqual(ctl!.sent, [{ t: "pong", at: 12.5 }, { t: "report", loss: 0.125, hears: true, missing: 0 }]);
  assert.deepEqual(losses, [0.25]);
  made.close();
});

test("once closed, nothing happens any more", async () => {
  const { made, states, kinds, take } = await link();
  const before = time.timers;
  made.close();
  assert.equal(time.timers, before - 2); // patience and pings
  await take(offer(2));
  await time.pass(60_000);
  assert.deepEqual(kinds(), ["offer 1"]);
  assert.deepEqual(states, ["closed"]);
  assert.equal(newest().closed, true);
});

test("what isn't ours on the channel says nothing and breaks nothing", async () => {
  const { made, losses, trips } = await link();
  const [, ctl] = newest().channels;
  ctl!.readyState = "open";
  const raw = ctl as unknown as { onmessage(event: { data: unknown }): void };
  for (const data of ["null", "7", "{", "[]", `"${"x".repeat(3000)}"`, new ArrayBuffer(4)]) raw.onmessage({ data });
  ctl!.says({ t: "pong" });
  ctl!.says({ t: "pong", at: -1e9 });
  ctl!.says({ t: "pong", at: 1e12 });
  ctl!.says({ t: "report", loss: "all" });
  ctl!.says({ t: "report", loss: 7 });
  assert.deepEqual([trips, made.roundTripMs, losses], [[], null, [0, 1]]);
  made.close();
});
