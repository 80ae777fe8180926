// The <jam-room> element. The server renders, on a page with `Cross-Origin-Opener-Policy: same-origin` and
// `Cross-Origin-Embedder-Policy: require-corp` (the worker scripts need the latter header as well):
//
//   <jam-room
//     data-session="<id>"             session id
//     data-socket="/ws/jam/<id>/"     address of the room's socket; a path is taken on this host
//     data-stems="/api/v1/stems/"     where stems are uploaded
//     data-leave="/…/"                where "Leave" goes
//     data-name="…"                   own display name, as `recording.waiting` will spell it
//     data-csrf-cookie="csrftoken"
//     data-policy="relay|all"         optional: lets the sound check say, before joining, who sees addresses
//     data-worker-audio="…/jam-audio.worker.js"
//     data-worker-store="…/jam-store.worker.js"
//     data-worklet-capture="…/jam-capture.worklet.js"
//     data-worklet-playout="…/jam-playout.worklet.js">text for browsers without JavaScript</jam-room>
//
// `?engine=webrtc|pcm|opus` in the page's address forces an engine, for tests and troubleshooting.
import { JamRoomElement } from "../jam/element";

customElements.define("jam-room", JamRoomElement);
