import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { chmodSync, chownSync, cpSync, existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { freePort, needs, repositoryFiles } from "@utxoracle/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { smallDemo } from "../../apps/live/test/e2e/service-process.ts";
import { type Instruction, instructions } from "./docker-instructions.ts";
import { root, text } from "./repository.ts";

// Runs each instruction of the Dockerfile on this machine, in a folder in place of the image's
// root: a container engine is not always there. `container/try-build.sh` builds the image itself.

/** The image's user `node`. */
const IMAGE_USER = 1000;
/** Folders of the image; in commands they are those below the temporary root. */
const IMAGE_FOLDER = /(?<![\w.])\/(?=(?:workspace|program|data)\b)/g;

/**
 * Whether .dockerignore keeps a file out: the last pattern that matches it or a folder of it
 * decides.
 */
function isIgnored(path: string): boolean {
  let ignored = false;
  for (const line of text(".dockerignore").split("\n")) {
    if (line === "" || line.startsWith("#")) continue;
    const pattern = line
      .replace(/^!/, "")
      .replaceAll(".", "\\.")
      .replaceAll("**/", "\0")
      .replaceAll("*", "[^/]*")
      .replaceAll("\0", "(?:.*/)?");
    if (new RegExp(`^${pattern}(?:/|$)`).test(path)) ignored = !line.startsWith("!");
  }
  return ignored;
}

/** A stage while its instructions run. */
class Stage {
  readonly environment: Record<string, string> = {};
  folder = "/";
  readonly #imageRoot: string;

  constructor(imageRoot: string) {
    this.#imageRoot = imageRoot;
  }

  /** The place of a path of the image. */
  at(path: string): string {
    return path.startsWith("/") ? join(this.#imageRoot, path) : join(this.#imageRoot, this.folder, path);
  }

  run({ name, argument }: Instruction, context: readonly string[]): void {
    const words = argument.split(" ").filter((word) => !word.startsWith("--"));
    if (name === "WORKDIR") {
      this.folder = argument;
      mkdirSync(this.at("."), { recursive: true });
    } else if (name === "ENV")
      for (const word of words) Object.assign(this.environment, Object.fromEntries([word.split("=")]));
    else if (name === "COPY" && argument.includes("--from=")) expect(existsSync(this.at(words[0] ?? ""))).toBe(true);
    else if (name === "COPY") this.#copy(words.slice(0, -1), words.at(-1) ?? "", context);
    else if (name === "RUN") {
      const command = argument.replaceAll(IMAGE_FOLDER, `${this.#imageRoot}/`);
      const { status, stdout, stderr } = spawnSync("sh", ["-c", command], {
        cwd: this.at("."),
        encoding: "utf8",
        env: { ...process.env, ...this.environment },
      });
      expect([command, status, status === 0 ? "" : `${stdout}\n${stderr}`]).toEqual([command, 0, ""]);
    }
  }

  #copy(sources: readonly string[], target: string, context: readonly string[]): void {
    for (const path of context.filter((each) => sources.includes(".") || sources.includes(each))) {
      const to = join(this.at(target), path);
      mkdirSync(dirname(to), { recursive: true });
      cpSync(join(root, path), to);
    }
  }
}

describe("the steps of the Dockerfile", needs("git"), () => {
  const all = instructions(text("Dockerfile"));
  const last = all.findLastIndex(({ name }) => name === "FROM");
  const argumentOf = (wanted: string): string => all.slice(last).find(({ name }) => name === wanted)?.argument ?? "";
  let imageRoot: string;
  let image: Stage;
  let service: ChildProcess | undefined;

  beforeAll(() => {
    imageRoot = mkdtempSync(join(tmpdir(), "image-steps-"));
    chmodSync(imageRoot, 0o755);
    const context = repositoryFiles().filter((path) => !isIgnored(path));
    const build = new Stage(imageRoot);
    for (const instruction of all.slice(0, last)) build.run(instruction, context);
    rmSync(build.at("/workspace"), { recursive: true });
    image = new Stage(imageRoot);
    for (const instruction of all.slice(last)) image.run(instruction, context);
  }, 600_000);
  afterAll(() => {
    service?.kill();
    rmSync(imageRoot, { recursive: true, force: true });
  });

  it("leave a program of its own: no test, no source, no other package manager's files", () => {
    expect(existsSync(image.at("dist/main.js"))).toBe(true);
    expect(existsSync(image.at("dist/web/index.html"))).toBe(true);
    for (const name of ["src", "test", "bench", "node_modules/typescript", "node_modules/vitest"])
      expect(existsSync(image.at(name)), name).toBe(false);
  });

  it("start a service as the image's user that its health check finds healthy", async () => {
    // Only root may take another user.
    const user = process.getuid?.() === 0 ? { uid: IMAGE_USER, gid: IMAGE_USER } : {};
    if ("uid" in user) chownSync(image.at("/data"), IMAGE_USER, IMAGE_USER);
    const port = String(await freePort());
    const env = { PATH: process.env["PATH"], ...image.environment, UTXORACLE_PORT: port };
    const [program = "", ...words] = JSON.parse(argumentOf("ENTRYPOINT")) as string[];
    const inImage = (word: string): string => word.replaceAll(IMAGE_FOLDER, `${imageRoot}/`);
    const data = { UTXORACLE_DATA_DIR: image.at("/data") };
    const started = spawn(program, [...words.map(inImage), ...smallDemo], {
      cwd: image.at("."),
      env: { ...env, ...data },
      stdio: ["ignore", "ignore", "pipe"],
      ...user,
    });
    service = started;
    let log = "";
    started.stderr?.on("data", (part) => {
      log += part;
    });
    await expect.poll(() => log, { timeout: 60_000 }).toContain('"listening"');
    const check = JSON.parse(argumentOf("HEALTHCHECK").replace(/^.*? CMD /, "")) as [string, ...string[]];
    const healthy = (environment: NodeJS.ProcessEnv): number | null =>
      spawnSync(check[0], check.slice(1), { env: environment }).status;
    expect(healthy(env)).toBe(0);
    const page = await fetch(`http://127.0.0.1:${port}/`);
    expect(page.status).toBe(200);
    const ended = new Promise((resolve) => started.once("exit", resolve));
    started.kill("SIGTERM");
    expect(await ended).toBe(0);
    expect(healthy(env)).toBe(1);
  });

  it("read only committed files that .dockerignore lets through", () => {
    const kept = execFileSync("git", ["ls-files"], { cwd: root, encoding: "utf8" }).trim().split("\n");
    const sent = kept.filter((path) => !isIgnored(path));
    expect(sent).toContain("deploy/package.json");
    expect(sent).toContain("apps/web/index.html");
    for (const path of sent) expect(path).not.toMatch(/^(?:docs|deploy|release)\/(?!package\.json$)|\/test\//);
  });
});
