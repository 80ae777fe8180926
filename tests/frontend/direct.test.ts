// Who one is connected with directly, and what the detour through the relay costs.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Direct } from "../../frontend/jam/direct";
import type { FromServer, PeerInfo, ToServer } from "../../frontend/jam/protocol";
import { settled } from "./time";

const info = (user: string, asks: boolean): PeerInfo => ({
  peer: `peer-${user}`, user, name: user, muted: false, muted_by_host: false, recorded: false, role: "player",
  rights: null, policy: "relay", agreed: false, asks,
});
const welcome = (policy: string, direct: { known: boolean } | null): FromServer =>
  ({ t: "welcome", policy, direct, ice: [] }) as unknown as FromServer;

function room(ms: number | null = 20) {
  const sent: ToServer[] = [];
  let drawn = 0;
  const direct = new Direct((frame) => void sent.push(frame), async () => ms, () => void (drawn += 1));
  return { direct, sent, drawn: () => drawn };
}

test("nobody is asked without a relay, or where the server asks nobody", async () => {
  const { direct, drawn } = room();
  for (const frame of [welcome("all", null), welcome("relay", null)]) {
    direct.take(frame);
    assert.deepEqual(direct.strangers([info("ada", true)]), []);
  }
  await settled();
  assert.deepEqual([direct.relayed, direct.known, direct.relayMs, drawn()], [true, null, null, 0]);
});

test("strangers are asked about together, and each answer names them", () => {
  const { direct, sent } = room();
  direct.take(welcome("relay", { known: false }));
  const asked = direct.strangers([info("ada", true), info("ben", false), info("cy", true)]);
  assert.deepEqual(asked.map(({ user }) => user), ["ada", "cy"]);
  direct.answer(asked, true);
  direct.answer([], true);
  direct.choose(true);
  assert.equal(direct.known, true);
  direct.take({ t: "direct", known: false });
  assert.equal(direct.known, false);
  assert.deepEqual(sent, [
    { t: "direct.answer", users: ["ada", "cy"], yes: true },
    { t: "direct.known", on: true },
  ]);
});

test("a pair gains at most its shorter way to the relay and back", async () => {
  const { direct, drawn } = room(20);
  assert.equal(direct.gain(50), null);
  direct.take(welcome("relay", { known: true }));
  await settled();
  assert.equal(drawn(), 1);
  assert.equal(direct.gain(null), 20);
  assert.equal(direct.gain(50), 20); // theirs is 30
  assert.equal(direct.gain(28), 8); // theirs is 8
  assert.equal(direct.gain(15), 0); // measured on another moment
});
