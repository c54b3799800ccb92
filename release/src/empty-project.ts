import { type ChildProcess, execFile, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { pinnedPnpm } from "@utxoracle/testkit";
import type { PackageRegistry } from "./package-registry.ts";

export type PackageManager = "npm" | "pnpm";

/** Result of a finished program. */
export interface ProgramEnd {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Options for running a program. */
export interface RunOptions {
  /** Standard input. */
  readonly input?: string | Uint8Array;
  /** Additional environment variables. */
  readonly env?: NodeJS.ProcessEnv;
}

const moduleProject = { name: "empty", private: true, type: "module" };

/** An empty folder outside of the workspace, like a new user's project. */
export class EmptyProject {
  readonly folder: string;
  readonly #env: NodeJS.ProcessEnv;

  /**
   * @param node program of the Node.js that runs everything in the folder
   * @param manifest the initial package.json; null for none
   */
  constructor(registry: PackageRegistry, node: string = process.execPath, manifest: object | null = moduleProject) {
    this.folder = mkdtempSync(join(tmpdir(), "utxoracle-empty-"));
    // Settings of the test's own environment must not leak into the project.
    const inherited = Object.entries(process.env).filter(
      ([name]) => !/^(npm_|pnpm_|UTXORACLE_|APP_BITCOIN_|VITEST|NODE_OPTIONS|NODE_ENV|NODE_PATH|INIT_CWD)/i.test(name),
    );
    this.#env = {
      ...Object.fromEntries(inherited),
      PATH: `${dirname(node)}${delimiter}${process.env["PATH"] ?? ""}`,
      npm_config_audit: "false",
      npm_config_fund: "false",
      npm_config_update_notifier: "false",
      npm_config_prefer_offline: "true",
    };
    this.write(".npmrc", `registry=${registry.url}\n`);
    if (manifest !== null) this.write("package.json", JSON.stringify(manifest));
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  write(name: string, content: string | Uint8Array): void {
    mkdirSync(dirname(this.path(name)), { recursive: true });
    writeFileSync(this.path(name), content);
  }

  /** Installs packages. With pnpm, allows the install scripts that the README names. */
  async install(manager: PackageManager, names: readonly string[]): Promise<void> {
    const [program, ...args] = manager === "npm" ? ["npm", "install"] : [...pinnedPnpm(), "add"];
    const allowed = manager === "pnpm" ? ["--allow-build=zeromq", "--allow-build=classic-level"] : [];
    await this.succeed(program as string, [...args, ...allowed, ...names]);
  }

  /** Runs a program in the folder to its end. */
  run(program: string, args: readonly string[], { input, env }: RunOptions = {}): Promise<ProgramEnd> {
    return new Promise((resolve, reject) => {
      const child = execFile(
        program,
        args,
        { cwd: this.folder, env: { ...this.#env, ...env }, maxBuffer: 1 << 27 },
        (error, stdout, stderr) => {
          if (error !== null && typeof error.code !== "number") reject(error);
          else resolve({ exitCode: typeof error?.code === "number" ? error.code : 0, stdout, stderr });
        },
      );
      child.stdin?.on("error", () => undefined); // a program may end before it has read everything
      child.stdin?.end(input);
    });
  }

  /**
   * Runs a program that must succeed. @returns its output. @throws Error with all output on failure
   */
  async succeed(program: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
    const { exitCode, stdout, stderr } = await this.run(program, args, options);
    if (exitCode !== 0) throw new Error(`${program} ${args.join(" ")}: exit code ${exitCode}\n${stdout}${stderr}`);
    return stdout;
  }

  /**
   * Starts a long-running program. The caller stops it.
   *
   * @param detached makes it the leader of a process group
   */
  start(program: string, args: readonly string[], env: NodeJS.ProcessEnv = {}, detached = false): ChildProcess {
    return spawn(program, args, {
      cwd: this.folder,
      env: { ...this.#env, ...env },
      stdio: ["pipe", "pipe", "pipe"],
      detached,
    });
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
