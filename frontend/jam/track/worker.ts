// The thread that holds a track's sound and renders pieces of it, so that neither page nor sound waits.
import { render, type Piece, type Sound } from "./render";

export type ToWorker =
  | { t: "sound"; sound: Sound }
  | { t: "piece"; key: string; piece: Piece };

export interface Rendered {
  key: string;
  left: Float32Array;
  right: Float32Array;
}

interface Port {
  onmessage: ((event: MessageEvent<ToWorker>) => void) | null;
  postMessage(message: Rendered, transfer: Transferable[]): void;
}

export function runTrackWorker(port: Port): void {
  let sound: Sound | null = null;
  port.onmessage = ({ data }) => {
    if (data.t === "sound") {
      sound = data.sound;
    } else if (sound) {
      const [left, right] = render(sound, data.piece);
      port.postMessage({ key: data.key, left, right }, [left.buffer, right.buffer]);
    }
  };
}
