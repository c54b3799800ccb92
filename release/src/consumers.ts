import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { EmptyProject } from "./empty-project.ts";
import { readManifest, repositoryRoot } from "./published-packages.ts";

const folder = join(repositoryRoot, "release", "consumers");

/** Expected output of each library's consumer in `consumers/`. */
export const consumerOutputs: Readonly<Record<string, string>> = {
  "@utxoracle/block-source": "block-source: no_block_files",
  "@utxoracle/estimator": "estimator: invalid_amount",
  "@utxoracle/models": "models: data.confidence",
  "@utxoracle/node-rpc": "node-rpc: unreachable",
  "@utxoracle/stream-server": "stream-server: closed",
  "@utxoracle/tx-parser": "tx-parser: 4a5e1e4baab89f3a32518a88c31bc87f618f76673e2cc77ab2127b7afdeda33b",
  "@utxoracle/viz": "viz: bad_url $87,300",
  "@utxoracle/zmq-source": "zmq-source: refused",
};

/** Libraries that run in browsers. */
export const browserPackages: readonly string[] = [
  "@utxoracle/estimator",
  "@utxoracle/models",
  "@utxoracle/tx-parser",
  "@utxoracle/viz",
];

/**
 * Libraries that a CommonJS project can `require`, with every TypeScript and in Jest by default.
 */
export const commonJsPackages: readonly string[] = ["@utxoracle/estimator", "@utxoracle/tx-parser"];

/**
 * How a consumer is compiled. The first two need `"type": "module"`, the others its absence.
 * `commonjs` is `module: commonjs` with its default resolution `node10` before TypeScript 7.
 */
export type CompilerSettings = "nodenext" | "bundler" | "commonjs" | "nodenext-commonjs";

function moduleOptions(settings: CompilerSettings, typescriptMajor: number): object {
  switch (settings) {
    case "nodenext":
      return { module: "NodeNext", moduleResolution: "NodeNext", verbatimModuleSyntax: true };
    case "nodenext-commonjs":
      return { module: "NodeNext", moduleResolution: "NodeNext" };
    case "bundler":
      return { module: "ESNext", moduleResolution: "bundler", verbatimModuleSyntax: true };
    case "commonjs":
      if (typescriptMajor >= 7) return { module: "CommonJS", moduleResolution: "bundler" };
      return {
        module: "CommonJS",
        moduleResolution: "node10",
        ...(typescriptMajor === 6 ? { ignoreDeprecations: "6.0" } : {}),
      };
  }
}

/** File name of a library's consumer, without extension. */
export function consumerName(packageName: string): string {
  return packageName.replace("@utxoracle/", "");
}

/** Writes the consumers of these libraries into the project's folder `src`. */
export function writeConsumers(project: EmptyProject, packageNames: readonly string[]): void {
  for (const name of packageNames.map(consumerName))
    project.write(`src/${name}.ts`, readFileSync(join(folder, `${name}.ts`)));
}

/** The workspace's TypeScript, or another version with Node's types in its own folder. */
export class TypeScriptVersion {
  readonly #folder: string = repositoryRoot;

  /** @param version as for npm, e.g. `5.5`; default the workspace's */
  constructor(version?: string) {
    if (version === undefined) return;
    this.#folder = mkdtempSync(join(tmpdir(), "typescript-"));
    writeFileSync(join(this.#folder, "package.json"), '{"private": true}');
    const nodeTypes = readManifest(join(repositoryRoot, "node_modules", "@types", "node")).version;
    execFileSync(
      "npm",
      ["install", "--prefer-offline", "--no-audit", "--no-fund", `typescript@${version}`, `@types/node@${nodeTypes}`],
      { cwd: this.#folder, stdio: ["ignore", "ignore", "inherit"] },
    );
  }

  /** The exact version. */
  get version(): string {
    return readManifest(join(this.#folder, "node_modules", "typescript")).version;
  }

  /**
   * Compiles the consumers to `built-<settings>` with strict checks, including the packages'
   * declarations. Each consumer gets only the types of its environment.
   *
   * @throws Error with the compiler's messages
   */
  async compile(project: EmptyProject, packageNames: readonly string[], settings: CompilerSettings): Promise<void> {
    const compiler = join(this.#folder, "node_modules", "typescript", "bin", "tsc");
    const environments = [
      { names: packageNames.filter((name) => name === "@utxoracle/viz"), lib: ["ES2022", "DOM"], types: [] },
      {
        names: packageNames.filter((name) => browserPackages.includes(name) && name !== "@utxoracle/viz"),
        lib: ["ES2022"],
        types: [],
      },
      { names: packageNames.filter((name) => !browserPackages.includes(name)), lib: ["ES2022"], types: ["node"] },
    ];
    for (const { names, lib, types } of environments.filter((environment) => environment.names.length > 0)) {
      const file = `tsconfig-${settings}-${consumerName(String(names[0]))}.json`;
      const compilerOptions = {
        target: "ES2022",
        ...moduleOptions(settings, Number.parseInt(this.version, 10)),
        lib,
        types,
        typeRoots: [join(this.#folder, "node_modules", "@types")],
        strict: true,
        exactOptionalPropertyTypes: true,
        noUncheckedIndexedAccess: true,
        skipLibCheck: false,
        rootDir: "src",
        outDir: `built-${settings}`,
      };
      const files = [
        ...names.map((name) => `src/${consumerName(name)}.ts`),
        ...(types.length === 0 && lib.length === 1 ? ["src/console.d.ts"] : []),
      ];
      // The only global that consumers use.
      project.write("src/console.d.ts", "declare const console: { log(...values: unknown[]): void };\n");
      project.write(file, JSON.stringify({ compilerOptions, files }));
      await project.succeed(process.execPath, [compiler, "-p", file]);
    }
  }

  remove(): void {
    if (this.#folder !== repositoryRoot) rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** Runs the compiled consumers and compares their output. @throws Error that names the package */
export async function runConsumers(
  project: EmptyProject,
  packageNames: readonly string[],
  settings: CompilerSettings = "nodenext",
): Promise<void> {
  for (const name of packageNames) {
    const printed = await project.succeed("node", [join(`built-${settings}`, `${consumerName(name)}.js`)]);
    if (printed !== `${consumerOutputs[name]}\n`) throw new Error(`the consumer of ${name} printed: ${printed}`);
  }
}
