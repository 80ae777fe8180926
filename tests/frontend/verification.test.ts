// The code that two players compare: the same at both ends, and none where somebody sits between.
import assert from "node:assert/strict";
import { test } from "node:test";
import { fingerprints, Verification, type Verify } from "../../frontend/jam/engine/verification";
import { settled } from "./time";

let pages = 0;
const certificate = (): string => `sha-256 ${(pages += 1)}`;

class End {
  readonly said: Verify[] = [];
  readonly verification: Verification;
  code: string | null = null;
  constructor(own: string, theirs: string, offers: boolean) {
    this.verification = new Verification(own, theirs, offers, (message) => void this.said.push(message), (code) => (this.code = code));
  }
  /** What it says next. */
  async next(): Promise<Verify | undefined> {
    await settled();
    return this.said.shift();
  }
}

/** Carries all that is said between two ends, as a channel does. */
async function talk(one: End, other: End): Promise<void> {
  one.verification.start();
  other.verification.start();
  for (let rounds = 0; rounds < 6; rounds++) {
    for (const [from, to] of [[one, other], [other, one]] as const) {
      for (let message = await from.next(); message; message = await from.next()) await to.verification.hear(message);
    }
  }
}

test("both ends have the same six digits, and again after a rebuild, whoever offers", async () => {
  const [a, b] = [certificate(), certificate()];
  const [one, other] = [new End(a, b, true), new End(b, a, false)];
  await talk(one, other);
  assert.equal(/^[0-9]{6}$/.test(one.code!), true);
  assert.equal(other.code, one.code);
  const [again, back] = [new End(a, b, false), new End(b, a, true)];
  await talk(again, back);
  assert.deepEqual([again.code, back.code], [one.code, one.code]);
  assert.deepEqual(again.said, []);
});

test("other certificates have another code", async () => {
  const codes = new Set<string>();
  for (let i = 0; i < 4; i++) {
    const [a, b] = [certificate(), certificate()];
    const [one, other] = [new End(a, b, true), new End(b, a, false)];
    await talk(one, other);
    codes.add(one.code!);
  }
  assert.equal(codes.size, 4);
});

test("whoever sits between has a code with each, and they differ", async () => {
  const [a, b, m] = [certificate(), certificate(), certificate()];
  const [ada, toAda] = [new End(a, m, true), new End(m, a, false)];
  const [toBen, ben] = [new End(m, b, true), new End(b, m, false)];
  await talk(ada, toAda);
  await talk(toBen, ben);
  assert.notEqual(ada.code, ben.code);
});

test("a number that wasn't committed to makes no code", async () => {
  const ben = new End(certificate(), certificate(), false);
  ben.verification.start();
  await ben.verification.hear({ t: "sas.commit", hash: "0".repeat(64) });
  assert.deepEqual(ben.said.map(({ t }) => t), ["sas.hello", "sas.nonce"]);
  await ben.verification.hear({ t: "sas.commit", hash: "1".repeat(64) }); // a second try
  await ben.verification.hear({ t: "sas.reveal", nonce: "2".repeat(64) });
  await ben.verification.hear({ t: "sas.reveal", nonce: "3".repeat(64) });
  assert.equal(ben.code, null);
  assert.equal(ben.said.length, 2);
});

test("who offers reveals nothing before it was answered, and takes one answer", async () => {
  const ada = new End(certificate(), certificate(), true);
  ada.verification.start();
  await ada.verification.hear({ t: "sas.nonce", nonce: "1".repeat(64) }); // before it committed
  await ada.verification.hear({ t: "sas.hello", known: false });
  await ada.verification.hear({ t: "sas.hello", known: false });
  await ada.verification.hear({ t: "sas.nonce", nonce: "no number" });
  assert.deepEqual(ada.said.map(({ t }) => t), ["sas.hello", "sas.commit"]);
  await ada.verification.hear({ t: "sas.nonce", nonce: "1".repeat(64) });
  const first = ada.code;
  await ada.verification.hear({ t: "sas.nonce", nonce: "2".repeat(64) });
  assert.equal(ada.code, first);
  assert.deepEqual(ada.said.map(({ t }) => t), ["sas.hello", "sas.commit", "sas.reveal"]);
});

test("where one end knows no code any more, both make one anew", async () => {
  const [a, b] = [certificate(), certificate()];
  const one = new End(a, b, true);
  await talk(one, new End(b, a, false));
  const again = new End(a, b, true);
  again.verification.start();
  await again.verification.hear({ t: "sas.hello", known: false });
  await again.verification.hear({ t: "sas.nonce", nonce: "1".repeat(64) });
  assert.deepEqual(again.said.map(({ t }) => t), ["sas.hello", "sas.commit", "sas.reveal"]);
  assert.equal(again.said[0]!.t === "sas.hello" && again.said[0]!.known, true);
  assert.notEqual(again.code, one.code);
});

test("certificates read the same at both ends, however a browser spells and repeats them", () => {
  const sdp = "v=0\r\na=fingerprint:SHA-256 ab:CD\r\nm=audio\r\na=fingerprint:sha-256 AB:CD\r\n";
  assert.equal(fingerprints(sdp), "sha-256 AB:CD");
  assert.equal(fingerprints("a=fingerprint:sha-256 02\na=fingerprint:sha-256 01"), "sha-256 01,sha-256 02");
  assert.equal(fingerprints("v=0\r\n"), null);
  assert.equal(fingerprints(undefined), null);
});
