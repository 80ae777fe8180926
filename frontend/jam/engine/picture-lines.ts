// The two lines of pictures in a connection: camera and screen, in this order, both ways. They are added once,
// by who makes the offers, when a picture is wanted for the first time; from then on tracks come and go in them
// without negotiation. Two offers so never cross, here as elsewhere (link.ts).
import type { PictureKind } from "./picture-choice";

export const PICTURE_KINDS: readonly PictureKind[] = ["camera", "screen"];

/** What every browser can do; with all that it can do, descriptions would be four times as long. */
const CODECS = /^video\/(vp8|h264|rtx)$/i;

function lines(pc: RTCPeerConnection): RTCRtpTransceiver[] {
  return pc.getTransceivers().filter(({ receiver }) => receiver?.track.kind === "video");
}

export function pictureLine(pc: RTCPeerConnection | null, kind: PictureKind): RTCRtpTransceiver | null {
  return pc ? (lines(pc)[PICTURE_KINDS.indexOf(kind)] ?? null) : null;
}

/** Whether both ends have agreed on the lines. */
export function hasPictureLines(pc: RTCPeerConnection): boolean {
  return lines(pc).some(({ currentDirection }) => currentDirection !== null);
}

export function addPictureLines(pc: RTCPeerConnection): void {
  for (let have = lines(pc).length; have < PICTURE_KINDS.length; have += 1) {
    narrow(pc.addTransceiver("video", { direction: "sendrecv" }));
  }
}

/** Of an offer of theirs: both ways, whoever asked for it. */
export function takePictureLines(pc: RTCPeerConnection): void {
  for (const line of lines(pc).slice(0, PICTURE_KINDS.length)) {
    line.direction = "sendrecv";
    narrow(line);
  }
}

function narrow(line: RTCRtpTransceiver): void {
  const all = RTCRtpReceiver.getCapabilities?.("video")?.codecs ?? [];
  const order = (codec: { mimeType: string }): number => (/vp8/i.test(codec.mimeType) ? 0 : 1);
  const wanted = all.filter(({ mimeType }) => CODECS.test(mimeType)).sort((a, b) => order(a) - order(b));
  try {
    if (wanted.length) line.setCodecPreferences(wanted);
  } catch {
    // a browser that goes by its own order
  }
}
