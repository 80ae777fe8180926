// The head of a WAV file, to save a stem as one: 24-bit PCM as it lies in the stem's file.

export function wavHead(rate: number, channels: number, bytes: number): Uint8Array<ArrayBuffer> {
  const head = new Uint8Array(44);
  const view = new DataView(head.buffer);
  const word = (at: number, text: string): void => {
    for (let i = 0; i < 4; i += 1) head[at + i] = text.charCodeAt(i);
  };
  word(0, "RIFF");
  view.setUint32(4, 36 + bytes, true);
  word(8, "WAVE");
  word(12, "fmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true); // PCM
  view.setUint16(22, channels, true);
  view.setUint32(24, rate, true);
  view.setUint32(28, rate * channels * 3, true);
  view.setUint16(32, channels * 3, true);
  view.setUint16(34, 24, true);
  word(36, "data");
  view.setUint32(40, bytes, true);
  return head;
}
