import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { needs, remedyFor } from "../src/index.ts";

/** A folder with executable programs. */
function folderWith(...programs: readonly string[]): string {
  const folder = mkdtempSync(join(tmpdir(), "requirements-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const name of programs) {
    mkdirSync(join(folder, name, ".."), { recursive: true });
    writeFileSync(join(folder, name), "#!/bin/sh\n", { mode: 0o755 });
  }
  return folder;
}

describe("a program", () => {
  it("is found on PATH, or in the sbin next to a bin on PATH", () => {
    const folder = folderWith("bin/shellcheck", "sbin/nginx");
    const PATH = `/nowhere:${join(folder, "bin")}`;
    expect(remedyFor("shellcheck", { PATH })).toBeNull();
    expect(remedyFor("nginx", { PATH })).toBeNull();
    expect(remedyFor("caddy", { PATH })).toBe("apt-get install caddy");
  });

  it("is missing if PATH is empty, or it is a folder or not executable", () => {
    const folder = folderWith("shellcheck", "curl/x");
    chmodSync(join(folder, "shellcheck"), 0o644);
    expect(remedyFor("shellcheck", { PATH: "" })).toBe("apt-get install shellcheck");
    expect(remedyFor("shellcheck", { PATH: folder })).toBe("apt-get install shellcheck");
    expect(remedyFor("curl", { PATH: folder })).toBe("apt-get install curl");
  });

  it("named by a variable is exactly that one", () => {
    const folder = folderWith("bitcoind", "nats-server");
    expect(remedyFor("bitcoind", { PATH: "", BITCOIND: join(folder, "bitcoind") })).toBeNull();
    expect(remedyFor("bitcoind", { PATH: folder, BITCOIND: "/no/such" })).toContain("BITCOIND=/no/such");
    expect(remedyFor("nats-server", { PATH: folder, NATS_SERVER: "/no/such" })).toContain("NATS_SERVER=/no/such");
    expect(remedyFor("nats-server", { PATH: folder })).toBeNull();
  });
});

describe("the corpus", () => {
  it("is missing if UTXORACLE_CORPUS is not a folder", () => {
    expect(remedyFor("corpus", { UTXORACLE_CORPUS: "/no/such" })).toContain("no folder /no/such (UTXORACLE_CORPUS)");
  });

  it("is missing if incomplete, and the first missing file is named", () => {
    const folder = folderWith("README.md", "blocks/702861.raw.gz");
    expect(remedyFor("corpus", { UTXORACLE_CORPUS: folder })).toContain(`no blocks/367891.raw.gz in ${folder}`);
  });
});

describe("a test with requirements", () => {
  it("runs if they are met", () => {
    vi.stubEnv("PATH", folderWith("shellcheck"));
    onTestFinished(() => void vi.unstubAllEnvs());
    expect(needs("shellcheck")).toEqual({});
  });

  it("is skipped with the remedy if they are missing", () => {
    vi.stubEnv("PATH", "");
    vi.stubEnv("UTXORACLE_CORPUS", "/no/such");
    onTestFinished(() => void vi.unstubAllEnvs());
    expect(needs("shellcheck", "corpus")).toEqual({
      skip: true,
      meta: {
        "missing:shellcheck": "apt-get install shellcheck",
        "missing:corpus": expect.stringContaining("UTXORACLE_CORPUS"),
      },
    });
  });
});
