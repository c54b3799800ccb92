/** `crypto.hash` of Node.js 20.12 and later. `latin1` gives one character per byte. */
export type NativeHash = (algorithm: "sha256", bytes: Uint8Array, encoding: "latin1") => string;

/** The parts of Node's `process` in use. */
interface NodeProcess {
  readonly release?: { readonly name?: string };
  readonly versions?: Readonly<Record<string, string | undefined>>;
  readonly getBuiltinModule?: (id: string) => { readonly hash?: NativeHash } | undefined;
}

let found: NativeHash | null | undefined;

/**
 * Node's own SHA-256, which uses the processor's SHA instructions: several times faster than
 * WebAssembly for long messages, slower for short ones. Found at run time, so that bundles for
 * browsers need no substitute for `node:crypto`. Null outside Node; Bun and Deno are not Node here.
 */
export function nativeSha256(): NativeHash | null {
  if (found === undefined) found = findNativeSha256();
  return found;
}

function findNativeSha256(): NativeHash | null {
  const { process } = globalThis as { readonly process?: NodeProcess };
  if (process?.release?.name !== "node" || process.versions?.["bun"] || process.versions?.["deno"]) return null;
  return process.getBuiltinModule?.("node:crypto")?.hash ?? null;
}
