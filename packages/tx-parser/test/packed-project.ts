import { execFile, execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { pinnedPnpm } from "@utxoracle/testkit";

export const packageFolder = fileURLToPath(new URL("..", import.meta.url));

function newest(folder: string): number {
  return Math.max(
    ...readdirSync(folder, { recursive: true, encoding: "utf8" }).map((name) => statSync(join(folder, name)).mtimeMs),
  );
}

/** A folder outside the workspace with only the packed package installed. */
export class PackedProject {
  readonly folder: string;
  readonly tarball: string;
  /** Folder of the installed package. */
  readonly installed: string;

  constructor() {
    const [pnpm, ...words] = pinnedPnpm();
    const built = join(packageFolder, "dist", "index.js");
    if (!existsSync(built) || newest(join(packageFolder, "src")) > statSync(built).mtimeMs)
      execFileSync(pnpm, [...words, "build"], { cwd: packageFolder, stdio: "pipe" });
    this.folder = mkdtempSync(join(tmpdir(), "tx-parser-packed-"));
    execFileSync(pnpm, [...words, "pack", "--pack-destination", this.folder], { cwd: packageFolder, stdio: "pipe" });
    const [name] = readdirSync(this.folder).filter((entry) => entry.endsWith(".tgz"));
    this.tarball = join(this.folder, name as string);
    writeFileSync(join(this.folder, "package.json"), JSON.stringify({ name: "empty", private: true, type: "module" }));
    execFileSync("npm", ["install", "--no-audit", "--no-fund", "--no-save", this.tarball], {
      cwd: this.folder,
      stdio: "pipe",
    });
    this.installed = join(this.folder, "node_modules", "@utxoracle", "tx-parser");
  }

  write(path: string, content: string | Uint8Array): void {
    mkdirSync(join(this.folder, path, ".."), { recursive: true });
    writeFileSync(join(this.folder, path), content);
  }

  /** Runs a program in the folder and returns its stdout; rejects with its stderr when it fails. */
  async run(program: string, args: string[], input?: string): Promise<string> {
    const running = promisify(execFile)(program, args, { cwd: this.folder });
    running.child.stdin?.end(input);
    return (await running).stdout;
  }

  /** Path of a Node.js with this major version: the current one, or one from the npm registry. */
  async nodeProgram(major: number): Promise<string> {
    if (Number.parseInt(process.versions.node, 10) === major) return process.execPath;
    return (await this.run("npx", ["-y", "-p", `node@${major}`, "node", "-p", "process.execPath"])).trim();
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
