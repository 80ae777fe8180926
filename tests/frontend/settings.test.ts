// What the room's element was given, what the tab remembers, and what an input is asked for.
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  PLAIN_INPUT, amplitude, channelsOf, deviceAdvice, inputProblem, isTooLoud, openInput,
} from "../../frontend/jam/engine/input";
import { type Listening, TabMemory, readSettings } from "../../frontend/jam/settings";

const scope = globalThis as Record<string, unknown>;
const place = { href: "https://jam.example/rooms/1/", search: "" };
const kept = new Map<string, string>();
scope["location"] = place;
scope["sessionStorage"] = {
  getItem: (key: string) => kept.get(key) ?? null,
  setItem: (key: string, value: string) => kept.set(key, value),
  removeItem: (key: string) => kept.delete(key),
};

const settings = (dataset: Record<string, string>) => readSettings({ dataset } as unknown as HTMLElement);

test("a socket is given as a path or as a whole address, secure as the page is", () => {
  assert.equal(settings({ socket: "/ws/jam/1/" }).socket, "wss://jam.example/ws/jam/1/");
  assert.equal(settings({ socket: "https://live.example/ws/" }).socket, "wss://live.example/ws/");
  assert.equal(settings({ socket: "wss://live.example/ws/" }).socket, "wss://live.example/ws/");
  place.href = "http://127.0.0.1:8000/rooms/1/";
  assert.equal(settings({ socket: "/ws/jam/1/" }).socket, "ws://127.0.0.1:8000/ws/jam/1/");
  place.href = "https://jam.example/rooms/1/";
});

test("an engine and a policy are taken from the known ones alone", () => {
  const forced = (search: string) => {
    place.search = search;
    return settings({}).forced;
  };
  assert.deepEqual(
    ["", "?engine=pcm", "?engine=opus", "?engine=webrtc", "?engine=mp3", "?other=pcm"].map(forced),
    [null, "pcm", "opus", "webrtc", null, null],
  );
  assert.deepEqual(
    ["relay", "all", "none", ""].map((policy) => settings({ policy }).policy), ["relay", "all", null, null],
  );
});

test("what was not given has its usual place", () => {
  const { stems, leave, csrfCookie, name } = settings({});
  assert.deepEqual([stems, leave, csrfCookie, name], ["/api/v1/stems/", "/", "csrftoken", ""]);
});

test("a tab remembers how it came into each room, and forgets it", () => {
  kept.clear();
  const [one, two] = [new TabMemory("1"), new TabMemory("2")];
  assert.equal(one.joined, null);
  one.joined = "listen";
  one.muted = true;
  assert.deepEqual([one.joined, two.joined], ["listen", null]);
  assert.deepEqual([one.muted, two.muted], [true, false]);
  one.muted = false;
  one.joined = null;
  assert.deepEqual([one.joined, one.muted], [null, false]);
  kept.set("jam-room:1", "dancing");
  assert.equal(one.joined, null);
});

test("the input is remembered for all rooms, and what can't be read is the default", () => {
  kept.clear();
  const choice = { deviceId: "usb", stereo: true, gain: -6, output: "phones" };
  new TabMemory("1").input = choice;
  assert.deepEqual(new TabMemory("2").input, choice);
  for (const odd of ["{", "{}", '{"stereo": "yes"}', '{"gain": "loud"}']) {
    kept.set("jam-input", odd);
    assert.deepEqual(new TabMemory("1").input, { deviceId: null, stereo: false, gain: 0, output: null });
  }
  kept.set("jam-input", '{"gain": 400}');
  assert.equal(new TabMemory("1").input.gain, 20);
});

test("how one hears whom is remembered for each room", () => {
  kept.clear();
  const mix = { volume: 0.5, pan: -1, muted: false, solo: true };
  new TabMemory("1").mixes = { ada: mix };
  const chosen: Listening = {
    volume: 1.5, buffering: "stable", clicks: 0, monitor: 0.5, match: true, reverb: 0.25, lowCut: true,
  };
  new TabMemory("1").listening = chosen;
  assert.deepEqual(new TabMemory("1").mixes, { ada: mix });
  assert.deepEqual(new TabMemory("2").mixes, {});
  assert.deepEqual(new TabMemory("1").listening, chosen);
  assert.deepEqual(new TabMemory("2").listening, {
    volume: 1, buffering: "balanced", clicks: 0.8, monitor: 0, match: false, reverb: 0, lowCut: false,
  });
  kept.set("jam-room:1:mix", "{");
  assert.deepEqual(new TabMemory("1").mixes, {});
});

// ---- the input ---------------------------------------------------------------------------------------

test("an input is opened as the instrument gives it, without the voice processing of calls", async () => {
  const asked: unknown[] = [];
  Object.defineProperty(globalThis, "navigator", {
    value: { mediaDevices: { getUserMedia: async (wish: unknown) => asked.push(wish) } }, configurable: true,
  });
  await openInput(PLAIN_INPUT);
  await openInput({ ...PLAIN_INPUT, deviceId: "usb", stereo: true });
  const plain = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
  assert.deepEqual(asked, [
    { audio: { ...plain, channelCount: { ideal: 1 } } },
    { audio: { ...plain, channelCount: { ideal: 2 }, deviceId: { exact: "usb" } } },
  ]);
});

test("it is stereo where the player wants it and the track has it", () => {
  const stream = (channelCount?: number) =>
    ({ getAudioTracks: () => [{ getSettings: () => ({ channelCount }) }] }) as unknown as MediaStream;
  const wish = (stereo: boolean) => ({ ...PLAIN_INPUT, stereo });
  assert.equal(channelsOf(stream(2), wish(true)), 2);
  assert.equal(channelsOf(stream(2), wish(false)), 1);
  assert.equal(channelsOf(stream(1), wish(true)), 1);
  assert.equal(channelsOf(stream(), wish(true)), 1);
  assert.equal(channelsOf({ getAudioTracks: () => [] } as unknown as MediaStream, wish(true)), 1);
});

test("names of devices tell of Bluetooth and of loudspeakers", () => {
  assert.equal(deviceAdvice("AirPods Pro", "System default"), "bluetooth");
  assert.equal(deviceAdvice("Scarlett 2i2 USB", "WH-1000XM4 Hands-Free AG Audio"), "bluetooth");
  assert.equal(deviceAdvice("Scarlett 2i2 USB", "MacBook Pro Speakers"), "speakers");
  assert.equal(deviceAdvice("Mikrofon", "Kopfhörer/Lautsprecher (Realtek)"), null);
  assert.equal(deviceAdvice("Scarlett 2i2 USB", "Headphones (Scarlett)"), null);
  assert.equal(deviceAdvice("System default", "System default"), null);
});

test("decibels are amplitudes, and the top of the scale is too loud", () => {
  assert.deepEqual([amplitude(0), Math.round(amplitude(20))], [1, 10]);
  assert.ok(Math.abs(amplitude(-6) - 0.501) < 0.001);
  assert.deepEqual([0.98, 0.985, 1.2].map((peak) => isTooLoud({ peak })), [false, true, true]);
});

test("each way in which an input fails has a word of its own", () => {
  const problem = (name: string): string => inputProblem(new DOMException("", name));
  assert.deepEqual(["NotAllowedError", "SecurityError"].map(problem), ["denied", "denied"]);
  assert.deepEqual(["NotFoundError", "OverconstrainedError"].map(problem), ["missing", "missing"]);
  assert.deepEqual(["NotReadableError", "AbortError"].map(problem), ["busy", "busy"]);
  assert.equal(problem("Odd"), "failed");
  assert.equal(inputProblem(new Error("NotAllowedError")), "failed");
});
