import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildPage } from "./built-page.ts";

/** The only link to another server; nothing as long as package.json names no source. */
const sourceLink = /<a id="source" [^>]*>/;

describe("the built page", () => {
  let page: Awaited<ReturnType<typeof buildPage>>;
  let files: string[];
  const read = (name: string): Promise<Buffer> => readFile(join(page.directory, name));

  beforeAll(async () => {
    page = await buildPage();
    files = (await readdir(page.directory, { recursive: true })).filter((name) => name.includes("."));
  });
  afterAll(() => page?.remove());

  it("has an equal .br and .gz file for each text file", async () => {
    const texts = files.filter((name) => /\.(html|js|css|svg)$/.test(name));
    expect(texts).toEqual(expect.arrayContaining(["index.html", "favicon.svg"]));
    expect(texts.length).toBe(7);
    for (const name of texts) {
      const bytes = await read(name);
      expect(brotliDecompressSync(await read(`${name}.br`))).toEqual(bytes);
      expect(gunzipSync(await read(`${name}.gz`))).toEqual(bytes);
    }
    expect(files).toHaveLength(3 * texts.length + 1);
  });

  it("refers to hashed scripts and styles by relative paths", async () => {
    const html = (await read("index.html")).toString().replace(sourceLink, "");
    const addresses = [...html.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, address]) => address as string);
    expect(addresses.filter((address) => /^\.\/assets\/[\w-]+-[\w-]{8}\.(js|css)$/.test(address))).toHaveLength(2);
    for (const address of addresses) expect(address).toMatch(/^\.\//);
  });

  it("complies with default-src 'self' and names no other server", async () => {
    const html = (await read("index.html")).toString().replace(sourceLink, "");
    for (const [, body] of html.matchAll(/<script[^>]*>([\s\S]*?)<\/script>/g)) expect(body).toBe("");
    expect(html).not.toMatch(/<style|\sstyle=|\son\w+=|javascript:|data:/i);
    for (const name of files.filter((file) => /\.(html|js|css)$/.test(file)))
      expect((await read(name)).toString().replace(sourceLink, "").replaceAll("http://www.w3.org/", "")).not.toMatch(
        /https?:\/\/[\w.]/,
      );
  });

  it("is below its size limit", async () => {
    const sizes = await Promise.all(
      files.filter((name) => name.endsWith(".br")).map(async (name) => (await read(name)).length),
    );
    expect(sizes.reduce((sum, size) => sum + size)).toBeLessThan(52_000);
  });
});
