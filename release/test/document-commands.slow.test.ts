import { type ChildProcess, spawn } from "node:child_process";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { freePort, needs } from "@utxoracle/testkit";
import { transform } from "esbuild";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { type Fence, fencesOf } from "../src/document.ts";
import { EmptyProject } from "../src/empty-project.ts";
import { PackageRegistry } from "../src/package-registry.ts";
import { readManifest, repositoryRoot } from "../src/published-packages.ts";

// Commands of README.md, apps/live/README.md and docs/confirmed.md, and the examples of private
// packages: packages/simulator/README.md, packages/testkit/README.md.

function fence(path: string, name: string): Fence {
  const found = fencesOf(path).find((candidate) => candidate.name === name);
  if (found === undefined) throw new Error(`${path} has no block "${name}"`);
  return found;
}

/** The commands of a block without comments. */
const commandsOf = ({ text }: Fence): string[] =>
  text
    .trim()
    .split("\n")
    .map((line) => line.replace(/ {2,}.*$| +#.*$/, "").trim());

/** Waits until a running program logs its address. @returns the address */
async function listening(child: ChildProcess): Promise<string> {
  let log = "";
  for await (const text of child.stderr ?? []) {
    log += text;
    const address = /"url":"(http:[^"]+)"/.exec(log)?.[1];
    if (address !== undefined) return address;
  }
  throw new Error(`the program exited before it listened:\n${log}`);
}

/** Sends Ctrl-C to a program. @returns its exit code */
async function interrupted(child: ChildProcess): Promise<number | null> {
  const closed = new Promise<number | null>((resolve) => child.once("close", resolve));
  child.stderr?.resume();
  child.kill("SIGINT");
  return closed;
}

/** Ten minutes of history: the demo computes its window before it listens. */
const settings = { UTXORACLE_PORT: "0", UTXORACLE_LOG_FORMAT: "json", UTXORACLE_WINDOW: "600" };

/**
 * A node that does not run. Without it, `doctor` and the service find the nodes that other tests
 * run.
 */
const noNode = { UTXORACLE_RPC_URL: `http://127.0.0.1:${await freePort()}` };

function runInRepository(command: string, env: NodeJS.ProcessEnv = {}): ChildProcess {
  const child = spawn("sh", ["-c", `exec ${command}`], {
    cwd: repositoryRoot,
    env: { ...process.env, ...settings, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  return child;
}

/**
 * A script of the workspace. npm itself would handle the interrupt, so run the script like npm
 * does.
 */
function scriptOf(name: string): string {
  const { scripts } = JSON.parse(readFileSync(join(repositoryRoot, "package.json"), "utf8")) as {
    scripts: Record<string, string>;
  };
  return String(scripts[name]);
}

async function firstPrice(url: string): Promise<number> {
  const stream = await fetch(`${url}/api/v1/stream`);
  let text = "";
  for await (const bytes of stream.body ?? []) {
    text += new TextDecoder().decode(bytes);
    const price = /"price":(\d+\.\d+),"confidence"/.exec(text)?.[1];
    if (price !== undefined) return Number(price);
  }
  throw new Error("the stream ended without a price");
}

describe("in a clone of the repository", () => {
  const [start = "", test = ""] = commandsOf(fence("README.md", "Try it"));

  it("`npm start` shows a simulated market", async () => {
    expect(start).toBe("npm start");
    const child = runInRepository(scriptOf("start"));
    const url = await listening(child);
    expect(await firstPrice(url)).toBeGreaterThan(1000);
    expect(await interrupted(child)).toBe(0);
  });

  it("`npm test` is run by CI on a bare machine", () => {
    expect(test).toBe("npm test");
    expect(readFileSync(join(repositoryRoot, ".ci", "run"), "utf8")).toMatch(/^\.ci\/bare$/m);
    expect(readFileSync(join(repositoryRoot, ".ci", "bare"), "utf8")).toMatch(/" npm test >/);
  });

  it("the service starts without a node, with the README's flags", async () => {
    const shown = commandsOf(fence("README.md", "Connect it to a real node"));
    expect(shown).toEqual(["npm run doctor", "npm run live"]);
    const asked = runInRepository(scriptOf("doctor"), noNode);
    const code = new Promise((resolve) => asked.once("close", resolve));
    expect(await code).toBe(3);
    const child = runInRepository(scriptOf("live"), noNode);
    const answer = (await (await fetch(`${await listening(child)}/api/v1/price`)).json()) as { status: string };
    expect(answer.status).toBe("warming_up");
    expect(await interrupted(child)).toBe(0);
  });
});

describe("utxoracle-live, as npx finds it in the registry", () => {
  let registry: PackageRegistry;
  let project: EmptyProject;
  beforeAll(async () => {
    registry = await PackageRegistry.start();
    project = new EmptyProject(registry, process.execPath, null);
  });
  afterAll(async () => {
    project?.remove();
    await registry?.close();
  });
  // npx caches packages by name, so use a separate cache. It asks before it downloads: answer yes.
  const env = (): NodeJS.ProcessEnv => ({
    ...settings,
    npm_config_yes: "true",
    npm_config_cache: project.path("npm-cache"),
  });
  const [demo = "", doctor = "", service = ""] = commandsOf(fence("apps/live/README.md", "utxoracle-live"));

  it("runs the demo, the doctor and the service", async () => {
    expect([demo, doctor, service].map((command) => command.split(" ")[0])).toEqual(["npx", "npx", "npx"]);
    const checked = await project.run("sh", ["-c", doctor], { env: { ...env(), ...noNode } });
    expect(checked.exitCode, checked.stderr).toBe(3);
    const fetched = readdirSync(project.path("npm-cache/_npx"), { recursive: true, withFileTypes: true });
    const files = fetched.filter((entry) => entry.isFile());
    const program = files
      .map((entry) => join(entry.parentPath, entry.name))
      .find((path) => path.endsWith(join("utxoracle-live", "dist", "main.js")));
    expect(program).toBeDefined();
    const { dependencies } = readManifest(join(String(program), "../.."));
    for (const [name, version] of Object.entries(dependencies ?? {})) {
      expect(name).not.toMatch(/^@utxoracle\//);
      expect(version).toMatch(/^\d+\.\d+\.\d+$/);
    }
    const bytes = files.reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0);
    const readme = readFileSync(join(repositoryRoot, "apps", "live", "README.md"), "utf8");
    const said = Number(/; (\d+) MB installed with all that it needs/.exec(readme)?.[1]);
    expect(Math.abs(said / (bytes / 1e6) - 1), `${bytes} bytes installed`).toBeLessThan(0.1);
    for (const command of [demo, service]) {
      // npx would not pass on the interrupt, so start the program directly.
      const words = command.replace("npx utxoracle-live", `${process.execPath} ${program}`).split(" ");
      const child = project.start(String(words[0]), words.slice(1), env());
      const url = await listening(child);
      const script = /src="\.?\/?(assets\/[^"]+\.js)"/.exec(await (await fetch(url)).text())?.[1];
      expect((await fetch(new URL(String(script), url))).status).toBe(200);
      expect(await interrupted(child)).toBe(0);
    }
  });

  it("accepts every price command of docs/confirmed.md", async () => {
    const shown = commandsOf(fence("docs/confirmed.md", "The confirmed price"));
    expect(shown.length).toBeGreaterThan(3);
    const program = join(repositoryRoot, "apps", "live", "dist", "main.js");
    for (const command of shown) {
      const [name, ...words] = command.split(" ");
      expect(name).toBe("utxoracle-live");
      // Port 9 (discard) has no node: exit code 3. Invalid flags would give 2.
      const closedPort = ["--rpc-url", "http://127.0.0.1:9", "--rpc-user", "a"];
      const end = await project.run("node", [program, ...words, ...closedPort], {
        env: { UTXORACLE_RPC_PASSWORD: "b" },
      });
      expect(end.exitCode, `${command}: ${end.stderr}`).toBe(3);
    }
  });
});

describe("the examples of private packages", () => {
  /** Runs a TypeScript block in a package's folder, where the package can import itself. */
  async function runBlock(packageName: string, block: string, code = ""): Promise<{ exitCode: number; err: string }> {
    const path = `packages/${packageName}/README.md`;
    const { code: script } = await transform(fence(path, block).text + code, { loader: "ts", format: "esm" });
    const args = ["--conditions=@utxoracle/source", "--import", "tsx", "--input-type=module", "-e", script];
    const child = spawn(process.execPath, args, {
      cwd: join(repositoryRoot, "packages", packageName),
      stdio: ["ignore", "ignore", "pipe"],
    });
    let err = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      err += text;
    });
    return new Promise((resolve) => child.once("close", (exitCode) => resolve({ exitCode: exitCode ?? -1, err })));
  }

  it("of the simulator", async () => {
    expect(await runBlock("simulator", "@utxoracle/simulator")).toEqual({ exitCode: 0, err: "" });
  });

  it("of the node on regtest", needs("bitcoind"), async () => {
    expect(await runBlock("testkit", "A real node on regtest")).toEqual({ exitCode: 0, err: "" });
  });

  it("of the browsers", needs("webkit"), async () => {
    expect((await runBlock("testkit", "Real browsers (2)")).exitCode).toBe(0);
  });
});
