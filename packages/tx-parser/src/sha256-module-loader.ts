import { sha256Module } from "./sha256-module.ts";

/**
 * The bytes of the WebAssembly module from its text: hex, because gzip finds the repetitions in it (in base64 it does
 * not), and of the four rounds in a row only the first, in parentheses, with letters for the locals that take turns:
 * G…N for a…h, which move on by one from round to round, O and P for two that change places. The rest of the story is
 * in wasm/module-source.ts.
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
