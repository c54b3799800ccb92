// For `node --import`, in the program's process and its threads. Once the file FAULT_FILE exists,
// the part FAULT_PART fails at its next turn, once. The time of the fault is written to the file.
import { existsSync, open, readFileSync, writeFileSync } from "node:fs";
import { register } from "node:module";

const { FAULT_PART: part, FAULT_KIND: kind, FAULT_FILE: file, FAULT_PROGRAM: program } = process.env;
register("./fault-hooks.mjs", { parentURL: import.meta.url, data: { part, program, placed: `${file}.placed` } });

globalThis.faultPoint = () => {
  if (!existsSync(file) || readFileSync(file, "utf8") !== "") return;
  writeFileSync(file, String(Date.now()));
  if (kind === "exit") process.exit(7);
  // Waits in the thread pool for a writer, as a file operation on a disk that hangs.
  if (kind === "hang") return open(`${file}.pipe`, "r", () => undefined);
  throw new TypeError(`a fault in ${part}`);
};
