// Writes the Compose folder with the published image in place of the local build:
//
//   node deploy/container/pin-image.mjs NAME:VERSION@sha256:… FOLDER
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const [image, out] = process.argv.slice(2);
if (!/^\S+:[\w.-]+@sha256:[0-9a-f]{64}$/.test(image ?? "") || out === undefined) {
  console.error("usage: pin-image.mjs NAME:VERSION@sha256:… FOLDER");
  process.exit(2);
}
cpSync(fileURLToPath(new URL("../compose", import.meta.url)), out, { recursive: true });
const file = join(out, "compose.yaml");
const build = "    build:\n      context: ../..\n    image: utxoracle-live\n";
const content = readFileSync(file, "utf8");
if (!content.includes(build)) throw new Error(`${file} does not contain:\n${build}`);
writeFileSync(file, content.replace(build, `    image: ${image}\n`));
