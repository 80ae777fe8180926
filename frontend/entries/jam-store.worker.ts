// Worker of the jam room and of stem rescue: stems on disk, and their way to the server.
import { runStoreWorker } from "../jam/recorder/store-worker";

runStoreWorker(self as never);
