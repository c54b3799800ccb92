import { nodeBuiltin } from "./node-builtin.ts";

/** `crypto.hash` of Node.js 20.12 and later. `latin1` gives one character per byte. */
export type NativeHash = (algorithm: "sha256", bytes: Uint8Array, encoding: "latin1") => string;

let found: NativeHash | null | undefined;

/**
 * Node's own SHA-256, which uses the processor's SHA instructions: several times faster than
 * WebAssembly for long messages, slower for short ones. Null outside Node.
 */
export function nativeSha256(): NativeHash | null {
  if (found === undefined) found = nodeBuiltin<{ hash: NativeHash }>("node:crypto")?.hash ?? null;
  return found;
}
