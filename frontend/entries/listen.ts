// <jam-listen>: the page of a session's listeners. hls.js where the browser takes media from scripts, the
// browser's own HLS elsewhere. The page says what it is doing, and how far behind the room it is.
import { Listening } from "../listen/listening";

customElements.define("jam-listen", Listening);
