import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import fs from "node:fs/promises";
import { request } from "node:http";
import { syncBuiltinESMExports } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { brotliCompressSync, brotliDecompressSync, gzipSync } from "node:zlib";
import { describe, expect, it, onTestFinished } from "vitest";
import { createStreamServer } from "../src/index.ts";
import { startServer } from "./test-server.ts";

const SCRIPT = `console.log(${JSON.stringify("x".repeat(500))});`;

function siteFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "static-folder-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  mkdirSync(join(folder, "assets"));
  writeFileSync(join(folder, "index.html"), "<!doctype html><title>price</title>");
  writeFileSync(join(folder, "assets/index-Bq3xK9f_.js"), SCRIPT);
  writeFileSync(join(folder, "assets/index-Bq3xK9f_.js.br"), brotliCompressSync(SCRIPT));
  writeFileSync(join(folder, "assets/index-Bq3xK9f_.js.gz"), gzipSync(SCRIPT));
  writeFileSync(join(folder, "assets/some-pictures.css"), "a{}");
  writeFileSync(join(folder, "favicon.svg"), "<svg/>");
  writeFileSync(join(folder, "with space.txt"), "spaced");
  symlinkSync("/etc/passwd", join(folder, "passwd.txt"));
  return folder;
}

interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: Buffer;
}

/** Sends a request without path normalization or default encodings. */
function get(url: string, path: string, headers: Record<string, string> = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { port } = new URL(url);
    request({ host: "127.0.0.1", port, path, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("end", () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) }),
      );
    })
      .on("error", reject)
      .end();
  });
}

async function startSite(): Promise<string> {
  const { server, url } = await startServer();
  await server.addStaticFolder({ directory: siteFolder() });
  return url;
}

describe("a static folder", () => {
  it("serves its page uncached with a strict Content-Security-Policy", async () => {
    const url = await startSite();
    for (const path of ["/", "/index.html"]) {
      const { status, headers, body } = await get(url, path);
      expect(status).toBe(200);
      expect(body.toString()).toContain("<title>price</title>");
      expect(headers["content-type"]).toBe("text/html; charset=utf-8");
      expect(headers["cache-control"]).toBe("no-store, no-transform");
      const policy = String(headers["content-security-policy"]);
      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).not.toMatch(/unsafe|https?:|\*/);
      expect(headers["x-content-type-options"]).toBe("nosniff");
      expect(headers["x-frame-options"]).toBe("DENY");
    }
  });

  it("can be framed by other sites only if embeddable", async () => {
    const { server, url } = await startServer();
    await server.addStaticFolder({ directory: siteFolder(), embeddable: true });
    const { headers } = await get(url, "/");
    const policy = String(headers["content-security-policy"]);
    expect(policy).not.toContain("frame-ancestors");
    expect(policy).toContain("default-src 'none'");
    expect(headers["x-frame-options"]).toBeUndefined();
  });

  it("makes hashed files immutable and others revalidated", async () => {
    const url = await startSite();
    const hashed = await get(url, "/assets/index-Bq3xK9f_.js");
    expect(hashed.headers["cache-control"]).toBe("public, max-age=31536000, immutable, no-transform");
    expect(hashed.headers["content-type"]).toBe("text/javascript; charset=utf-8");
    for (const path of ["/favicon.svg", "/assets/some-pictures.css"])
      expect((await get(url, path)).headers["cache-control"]).toBe("no-cache, no-transform");
    const { headers } = await get(url, "/favicon.svg");
    const again = await get(url, "/favicon.svg", { "If-None-Match": String(headers["etag"]) });
    expect({ status: again.status, length: again.body.length }).toEqual({ status: 304, length: 0 });
    expect((await get(url, "/favicon.svg", { "If-None-Match": '"other"' })).status).toBe(200);
  });

  it("sends a precompressed file to clients that accept it", async () => {
    const url = await startSite();
    const path = "/assets/index-Bq3xK9f_.js";
    const brotli = await get(url, path, { "Accept-Encoding": "gzip, deflate, br" });
    expect(brotli.headers["content-encoding"]).toBe("br");
    expect(brotli.headers["vary"]).toBe("Accept-Encoding");
    expect(brotliDecompressSync(brotli.body).toString()).toBe(SCRIPT);
    expect((await get(url, path, { "Accept-Encoding": "gzip" })).headers["content-encoding"]).toBe("gzip");
    for (const refusal of ["br;q=0, gzip;q=0.0", "identity", ""]) {
      const plain = await get(url, path, { "Accept-Encoding": refusal });
      expect(plain.headers["content-encoding"], refusal).toBeUndefined();
      expect(plain.body.toString()).toBe(SCRIPT);
    }
    expect((await get(url, `${path}.br`)).status).toBe(404);
  });

  it("serves nothing outside the folder, for any path or link", async () => {
    const url = await startSite();
    for (const path of [
      "/../package.json",
      "/..%2fpackage.json",
      "/%2e%2e/package.json",
      "/assets/../../package.json",
      "/assets/..\\..\\package.json",
      "//etc/passwd",
      "/passwd.txt",
      "/assets",
      "/assets/",
    ])
      expect((await get(url, path)).status, path).toBe(404);
    expect((await get(url, "/with%20space.txt")).body.toString()).toBe("spaced");
  });

  it("may be in an archive, whose file system lists names only", async () => {
    const { readdir } = fs;
    onTestFinished(() => {
      fs.readdir = readdir;
      syncBuiltinESMExports();
    });
    fs.readdir = (async (path: string, options?: unknown) => {
      if (options !== undefined) throw new Error("not supported in an archive");
      return await readdir(path);
    }) as typeof readdir;
    syncBuiltinESMExports();
    const url = await startSite();
    expect((await get(url, "/assets/index-Bq3xK9f_.js")).status).toBe(200);
  });

  it("is rejected with its name if it cannot be served", async () => {
    const empty = mkdtempSync(join(tmpdir(), "static-folder-"));
    onTestFinished(() => rmSync(empty, { recursive: true }));
    const server = createStreamServer();
    for (const directory of [empty, join(empty, "missing")])
      await expect(server.addStaticFolder({ directory })).rejects.toMatchObject({
        code: "folder_unreadable",
        message: expect.stringContaining(directory),
      });
    await expect(server.addStaticFolder({ directory: siteFolder(), maxTotalBytes: 100 })).rejects.toMatchObject({
      code: "folder_unreadable",
      message: expect.stringContaining("100 bytes"),
    });
  });
});
