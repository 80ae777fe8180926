// Plain WebRTC audio for music: what the offer asks of the other browser's Opus.
import assert from "node:assert/strict";
import { test } from "node:test";
import { musicSdp } from "../../frontend/jam/engine/sdp";

const MUSIC = "minptime=10;stereo=1;sprop-stereo=1;maxaveragebitrate=256000;useinbandfec=1;usedtx=0";
const sdp = (...lines: string[]): string => [...lines, ""].join("\r\n");

test("Opus for speech becomes Opus for music, and nothing else changes", () => {
  const before = sdp(
    "v=0",
    "m=audio 9 UDP/TLS/RTP/SAVPF 111 63 9",
    "a=rtpmap:111 opus/48000/2",
    "a=rtcp-fb:111 transport-cc",
    "a=fmtp:111 minptime=10;useinbandfec=1",
    "a=rtpmap:63 red/48000/2",
    "a=fmtp:63 111/111",
    "a=rtpmap:9 G722/8000",
  );
  const after = sdp(
    "v=0",
    "m=audio 9 UDP/TLS/RTP/SAVPF 111 63 9",
    "a=rtpmap:111 opus/48000/2",
    "a=ptime:10",
    "a=maxptime:10",
    "a=rtcp-fb:111 transport-cc",
    `a=fmtp:111 ${MUSIC}`,
    "a=rtpmap:63 red/48000/2",
    "a=fmtp:63 111/111",
    "a=rtpmap:9 G722/8000",
  );
  assert.equal(musicSdp(before), after);
});

test("where Opus has no parameters yet, they come right behind its name", () => {
  const before = sdp("m=audio 9 UDP/TLS/RTP/SAVPF 109", "a=rtpmap:109 opus/48000/2", "a=mid:0");
  const after = sdp(
    "m=audio 9 UDP/TLS/RTP/SAVPF 109",
    "a=rtpmap:109 opus/48000/2",
    "a=ptime:10",
    "a=maxptime:10",
    `a=fmtp:109 ${MUSIC}`,
    "a=mid:0",
  );
  assert.equal(musicSdp(before), after);
});

test("other packet lengths give way", () => {
  const before = sdp("a=rtpmap:111 opus/48000/2", "a=ptime:20", "a=maxptime:60");
  const after = sdp("a=rtpmap:111 opus/48000/2", "a=ptime:10", "a=maxptime:10", `a=fmtp:111 ${MUSIC}`);
  assert.equal(musicSdp(before), after);
});

test("doing it twice is doing it once", () => {
  const once = musicSdp(sdp("a=rtpmap:111 opus/48000/2", "a=fmtp:111 minptime=10", "a=mid:0"));
  assert.equal(musicSdp(once), once);
});

test("the name of the codec may be written in capitals", () => {
  const after = sdp("a=rtpmap:96 OPUS/48000/2", "a=ptime:10", "a=maxptime:10", `a=fmtp:96 ${MUSIC}`);
  assert.equal(musicSdp(sdp("a=rtpmap:96 OPUS/48000/2", "a=fmtp:96 stereo=0")), after);
});

test("a number that begins alike is another codec", () => {
  const before = sdp("a=rtpmap:11 opus/48000/2", "a=rtpmap:111 telephone-event/48000", "a=fmtp:111 0-15");
  const after = sdp(
    "a=rtpmap:11 opus/48000/2", "a=ptime:10", "a=maxptime:10", `a=fmtp:11 ${MUSIC}`,
    "a=rtpmap:111 telephone-event/48000", "a=fmtp:111 0-15",
  );
  assert.equal(musicSdp(before), after);
});

test("without Opus the text stays as it is", () => {
  const data = sdp("v=0", "m=application 9 UDP/DTLS/SCTP webrtc-datachannel", "a=ptime:20");
  assert.equal(musicSdp(data), data);
  assert.equal(musicSdp(""), "");
});
