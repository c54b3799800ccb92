import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { packPackages } from "./pack-packages.ts";
import { tarballFiles } from "./tarball.ts";

interface Published {
  readonly tarball: string;
  readonly bytes: Buffer;
  readonly manifest: { readonly version: string };
}

/**
 * A registry on 127.0.0.1 with this workspace's packages as if published, which redirects other
 * requests to npm's registry. `npm install @utxoracle/estimator` works before the first release.
 */
export class PackageRegistry {
  readonly #folder: string;
  readonly #server: Server;
  readonly #packages = new Map<string, Published>();
  readonly #elsewhere: string;

  private constructor() {
    this.#folder = mkdtempSync(join(tmpdir(), "utxoracle-registry-"));
    for (const [name, tarball] of packPackages(this.#folder)) {
      const manifest = tarballFiles(tarball).get("package/package.json");
      this.#packages.set(name, { tarball, bytes: readFileSync(tarball), manifest: JSON.parse(String(manifest)) });
    }
    this.#elsewhere = execFileSync("npm", ["config", "get", "registry"], { cwd: tmpdir(), encoding: "utf8" })
      .trim()
      .replace(/\/$/, "");
    this.#server = createServer((request, response) => this.#answer(request, response));
  }

  /** Packs all packages and serves them. */
  static async start(): Promise<PackageRegistry> {
    const registry = new PackageRegistry();
    await new Promise<void>((resolve) => registry.#server.listen(0, "127.0.0.1", resolve));
    return registry;
  }

  /** The URL for a package manager's setting `registry`. */
  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`;
  }

  /** Path of a package's tarball. */
  tarball(name: string): string {
    const found = this.#packages.get(name);
    if (found === undefined) throw new Error(`${name} is not a published package`);
    return found.tarball;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const path = decodeURIComponent((request.url ?? "/").slice(1));
    const file = [...this.#packages.values()].find(({ tarball }) => path === `-/${basename(tarball)}`);
    const found = this.#packages.get(path);
    if (file !== undefined) response.setHeader("content-type", "application/octet-stream").end(file.bytes);
    else if (found !== undefined)
      response.setHeader("content-type", "application/json").end(JSON.stringify(this.#packument(path, found)));
    else response.writeHead(302, { location: `${this.#elsewhere}${request.url}` }).end();
  }

  /** Registry metadata of a package with one version, old enough for every age limit. */
  #packument(name: string, { manifest, bytes, tarball }: Published): object {
    const { version } = manifest;
    const integrity = `sha512-${createHash("sha512").update(bytes).digest("base64")}`;
    const shasum = createHash("sha1").update(bytes).digest("hex");
    const dist = { tarball: `${this.url}-/${basename(tarball)}`, integrity, shasum };
    const published = new Date(Date.now() - 30 * 86_400_000).toISOString();
    return {
      name,
      "dist-tags": { latest: version },
      versions: { [version]: { ...manifest, name, dist } },
      time: { created: published, modified: published, [version]: published },
    };
  }
}
