/** The parts of Node's `process` in use. */
interface NodeProcess {
  readonly release?: { readonly name?: string };
  readonly versions?: Readonly<Record<string, string | undefined>>;
  readonly getBuiltinModule?: (id: string) => object | undefined;
}

/**
 * A module of Node.js 20.16 and later. Found at run time, so that bundles for browsers need no
 * substitute. Undefined outside Node; Bun and Deno are not Node here.
 */
export function nodeBuiltin<Module>(id: string): Partial<Module> | undefined {
  const { process } = globalThis as { readonly process?: NodeProcess };
  if (process?.release?.name !== "node" || process.versions?.["bun"] || process.versions?.["deno"]) return undefined;
  return process.getBuiltinModule?.(id) as Partial<Module> | undefined;
}
