// Keeps the screen on while one is in the room, and puts mute and leave where the system shows what plays.

interface Controls {
  title: string;
  mute(): void;
  leave(): void;
}

/** Actions of calls, not yet in TypeScript's library. */
type CallAction = "togglemicrophone" | "hangup";

export class Awake {
  #lock: WakeLockSentinel | null = null;
  #on = false;

  /** Call in a user gesture or after one; a browser that refuses is left in peace until the page is seen anew. */
  start(controls: Controls): void {
    if (this.#on) return;
    this.#on = true;
    document.addEventListener("visibilitychange", this.#seen);
    void this.#take();
    const session = navigator.mediaSession as MediaSession | undefined;
    if (!session) return;
    session.metadata = new MediaMetadata({ title: controls.title, artist: "Jamsite" });
    this.#handle("togglemicrophone", () => controls.mute());
    this.#handle("hangup", () => controls.leave());
  }

  /** What the system shows of the microphone. */
  set microphone(on: boolean) {
    const session = navigator.mediaSession as (MediaSession & { setMicrophoneActive?(on: boolean): unknown }) | undefined;
    if (this.#on) void session?.setMicrophoneActive?.(on);
  }

  readonly #seen = (): void => {
    if (document.visibilityState === "visible") void this.#take();
  };

  async #take(): Promise<void> {
    if (!this.#on || !("wakeLock" in navigator)) return;
    try {
      this.#lock = await navigator.wakeLock.request("screen");
    } catch {
      this.#lock = null; // hidden, or saving the battery
    }
  }

  #handle(action: CallAction, does: (() => void) | null): void {
    try {
      navigator.mediaSession.setActionHandler(action as MediaSessionAction, does);
    } catch {
      // a browser that doesn't know this action
    }
  }

  stop(): void {
    if (!this.#on) return;
    this.#on = false;
    document.removeEventListener("visibilitychange", this.#seen);
    void this.#lock?.release();
    this.#lock = null;
    if (!("mediaSession" in navigator)) return;
    navigator.mediaSession.metadata = null;
    this.#handle("togglemicrophone", null);
    this.#handle("hangup", null);
  }
}
