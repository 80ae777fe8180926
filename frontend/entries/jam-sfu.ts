// Loaded by rooms whose sound goes through a media server, and by nobody else.
export { open } from "../jam/sfu/livekit";
