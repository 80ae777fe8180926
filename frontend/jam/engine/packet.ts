// The bytes of one packet on the `audio` data channel. Little endian, 8 bytes of header:
//   0 kind (1 PCM, 2 Opus) · 1 channels · 2–3 packet number · 4–7 frame number of the first sample
// PCM: interleaved 16-bit samples. Opus: length of this packet (16 bit), this packet, the one before.
// Frame numbers are the sender's AudioContext frames modulo 2^32: positions survive loss and muting.

export const KIND_PCM = 1;
export const KIND_OPUS = 2;
export const HEADER = 8;
export const PCM_FRAMES = 256;
/** WebCodecs and Opus count in 48 kHz frames; 10 ms of them. */
export const OPUS_FRAMES = 480;
/** Opus in its low-delay mode looks 2.5 ms ahead: decoded sound is that much behind its packet. */
export const OPUS_LOOKAHEAD = 120;

export interface Header {
  kind: number;
  channels: number;
  number: number;
  frame: number;
}

export function readHeader(bytes: ArrayBuffer): Header | null {
  if (bytes.byteLength < HEADER) return null;
  const view = new DataView(bytes);
  const channels = view.getUint8(1);
  if (channels < 1 || channels > 2) return null;
  return {
    kind: view.getUint8(0),
    channels,
    number: view.getUint16(2, true),
    frame: view.getInt32(4, true),
  };
}

function writeHeader(view: DataView, header: Header): void {
  view.setUint8(0, header.kind);
  view.setUint8(1, header.channels);
  view.setUint16(2, header.number & 0xffff, true);
  view.setInt32(4, header.frame | 0, true);
}

/** `samples`: interleaved floats. */
export function pcmPacket(
  samples: Float32Array,
  channels: number,
  number: number,
  frame: number,
): ArrayBuffer {
  const bytes = new ArrayBuffer(HEADER + samples.length * 2);
  writeHeader(new DataView(bytes), { kind: KIND_PCM, channels, number, frame });
  const out = new Int16Array(bytes, HEADER);
  for (let i = 0; i < samples.length; i += 1) {
    out[i] = Math.round(Math.max(-1, Math.min(1, samples[i]!)) * 32767);
  }
  return bytes;
}

export function opusPacket(
  current: Uint8Array,
  previous: Uint8Array | null,
  channels: number,
  number: number,
  frame: number,
): ArrayBuffer {
  const bytes = new ArrayBuffer(HEADER + 2 + current.length + (previous?.length ?? 0));
  const view = new DataView(bytes);
  writeHeader(view, { kind: KIND_OPUS, channels, number, frame });
  view.setUint16(HEADER, current.length, true);
  const body = new Uint8Array(bytes, HEADER + 2);
  body.set(current);
  if (previous) body.set(previous, current.length);
  return bytes;
}

export function readOpus(bytes: ArrayBuffer): { current: Uint8Array; previous: Uint8Array } | null {
  if (bytes.byteLength < HEADER + 2) return null;
  const length = new DataView(bytes).getUint16(HEADER, true);
  if (HEADER + 2 + length > bytes.byteLength) return null;
  return {
    current: new Uint8Array(bytes, HEADER + 2, length),
    previous: new Uint8Array(bytes, HEADER + 2 + length),
  };
}
