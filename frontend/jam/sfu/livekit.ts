// LiveKit's own client, told to carry music: its defaults are for speech (48 kbit/s, silence left out, one
// channel twice in a packet). Nobody is heard, or hears, but who the room knows of.
import {
  AudioPresets, type LocalAudioTrack, type LocalTrackPublication, type RemoteParticipant,
  type RemoteTrack, type RemoteTrackPublication, Room, RoomEvent, setLogLevel, Track, type TrackPublishOptions,
} from "livekit-client";
import type { Open, Server, ServerEvents } from "./server";

export const MUSIC: TrackPublishOptions = {
  source: Track.Source.Microphone,
  name: "",
  audioPreset: AudioPresets.musicHighQualityStereo,
  dtx: false,
  red: false,
  forceStereo: true,
  stopMicTrackOnMute: false,
};

class LiveKit implements Server {
  #allowed: ReadonlySet<string>;
  #published: LocalTrackPublication | null = null;
  #muted = false;
  #chain: Promise<void> = Promise.resolve();

  constructor(
    readonly room: Room,
    readonly events: ServerEvents,
    allowed: ReadonlySet<string>,
  ) {
    this.#allowed = allowed;
    room
      .on(RoomEvent.ParticipantConnected, (who) => events.joined(who.identity))
      .on(RoomEvent.ParticipantDisconnected, (who) => events.left(who.identity))
      .on(RoomEvent.TrackPublished, (track, who) => this.#hear(track, who))
      .on(RoomEvent.TrackSubscribed, (track, _publication, who) => this.#sounds(track, who))
      .on(RoomEvent.TrackUnsubscribed, (track, _publication, who) => {
        if (track.kind === Track.Kind.Audio) events.sound(who.identity, null);
      })
      .on(RoomEvent.Reconnecting, () => events.state("lost"))
      .on(RoomEvent.SignalReconnecting, () => undefined) // sound goes on meanwhile
      .on(RoomEvent.Reconnected, () => events.state("open"))
      .on(RoomEvent.Disconnected, () => events.state("closed"));
  }

  begin(): void {
    this.#permit();
    for (const who of this.room.remoteParticipants.values()) {
      this.events.joined(who.identity);
      for (const track of who.trackPublications.values()) this.#hear(track, who);
    }
    this.events.state("open");
  }

  allow(identities: ReadonlySet<string>): void {
    this.#allowed = new Set(identities);
    this.#permit();
    for (const who of this.room.remoteParticipants.values()) {
      for (const track of who.trackPublications.values()) this.#hear(track, who);
    }
  }

  /** Tells the server who may be sent one's sound: it holds that, whatever another's client asks for. */
  #permit(): void {
    this.room.localParticipant.setTrackSubscriptionPermissions(
      false,
      [...this.#allowed].map((participantIdentity) => ({ participantIdentity, allowAll: true })),
    );
  }

  #hear(track: RemoteTrackPublication, who: RemoteParticipant): void {
    const wanted = this.#allowed.has(who.identity) && track.source === Track.Source.Microphone;
    if (track.isDesired !== wanted) track.setSubscribed(wanted);
  }

  #sounds(track: RemoteTrack, who: RemoteParticipant): void {
    const { receiver } = track;
    if (track.kind !== Track.Kind.Audio || !receiver || !this.#allowed.has(who.identity)) return;
    // A wish for the least delay, as between browsers; the browser may add some.
    (receiver as { jitterBufferTarget?: number | null }).jitterBufferTarget = 0;
    this.events.sound(who.identity, { stream: new MediaStream([track.mediaStreamTrack]), receiver });
  }

  publish(track: MediaStreamTrack | null): Promise<void> {
    return this.#queue(async () => {
      const { localParticipant } = this.room;
      const before = this.#published?.track as LocalAudioTrack | undefined;
      if (before && track) await before.replaceTrack(track, true);
      else if (before) {
        this.#published = null;
        await localParticipant.unpublishTrack(before.mediaStreamTrack, false);
      } else if (track) {
        // The room's own input, captured without the browser's processing of voices.
        this.#published = await localParticipant.publishTrack(track, MUSIC);
      }
      await this.#applyMute();
    });
  }

  mute(muted: boolean): Promise<void> {
    this.#muted = muted;
    return this.#queue(() => this.#applyMute());
  }

  async #applyMute(): Promise<void> {
    const published = this.#published;
    if (!published) return;
    if (this.#muted && !published.isMuted) await published.mute();
    else if (!this.#muted && published.isMuted) await published.unmute();
  }

  /** One after the other, so that two changes of the input never publish two tracks. */
  #queue(step: () => Promise<void>): Promise<void> {
    const done = this.#chain.then(step);
    this.#chain = done.catch(() => undefined);
    return done;
  }

  close(): void {
    void this.room.disconnect(false);
  }
}

export const open: Open = async (url, token, allowed, events) => {
  setLogLevel("warn");
  const room = new Room({
    adaptiveStream: false,
    dynacast: false,
    stopLocalTrackOnUnpublish: false,
    disconnectOnPageLeave: true,
    webAudioMix: false,
  });
  const server = new LiveKit(room, events, allowed);
  await room.connect(url, token, { autoSubscribe: false, maxRetries: 1 });
  server.begin();
  return server;
};
