import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { cleanEnvironment, eventually, ServiceProcess } from "./service-process.ts";

const run = promisify(execFile);
const appFolder = fileURLToPath(new URL("../..", import.meta.url));
const root = join(appFolder, "../..");

describe("the packed tarball, in an empty folder", () => {
  const folder = mkdtempSync(join(tmpdir(), "tarball-"));
  const program = join(folder, "node_modules", "utxoracle-live", "dist", "main.js");

  beforeAll(async () => {
    const { packageManager } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
      packageManager: string;
    };
    const { stdout } = await run("npx", ["-y", packageManager, "pack", "--json", "--pack-destination", folder], {
      cwd: appFolder,
    });
    const packed = JSON.parse(stdout) as { filename: string } | { filename: string }[];
    const { filename } = Array.isArray(packed) ? (packed[0] as { filename: string }) : packed;
    writeFileSync(join(folder, "package.json"), '{"private": true}');
    await run(
      "npm",
      ["install", "--no-audit", "--no-fund", filename.startsWith("/") ? filename : join(folder, filename)],
      {
        cwd: folder,
        env: cleanEnvironment(),
      },
    );
  }, 180_000);

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it("runs with npx without this repository", async () => {
    const { stdout } = await run("npx", ["--no-install", "utxoracle-live", "--version"], {
      cwd: folder,
      env: cleanEnvironment(),
    });
    expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
    const manifest = JSON.parse(readFileSync(join(folder, "node_modules/utxoracle-live/package.json"), "utf8")) as {
      dependencies: Record<string, string>;
    };
    for (const [name, version] of Object.entries(manifest.dependencies)) {
      expect(name).not.toMatch(/^@utxoracle\//);
      expect(version).toMatch(/^\d+\.\d+\.\d+$/);
    }
  });

  it("runs the demo with the page", async () => {
    const service = new ServiceProcess(["demo", "--port", "0"], {}, program);
    try {
      service.url = String((await service.logLine((line) => line.msg === "listening"))["url"]);
      await eventually(
        "a price",
        () => service.price(),
        (price) => price.price !== null,
      );
      const page = (await service.get("/")).text;
      const script = /src="([^"]+\.js)"/.exec(page)?.[1];
      expect(script).toBeDefined();
      expect((await service.get(`/${script?.replace(/^\.?\//, "")}`)).status).toBe(200);
    } finally {
      expect(await service.stop("SIGINT")).toMatchObject({ exitCode: 0 });
    }
  });
});
