// Worker of the jam room: renders the backing track.
import { runTrackWorker } from "../jam/track/worker";

runTrackWorker(self as never);
