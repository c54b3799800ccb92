import { sha256Module } from "./sha256-module.ts";

/**
 * Unpacks the WebAssembly module from its text.
 *
 * The text is hex, because gzip finds repetitions in hex but not in base64. Of four unrolled rounds
 * it holds only the first, in parentheses. Letters mark the locals that rotate from round to round:
 * G…N are a…h, which move by one per round; O and P are two that swap. `[80+10]` is a byte that
 * grows by 16 per round. wasm/module-source.ts writes this text.
 */
export function sha256ModuleBytes(): Uint8Array {
  const toHex = (byte: number): string => byte.toString(16).padStart(2, "0");
  const hex = sha256Module.replace(/\((.+?)\)/g, (_, round: string) =>
    [0, 1, 2, 3]
      .map((number) =>
        round
          .replace(/\[(..).(..)]/g, (_, first: string, step: string) =>
            toHex(Number.parseInt(first, 16) + number * Number.parseInt(step, 16)),
          )
          .replace(/[G-P]/g, (letter) => {
            const role = letter.charCodeAt(0) - 71;
            return toHex(role < 8 ? 6 + ((role - number) & 7) : 16 + ((role + number) & 1));
          }),
      )
      .join(""),
  );
  return Uint8Array.from(hex.match(/../g)!, (byte) => Number.parseInt(byte, 16));
}
