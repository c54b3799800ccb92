import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { needs, remedyFor } from "../src/index.ts";

/** A folder with programs that can be run. */
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
  it("is there when PATH leads to it, or to the bin beside its sbin", () => {
    const folder = folderWith("bin/shellcheck", "sbin/nginx");
    const PATH = `/nowhere:${join(folder, "bin")}`;
    expect(remedyFor("shellcheck", { PATH })).toBeNull();
    expect(remedyFor("nginx", { PATH })).toBeNull();
    expect(remedyFor("caddy", { PATH })).toBe("apt-get install caddy");
  });

  it("is missing on an empty PATH, when it is a folder, and when it may not be run", () => {
    const folder = folderWith("shellcheck", "curl/x");
    chmodSync(join(folder, "shellcheck"), 0o644);
    expect(remedyFor("shellcheck", { PATH: "" })).toBe("apt-get install shellcheck");
    expect(remedyFor("shellcheck", { PATH: folder })).toBe("apt-get install shellcheck");
    expect(remedyFor("curl", { PATH: folder })).toBe("apt-get install curl");
  });

  it("named by a variable is that one and no other", () => {
    const folder = folderWith("bitcoind", "nats-server");
    expect(remedyFor("bitcoind", { PATH: "", BITCOIND: join(folder, "bitcoind") })).toBeNull();
    expect(remedyFor("bitcoind", { PATH: folder, BITCOIND: "/no/such" })).toContain("BITCOIND=/no/such");
    expect(remedyFor("nats-server", { PATH: folder, NATS_SERVER: "/no/such" })).toContain("NATS_SERVER=/no/such");
    expect(remedyFor("nats-server", { PATH: folder })).toBeNull();
  });
});

describe("the corpus", () => {
  it("is missing when UTXORACLE_CORPUS names no folder", () => {
    expect(remedyFor("corpus", { UTXORACLE_CORPUS: "/no/such" })).toContain("no folder /no/such (UTXORACLE_CORPUS)");
  });

  it("is missing when half of it is, and the first file that lacks is named", () => {
    const folder = folderWith("README.md", "blocks/702861.raw.gz");
    expect(remedyFor("corpus", { UTXORACLE_CORPUS: folder })).toContain(`no blocks/367891.raw.gz in ${folder}`);
  });
});

describe("a test that needs something", () => {
  it("runs where it is there", () => {
    vi.stubEnv("PATH", folderWith("shellcheck"));
    onTestFinished(() => void vi.unstubAllEnvs());
    expect(needs("shellcheck")).toEqual({});
  });

  it("is skipped where it is missing, with the remedy in the report", () => {
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
