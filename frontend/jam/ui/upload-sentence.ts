// How a stem's way to the server is said.
import type { Progress } from "../recorder/uploader";
import { fill, words } from "../words";

export function uploadSentence(progress: Progress): string {
  const { sent, total, state, reason, detail } = progress;
  if (state === "stored") return words.record.uploaded;
  if (state === "waiting") return words.record.waiting;
  if (state === "gone") return words.record.gone;
  if (state === "kept") {
    const said = reason && reason !== "offline" ? words.record[reason] : words.record.refused;
    return reason === "refused" && detail ? `${said} ${detail}` : said;
  }
  return total === null
    ? fill(words.record.uploadingOpen, { sent })
    : fill(words.record.uploading, { sent, total });
}
