// AudioWorklet of the jam room: the other players' sound, and meters.
import "../jam/engine/playout-processor";
import "../jam/engine/limiter-processor";
import "../jam/engine/stream-processor";
