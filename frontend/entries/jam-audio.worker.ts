// Worker of the jam room: packets, codecs, jitter control.
import { runNetWorker } from "../jam/engine/net-worker";

void runNetWorker(self as never);
