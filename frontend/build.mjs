// Bundles every file in frontend/entries/ into frontend/dist/, one output for each entry.
// Workers and AudioWorklets are entries of their own (name.worker.ts, name.worklet.ts): the page
// hands their hashed addresses to the code in data attributes, so no bundle imports another.
import { build, context } from "esbuild";
import { readdirSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const entries = join(here, "entries");
const options = {
  entryPoints: readdirSync(entries)
    .filter((name) => /\.(ts|css)$/.test(name))
    .map((name) => join(entries, name)),
  outdir: join(here, "dist"),
  bundle: true,
  format: "esm",
  target: ["chrome109", "firefox115", "safari16.4"],
  minify: !process.argv.includes("--watch"),
  sourcemap: process.argv.includes("--watch") ? "inline" : false,
  legalComments: "none",
  loader: { ".svg": "text", ".woff2": "file" },
  logLevel: "warning",
};

if (process.argv.includes("--watch")) {
  await (await context(options)).watch();
} else {
  // Built beside the old files and then put in their place, so that a running site misses none.
  const fresh = `${options.outdir}.new`;
  rmSync(fresh, { recursive: true, force: true });
  await build({ ...options, outdir: fresh });
  rmSync(options.outdir, { recursive: true, force: true });
  renameSync(fresh, options.outdir);
}
