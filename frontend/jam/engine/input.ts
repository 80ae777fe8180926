// The player's own input: as the instrument gives it, without the voice processing of calls.

export interface InputChoice {
  deviceId: string | null;
  stereo: boolean;
  /** how much louder the input is taken, dB */
  gain: number;
  /** where the sound of the room goes; null: where the system sends it */
  output: string | null;
}

export const PLAIN_INPUT: InputChoice = { deviceId: null, stereo: false, gain: 0, output: null };
export const MOST_GAIN = 20;

export const amplitude = (decibels: number): number => 10 ** (decibels / 20);

export async function openInput(choice: InputChoice): Promise<MediaStream> {
  return navigator.mediaDevices.getUserMedia({
    audio: {
      echoCancellation: false,
      noiseSuppression: false,
      autoGainControl: false,
      channelCount: { ideal: choice.stereo ? 2 : 1 },
      ...(choice.deviceId ? { deviceId: { exact: choice.deviceId } } : {}),
    },
  });
}

export async function listDevices(kind: "audioinput" | "audiooutput"): Promise<MediaDeviceInfo[]> {
  const devices = await navigator.mediaDevices.enumerateDevices();
  return devices.filter((device) => device.kind === kind);
}

/** Whether this browser lets a page choose where its sound goes. */
export function choosesOutput(): boolean {
  return typeof AudioContext !== "undefined" && "setSinkId" in AudioContext.prototype;
}

const BLUETOOTH = /bluetooth|airpods|buds\b|hands-?free|\bBT\b|A2DP|HFP/i;
const SPEAKERS = /speaker|lautsprecher|haut-?parleur|altavo|hdmi|display|monitor|soundbar/i;

/** What the names of the devices tell of trouble to come; a key of the words. */
export function deviceAdvice(input: string, output: string): "bluetooth" | "speakers" | null {
  if (BLUETOOTH.test(input) || BLUETOOTH.test(output)) return "bluetooth";
  return SPEAKERS.test(output) && !/head(phones|set)|kopfh/i.test(output) ? "speakers" : null;
}

const CLIPS = 0.985; // converters flatten a little below full scale

/** Whether an input's level is at the top of what it can hold. */
export const isTooLoud = (level: { peak: number }): boolean => level.peak >= CLIPS;

/** Channels of the open track, as far as the player wants them. */
export function channelsOf(stream: MediaStream, choice: InputChoice): 1 | 2 {
  const settings = stream.getAudioTracks()[0]?.getSettings();
  return choice.stereo && (settings?.channelCount ?? 1) > 1 ? 2 : 1;
}

/** What can be done about a refused or failing input; a key of the words. */
export function inputProblem(problem: unknown): "denied" | "missing" | "busy" | "failed" {
  const name = problem instanceof DOMException ? problem.name : "";
  if (name === "NotAllowedError" || name === "SecurityError") return "denied";
  if (name === "NotFoundError" || name === "OverconstrainedError") return "missing";
  if (name === "NotReadableError" || name === "AbortError") return "busy";
  return "failed";
}
