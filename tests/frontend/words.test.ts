// What scripts say: words, translations, times, and sentences about a stem on its way.
import assert from "node:assert/strict";
import { test } from "node:test";
import { clock, say } from "../../frontend/elements/words";
import { withoutUnfit } from "../../frontend/elements/unfit";
import type { Progress } from "../../frontend/jam/recorder/uploader";
import { uploadSentence } from "../../frontend/jam/ui/upload-sentence";
import { fill, list, words } from "../../frontend/jam/words";

const page = { words: "", lang: "en" };
(globalThis as Record<string, unknown>)["document"] = {
  getElementById: (id: string) => (id === "words" ? { textContent: page.words } : null),
  documentElement: { get lang() { return page.lang; } },
};

test("words are said as the page translates them, in English where it doesn't", () => {
  page.words = '{"Play": "Abspielen", "Hello {name}": "Hallo {name}"}';
  assert.equal(say("Play"), "Abspielen");
  assert.equal(say("Pause"), "Pause");
  assert.equal(say("Hello {name}", { name: "Lumen" }), "Hallo Lumen");
  assert.equal(say("Hello {name}"), "Hallo {name}");
});

test("what is filled in is not filled in again", () => {
  assert.equal(say("{a} and {b}", { a: "{b}", b: "x" }), "{b} and x");
  assert.equal(fill("{a} and {b}", { a: "{b}", b: 0 }), "{b} and 0");
  assert.equal(fill("{missing}", {}), "{missing}");
  assert.equal(fill("$& {a}", { a: "$&" }), "$& $&");
});

test("seconds are said as a clock", () => {
  const said = [0, 0.99, 9, 63, 599.9, 3599, 3600, 3723, 36_000].map(clock);
  assert.deepEqual(said, ["0:00", "0:00", "0:09", "1:03", "9:59", "59:59", "1:00:00", "1:02:03", "10:00:00"]);
  assert.deepEqual([NaN, Infinity, -5].map(clock), ["0:00", "0:00", "0:00"]);
});

test("names are listed in the page's language", () => {
  assert.equal(list(["Ada", "Ben", "Cy"]), "Ada, Ben, and Cy");
  page.lang = "de";
  assert.equal(list(["Ada", "Ben"]), "Ada und Ben");
  page.lang = "";
  assert.equal(list(["Ada"]), "Ada");
});

test("controls and halves of characters go, everything that is seen stays", () => {
  assert.equal(withoutUnfit("a\u0000b\u0007c\u007fd\u0080e\u009f"), "abcde");
  assert.equal(withoutUnfit("[\u0008\u000e\u001f\u0084\u0086]"), "[]");
  assert.equal(withoutUnfit("\ud83cx\udfb8"), "x");
  assert.equal(withoutUnfit("\ud83c"), "");
  const kept = "Tabs\tand\nlines\r\n, \u0085 🎸 ศิริ é e\u0301 \u200d";
  assert.equal(withoutUnfit(kept), kept);
});

const progress = (more: Partial<Progress>): Progress => ({
  stem: "s", recording: "r", state: "sending", sent: 2, total: 5, reason: null, detail: null, ...more,
});

test("each state of a stem on its way has its sentence", () => {
  assert.equal(uploadSentence(progress({})), fill(words.record.uploading, { sent: 2, total: 5 }));
  assert.equal(uploadSentence(progress({ total: null })), fill(words.record.uploadingOpen, { sent: 2 }));
  assert.equal(uploadSentence(progress({ state: "stored" })), words.record.uploaded);
  assert.equal(uploadSentence(progress({ state: "waiting", reason: "offline" })), words.record.waiting);
  assert.equal(uploadSentence(progress({ state: "gone", reason: "refused" })), words.record.gone);
});

test("a stem that stays here says why, with the server's sentence where it was refused", () => {
  const kept = (reason: Progress["reason"], detail: string | null = null): string =>
    uploadSentence(progress({ state: "kept", reason, detail }));
  for (const reason of ["signin", "full", "conflict", "damaged"] as const) {
    assert.equal(kept(reason, "Not said."), words.record[reason]);
  }
  assert.equal(kept("refused", "Too early."), `${words.record.refused} Too early.`);
  assert.equal(kept("refused"), words.record.refused);
  assert.equal(kept(null), words.record.refused);
});
