import { idFromAscii } from "./hex.ts";
import { sha256Constants } from "./sha256-constants.ts";
import type { Sha256Engine } from "./sha256-engine.ts";
import { sha256ModuleBytes } from "./sha256-module-loader.ts";
import { hexIdBytes, hexIdsAddress, initialStateAddress, roundConstantsAddress } from "./sha256-wasm-memory.ts";

/** The parts of the WebAssembly API in use; ECMAScript's types do not include it. */
declare const WebAssembly: {
  Module: new (bytes: Uint8Array) => object;
  Instance: new (
    module: object,
  ) => {
    exports: { m: { buffer: ArrayBuffer }; r(jobCount: number): void; s(): void };
  };
};

/**
 * SHA-256 in WebAssembly SIMD, four messages at a time. Source: wasm/sha256d.ts.
 *
 * @throws if WebAssembly or SIMD is missing, or a Content-Security-Policy without
 *   `wasm-unsafe-eval` forbids it
 */
export function createWasmEngine(): Sha256Engine {
  // Synchronous, because ids are. Older browsers allow this on the main thread for modules under 4
  // KB.
  const { m, r: run, s: rehash } = new WebAssembly.Instance(new WebAssembly.Module(sha256ModuleBytes())).exports;
  const memory = new Uint8Array(m.buffer);
  const { roundConstants, initialState } = sha256Constants();
  const view = new DataView(m.buffer);
  const write = (address: number, words: Int32Array): void =>
    words.forEach((word, index) => {
      view.setInt32(address + 4 * index, word, true);
    });
  write(roundConstantsAddress, roundConstants);
  write(initialStateAddress, initialState);
  return {
    name: "wasm-simd",
    memory,
    view,
    run,
    rehash,
    readId: (job) => idFromAscii(memory, hexIdsAddress + hexIdBytes * job),
  };
}
