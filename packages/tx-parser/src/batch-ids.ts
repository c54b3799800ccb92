import type { Sha256Engine } from "./sha256-engine.ts";
import { hexIdBytes, hexIdsAddress } from "./sha256-wasm-memory.ts";

/** Not part of ECMAScript's types, but present in every runtime. */
declare const TextDecoder: new () => { decode(bytes: Uint8Array): string };

let decoder: InstanceType<typeof TextDecoder> | undefined;

/**
 * The ids of the first `count` jobs of an engine's last run.
 *
 * The WebAssembly engine leaves its ids as ASCII with gaps, which are filled with quotes and commas
 * so that JSON.parse reads them all at once. Slicing one long text would be faster, but each slice
 * would keep the whole text in memory.
 */
export function readIds(engine: Sha256Engine, count: number): string[] {
  if (engine.name !== "wasm-simd") return Array.from({ length: count }, (_, job) => engine.readId(job));
  const { memory } = engine;
  const end = hexIdsAddress + hexIdBytes * count;
  for (let id = hexIdsAddress; id < end; id += hexIdBytes) {
    memory[id - 1] = 0x22;
    memory[id + 64] = 0x22;
    memory[id + 65] = 0x2c;
  }
  decoder ??= new TextDecoder();
  return JSON.parse(`[${decoder.decode(memory.subarray(hexIdsAddress - 1, end - 2))}]`);
}
