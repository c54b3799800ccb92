/**
 * Takes the figures of `pnpm soak attacks --json FILE` into docs/attacks.json and docs/security.md:
 * `pnpm docs:attacks FILE`.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { type AttackRecord, withAttacksTable } from "./attacks.ts";

const recordFile = new URL("../attacks.json", import.meta.url);
const page = new URL("../security.md", import.meta.url);
const [measured] = process.argv.slice(2);
if (measured !== undefined) writeFileSync(recordFile, readFileSync(measured));
const record = JSON.parse(readFileSync(recordFile, "utf8")) as AttackRecord;
writeFileSync(page, withAttacksTable(readFileSync(page, "utf8"), record));
