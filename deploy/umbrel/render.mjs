// Writes the folder for Umbrel's app store: manifest and compose file with the published image.
// Values that exist only after a release are arguments:
//
//   node deploy/umbrel/render.mjs --image NAME:VERSION@sha256:… --version 0.1.0 --repository https://… \
//     --developer NAME --submission https://…/pull/N --out FOLDER
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const here = fileURLToPath(new URL(".", import.meta.url));
const url = /^https:\/\/\S+[^/\s]$/;
const wanted = {
  image: [/^\S+:(?!latest@)[\w.-]+@sha256:[0-9a-f]{64}$/, "an image as NAME:VERSION@sha256:…, not latest"],
  version: [/^\d+\.\d+\.\d+$/, "a version such as 0.1.0"],
  repository: [url, "the repository's address, without a slash at the end"],
  developer: [/^[^"\\\n]{1,50}$/, "a name of at most 50 characters"],
  submission: [url, "the address of the pull request"],
  out: [/./, "a folder"],
};

const { values } = parseArgs({
  options: Object.fromEntries(Object.keys(wanted).map((name) => [name, { type: "string" }])),
});
for (const [name, [form, what]] of Object.entries(wanted)) {
  if (form.test(values[name] ?? "")) continue;
  console.error(`--${name}: must be ${what}`);
  process.exit(2);
}

/** @param {string} name of the file @param {Record<string, string>} variables to insert */
function render(name, variables) {
  let content = readFileSync(join(here, name), "utf8");
  for (const [variable, value] of Object.entries(variables)) content = content.replaceAll(`\${${variable}}`, value);
  writeFileSync(join(values.out, name), content);
}

// umbrelOS copies the folder, and the data folder must belong to the app's user.
mkdirSync(join(values.out, "data"), { recursive: true });
writeFileSync(join(values.out, "data", ".gitkeep"), "");
render("docker-compose.yml", { UTXORACLE_IMAGE: values.image });
render("umbrel-app.yml", {
  VERSION: `"${values.version}"`,
  REPOSITORY: values.repository,
  DEVELOPER: `"${values.developer}"`,
  SUBMISSION: values.submission,
});
console.log(`${values.out}: umbrel-app.yml, docker-compose.yml, data`);
console.log("to do by hand: screenshots and icon in the pull request's text; a port that no other app uses");
