import { sha256Module } from "./sha256-module.ts";

/**
 * Unpacks the WebAssembly module from its text.
 *
 * The text is hex, because gzip finds repetitions in hex but not in base64. Of four unrolled rounds
 * it holds only the first, in parentheses. Letters mark the locals that rotate from round to round:
 * G…N are a…h, which move by one per round; O and P are two that swap. wasm/module-source.ts writes
 * this text.
 */
export function sha256ModuleBytes(): Uint8Array {
  const hex = sha256Module.replace(/\((\w+)\)/g, (_, round: string) =>
    [0, 1, 2, 3]
      .map((number) =>
        round.replace(/[G-P]/g, (letter) => {
          const role = letter.charCodeAt(0) - 71;
          const local = role < 8 ? 6 + ((role - number) & 7) : 16 + ((role + number) & 1);
          return local.toString(16).padStart(2, "0");
        }),
      )
      .join(""),
  );
  return Uint8Array.from(hex.match(/../g)!, (byte) => Number.parseInt(byte, 16));
}
