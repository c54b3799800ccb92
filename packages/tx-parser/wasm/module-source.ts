import type { Code } from "./assembler.ts";
import { differsLocal, localsEnd, workingLocal } from "./compression.ts";
import { assembleSha256d, unrolled } from "./sha256d.ts";

const toHex = (bytes: Iterable<number>): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

/**
 * The first of the unrolled rounds, with a letter for each local that changes from round to round:
 * G…N for a…h, O and P for the two that swap. Of an address that grows from round to round, its
 * first byte and the step: `[80+10]`.
 */
function foldRounds(rounds: readonly Code[]): string {
  const first = rounds[0]!;
  return first
    .map((byte, position) => {
      if (rounds.every((round) => round[position] === byte)) return toHex([byte]);
      const step = rounds[1]![position]! - byte;
      if (byte < workingLocal || byte >= localsEnd) return `[${toHex([byte])}+${toHex([step])}]`;
      const role = byte < differsLocal ? byte - workingLocal : 8 + byte - differsLocal;
      return String.fromCharCode("G".charCodeAt(0) + role);
    })
    .join("");
}

/** The text of src/sha256-module.ts. */
export function sha256ModuleSource(): string {
  const folded = unrolled.reduce(
    (text, rounds) => text.replace(toHex(rounds.flat()), `(${foldRounds(rounds)})`),
    toHex(assembleSha256d()),
  );
  return `// Made by wasm/build.ts from wasm/sha256d.ts; do not edit.
/**
 * The WebAssembly module that hashes transactions, in hex; only the first of the unrolled rounds.
 */
export const sha256Module: string =
  "${folded}";
`;
}
