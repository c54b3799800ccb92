import { nodeBuiltin } from "./node-builtin.ts";

interface NodeHash {
  /** `crypto.hash` of Node.js 20.12 and later. `latin1` gives one character per byte. */
  readonly hash: (algorithm: "sha256", bytes: Uint8Array, encoding: "latin1") => string;
  /** A method of Node's `Buffer` that takes any byte array. */
  readonly latin1Write: (this: Uint8Array, text: string, offset: number, length: number) => void;
}

let found: NodeHash | null | undefined;

function findNodeHash(): NodeHash | null {
  const hash = nodeBuiltin<Pick<NodeHash, "hash">>("node:crypto")?.hash;
  const latin1Write = nodeBuiltin<{ Buffer: { prototype: Partial<NodeHash> } }>("node:buffer")?.Buffer?.prototype
    .latin1Write;
  return hash && latin1Write ? { hash, latin1Write } : null;
}

/**
 * Writes Node's own SHA-256 of a message to the memory. It uses the processor's SHA instructions:
 * several times faster than WebAssembly for long messages, slower for short ones.
 *
 * @returns false outside Node
 */
export function hashNatively(message: Uint8Array, memory: Uint8Array, target: number): boolean {
  if (found === undefined) found = findNodeHash();
  if (found === null) return false;
  found.latin1Write.call(memory, found.hash("sha256", message, "latin1"), target, 32);
  return true;
}
