// For `node --import`, in the program's process and in each of its threads: the part that FAULT_PART names fails at its
// next turn once the file FAULT_FILE is there. The moment goes into that file, and no further turn fails.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { register } from "node:module";

const { FAULT_PART: part, FAULT_KIND: kind, FAULT_FILE: file, FAULT_PROGRAM: program } = process.env;
register("./fault-hooks.mjs", { parentURL: import.meta.url, data: { part, program, placed: `${file}.placed` } });

globalThis.faultPoint = () => {
  if (!existsSync(file) || readFileSync(file, "utf8") !== "") return;
  writeFileSync(file, String(Date.now()));
  if (kind === "exit") process.exit(7);
  throw new TypeError(`a fault in ${part}`);
};
