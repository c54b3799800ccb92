import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { json, text } from "node:stream/consumers";
import { describe, expect, it, onTestFinished } from "vitest";
import { fencesOf } from "../src/document.ts";
import { publishedPackages, repositoryRoot } from "../src/published-packages.ts";

interface Publication {
  readonly name: string;
  readonly access: string;
  readonly versions: Readonly<Record<string, { dependencies?: Record<string, string>; exports?: object }>>;
}

const script = join(repositoryRoot, "scripts", "publish.mjs");
const versions = new Map(publishedPackages.map(({ name, manifest }) => [name, manifest.version]));

/** A registry with some of our packages that accepts the others and redirects the rest. */
async function registryWith(names: readonly string[]): Promise<{ url: string; taken: Publication[] }> {
  const taken: Publication[] = [];
  const elsewhere = execFileSync("npm", ["config", "get", "registry"], { cwd: tmpdir(), encoding: "utf8" }).trim();
  const server = createServer(async (request, response) => {
    const name = decodeURIComponent((request.url ?? "/").slice(1)).split("?")[0] as string;
    response.setHeader("content-type", "application/json");
    if (request.method === "PUT") {
      taken.push((await json(request)) as Publication);
      response.writeHead(201).end("{}");
    } else if (names.includes(name))
      response.end(JSON.stringify({ name, versions: { [versions.get(name) as string]: {} } }));
    else if (versions.has(name)) response.writeHead(404).end("{}");
    else response.writeHead(302, { location: `${elsewhere.replace(/\/$/, "")}${request.url}` }).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, taken };
}

async function publish(
  url: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<{ code: number; out: string }> {
  const folder = mkdtempSync(join(tmpdir(), "publish-settings-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const settings = join(folder, ".npmrc");
  writeFileSync(settings, `registry=${url}\n${url.replace("http:", "")}:_authToken=test\n`);
  const inherited = Object.entries(process.env).filter(([name]) => !/^(npm_|pnpm_|GITHUB_)/i.test(name));
  const child = spawn(process.execPath, [script, ...args], {
    env: { ...Object.fromEntries(inherited), npm_config_userconfig: settings, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ended = new Promise<number>((resolve) => child.once("close", (code) => resolve(code ?? -1)));
  const [code, out, err] = await Promise.all([ended, text(child.stdout), text(child.stderr)]);
  return { code, out: out + err };
}

describe("publishing", () => {
  it("publishes missing packages only, in installable form", async () => {
    const missing = ["@utxoracle/models", "@utxoracle/zmq-source"];
    const { url, taken } = await registryWith([...versions.keys()].filter((name) => !missing.includes(name)));
    const { code, out } = await publish(url, ["--access", "public", "--provenance=false"]);
    expect(code, out).toBe(0);
    // Dependencies first.
    expect(taken.map(({ name, access }) => [name, access])).toEqual(missing.map((name) => [name, "public"]));
    const manifest = taken[1]?.versions[versions.get("@utxoracle/zmq-source") as string];
    expect(manifest?.dependencies?.["@utxoracle/models"]).toBe(versions.get("@utxoracle/models"));
    expect(JSON.stringify(manifest?.exports)).not.toContain("src/");
    expect(out).toContain("@utxoracle/viz@0.1.0 is published already");
  });

  it("packs missing packages with their order and checksums, and publishes nothing", async () => {
    const missing = ["@utxoracle/models", "@utxoracle/zmq-source"];
    const { url, taken } = await registryWith([...versions.keys()].filter((name) => !missing.includes(name)));
    const folder = mkdtempSync(join(tmpdir(), "pack-"));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const { code, out } = await publish(url, ["--pack", folder]);
    expect(code, out).toBe(0);
    expect(taken).toEqual([]);
    execFileSync("sha256sum", ["--check", "--strict", "SHA256SUMS"], { cwd: folder, stdio: "ignore" });
    const order = readFileSync(join(folder, "order.txt"), "utf8").trim().split("\n");
    expect(order.map((line) => line.replace(/@[^@]*$/, ""))).toEqual(missing);
  });

  it("fails before publishing if the packages name another repository", async () => {
    const { url, taken } = await registryWith([]);
    const { code, out } = await publish(url, [], {
      GITHUB_SERVER_URL: "https://github.com",
      GITHUB_REPOSITORY: "somebody/another",
    });
    expect(code).toBe(1);
    expect(out).toContain("docs/releasing.md");
    expect(taken).toEqual([]);
  });

  it("fails if the registry does not respond", async () => {
    const server = createServer((_request, response) => void response.writeHead(500).end());
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void server.close());
    const { code, out } = await publish(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`, []);
    expect(code).not.toBe(0);
    expect(out).toContain("responded with status 500");
  });
});

describe("the repository's address", () => {
  const url = "https://github.com/OWNER/NAME";

  it("is written by the command in docs/releasing.md", async () => {
    const block = fencesOf("docs/releasing.md")[0]?.text.trim();
    expect(block).toBe(`node scripts/repository-fields.mjs ${url}`);
    // The command's functions, without changing the repository.
    const path = join(repositoryRoot, "scripts", "repository-fields.mjs");
    const { publishedManifests, repositoryProblems, withRepository } = await import(path);
    const manifests = publishedManifests() as { manifest: Record<string, unknown>; folder: string }[];
    expect(manifests.map(({ manifest }) => manifest["name"]).sort()).toEqual([...versions.keys()].sort());
    const written = manifests.map(({ manifest, folder }) => ({
      manifest: withRepository(manifest, url, folder) as Record<string, unknown>,
      folder,
    }));
    expect(repositoryProblems(written, url)).toEqual([]);
    expect(repositoryProblems(written, "https://github.com/OWNER/other")).toHaveLength(3 * versions.size);
    const [first] = written;
    expect(first?.manifest["repository"]).toEqual({
      type: "git",
      url: "git+https://github.com/OWNER/NAME.git",
      directory: first?.folder,
    });
    for (const [index, { manifest, folder }] of written.entries()) {
      const { homepage: _homepage, bugs: _bugs, repository: _repository, ...others } = manifest;
      const {
        homepage: __homepage,
        bugs: __bugs,
        repository: __repository,
        ...before
      } = manifests[index]?.manifest ?? {};
      expect(others, folder).toEqual(before);
      expect(withRepository(manifest, url, folder)).toEqual(manifest);
    }
  });
});
