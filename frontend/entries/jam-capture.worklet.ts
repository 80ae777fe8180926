// AudioWorklet of the jam room: the player's own input.
import "../jam/engine/capture-processor";
