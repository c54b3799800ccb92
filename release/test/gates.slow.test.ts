import { spawn } from "node:child_process";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { describe, expect, it, onTestFinished } from "vitest";
import { repositoryRoot } from "../src/published-packages.ts";

/** Runs the check against a registry with this response to the advisories request. */
async function checkAdvisories(
  status: number,
  answer: object,
  env: NodeJS.ProcessEnv = {},
): Promise<{ code: number; out: string; err: string }> {
  const registry = createServer((request, response) => {
    request.resume().on("end", () => {
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(answer));
    });
  });
  await new Promise<void>((resolve) => registry.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void registry.close());
  const url = `http://127.0.0.1:${(registry.address() as AddressInfo).port}/`;
  const script = join(repositoryRoot, "scripts", "check-advisories.mjs");
  const child = spawn(process.execPath, [script, "--registry", url], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, UTXORACLE_ADVISORIES: "", ...env },
  });
  const ended = new Promise<number>((resolve) => child.once("close", (code) => resolve(code ?? -1)));
  const [code, out, err] = await Promise.all([ended, text(child.stdout), text(child.stderr)]);
  return { code, out, err };
}

describe("the security advisories check", () => {
  it("fails on an advisory and names the dependency's path", async () => {
    const advisory = {
      id: 1,
      url: "https://github.com/advisories/GHSA-xxxx-xxxx-xxxx",
      title: "test advisory",
      severity: "high",
      vulnerable_versions: ">=8.0.0",
      cwe: ["CWE-1"],
      cvss: { score: 7.5, vectorString: null },
    };
    const { code, err } = await checkAdvisories(200, { ws: [advisory] });
    expect(code).toBe(1);
    expect(err).toMatch(/^ws: high, test advisory \(GHSA-xxxx-xxxx-xxxx\), by .*packages__stream-server>ws/);
  });

  it("passes without advisories", async () => {
    expect(await checkAdvisories(200, {})).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^advisories: none against \d{3,} dependencies, 0 explained\n$/),
    });
  });

  it("reports a registry without advisories, and fails if they are required", async () => {
    const out = "advisories: NOT CHECKED, this registry has none (status 405)\n";
    const ways = [{}, { UTXORACLE_ADVISORIES: "required" }];
    const [here, onGitHub] = await Promise.all(ways.map((env) => checkAdvisories(405, {}, env)));
    expect(here).toMatchObject({ code: 0, out });
    expect(onGitHub).toMatchObject({ code: 1, out });
  });
});
