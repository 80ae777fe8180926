// The bytes of one packet on the `audio` data channel. Little endian, 8 bytes of header:
//   0 kind (1 PCM, 2 Opus) · 1 channels (low half) · 2–3 packet number · 4–7 frame number of the first sample
// PCM: interleaved 16-bit samples; the high half of byte 1 says how many frames of them, at the end, are new, as
// the power of 2 (0: all), as what lies before them repeats what was sent already. Opus: how many packets follow (8 bit), the length of each (16 bit), the
// packets, the newest first; the others repeat those before it, which is what the header's frame is not of.
// Frame numbers are the sender's AudioContext frames modulo 2^32: positions survive loss and muting.

export const KIND_PCM = 1;
export const KIND_OPUS = 2;
export const HEADER = 8;
/** Opus in its low-delay mode looks 2.5 ms ahead: decoded sound is that much behind its packet. */
export const OPUS_LOOKAHEAD = 120;
const MOST_PACKETS = 8; // in one: the newest and those it repeats

export interface Header {
  kind: number;
  channels: number;
  number: number;
  frame: number;
  /** PCM: frames that weren't sent before; 0: all */
  fresh: number;
}

export function readHeader(bytes: ArrayBuffer): Header | null {
  if (bytes.byteLength < HEADER) return null;
  const view = new DataView(bytes);
  const channels = view.getUint8(1) & 15;
  const fresh = view.getUint8(1) >> 4;
  if (channels < 1 || channels > 2) return null;
  return {
    kind: view.getUint8(0),
    channels,
    number: view.getUint16(2, true),
    frame: view.getInt32(4, true),
    fresh: fresh === 0 ? 0 : 1 << fresh,
  };
}

function writeHeader(view: DataView, header: Header): void {
  view.setUint8(0, header.kind);
  view.setUint8(1, header.channels | (header.fresh === 0 ? 0 : Math.log2(header.fresh) << 4));
  view.setUint16(2, header.number & 0xffff, true);
  view.setInt32(4, header.frame | 0, true);
}

/** `samples`: interleaved floats. `fresh`: frames of them that are new, a power of 2. */
export function pcmPacket(
  samples: Float32Array,
  channels: number,
  number: number,
  frame: number,
  fresh = 0,
): ArrayBuffer {
  const bytes = new ArrayBuffer(HEADER + samples.length * 2);
  const whole = fresh * channels >= samples.length;
  writeHeader(new DataView(bytes), {
    kind: KIND_PCM, channels, number, frame, fresh: whole ? 0 : fresh,
  });
  const out = new Int16Array(bytes, HEADER);
  for (let i = 0; i < samples.length; i += 1) {
    out[i] = Math.round(Math.max(-1, Math.min(1, samples[i]!)) * 32767);
  }
  return bytes;
}

/** `packets`: the newest first, at most eight. */
export function opusPacket(
  packets: readonly Uint8Array[],
  channels: number,
  number: number,
  frame: number,
): ArrayBuffer {
  const size = packets.reduce((sum, packet) => sum + packet.length + 2, HEADER + 1);
  const bytes = new ArrayBuffer(size);
  const view = new DataView(bytes);
  writeHeader(view, { kind: KIND_OPUS, channels, number, frame, fresh: 0 });
  view.setUint8(HEADER, packets.length);
  let at = HEADER + 1 + 2 * packets.length;
  for (const [i, packet] of packets.entries()) {
    view.setUint16(HEADER + 1 + 2 * i, packet.length, true);
    new Uint8Array(bytes, at, packet.length).set(packet);
    at += packet.length;
  }
  return bytes;
}

/** The packets, the newest first; null when lengths and bytes don't agree or one is empty. */
export function readOpus(bytes: ArrayBuffer): Uint8Array[] | null {
  if (bytes.byteLength < HEADER + 3) return null;
  const view = new DataView(bytes);
  const count = view.getUint8(HEADER);
  let at = HEADER + 1 + 2 * count;
  if (count === 0 || count > MOST_PACKETS || at > bytes.byteLength) return null;
  const packets: Uint8Array[] = [];
  for (let i = 0; i < count; i += 1) {
    const length = view.getUint16(HEADER + 1 + 2 * i, true);
    if (length === 0 || at + length > bytes.byteLength) return null;
    packets.push(new Uint8Array(bytes, at, length));
    at += length;
  }
  return at === bytes.byteLength ? packets : null;
}

// Frames at 48 kHz of each of the 32 configurations of a packet's first byte (RFC 6716, section 3.1).
const SILK = [480, 960, 1920, 2880];
const HYBRID = [480, 960];
const CELT = [120, 240, 480, 960];

/** How many frames at 48 kHz an Opus packet holds; 0 for what is none. */
export function opusFrames(packet: Uint8Array): number {
  const first = packet[0];
  if (first === undefined) return 0;
  const config = first >> 3;
  const each =
    config < 12 ? SILK[config & 3]! : config < 16 ? HYBRID[config & 1]! : CELT[config & 3]!;
  const code = first & 3;
  const count = code === 0 ? 1 : code < 3 ? 2 : (packet[1] ?? 0) & 63;
  const frames = each * count;
  return frames <= 5760 ? frames : 0; // 120 ms is the most that a packet may hold
}
