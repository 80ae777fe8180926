// The player's own input: as the instrument gives it, without the voice processing of calls.

export interface InputChoice {
  deviceId: string | null;
  stereo: boolean;
}

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

export async function listInputs(): Promise<MediaDeviceInfo[]> {
  const devices = await navigator.mediaDevices.enumerateDevices();
  return devices.filter((device) => device.kind === "audioinput");
}

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
