import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { needs } from "@utxoracle/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { text } from "./repository.ts";

/** systemd's exposure score, 0 to 10 (worst). The rest is the network that the service needs. */
const HIGHEST_EXPOSURE = 1.5;
const NAME = "utxoracle-live.service";
const unit = text(`deploy/systemd/${NAME}`);

describe("the systemd unit", () => {
  const folder = mkdtempSync(join(tmpdir(), "unit-"));
  const path = join(folder, NAME);

  /** Runs systemd-analyze on the unit's text. */
  function analyze(words: readonly string[], content: string): { status: number | null; output: string } {
    writeFileSync(path, content);
    const { status, stdout, stderr } = spawnSync("systemd-analyze", [...words, path], { encoding: "utf8" });
    return { status, output: `${stdout}${stderr}` };
  }

  /** The unit with a program that exists on this machine. */
  const here = unit.replace("/usr/bin/node", process.execPath);

  beforeAll(() => expect(unit).toContain("ExecStart=/usr/bin/node "));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it("passes systemd-analyze verify", needs("systemd-analyze"), () => {
    expect(analyze(["verify"], here)).toEqual({ status: 0, output: "" });
    // Check of the check itself.
    expect(analyze(["verify"], here.replace("ProtectSystem=", "ProtectSystm=")).output).toContain("ProtectSystm");
  });

  it("has a low exposure score", needs("systemd-analyze"), () => {
    const judge = ["security", "--offline=true", `--threshold=${HIGHEST_EXPOSURE * 10}`];
    const { status, output } = analyze(judge, here);
    expect(output.split("\n").at(-2)).toMatch(/Overall exposure level for utxoracle-live\.service: [01]\.\d OK/);
    expect(status, output).toBe(0);
    // systemd marks missing restrictions with ✗.
    expect(output).not.toMatch(/^✗ PrivateMounts=/m);
    expect(analyze(judge, here.replace("PrivateMounts=yes\n", "")).output).toMatch(/^✗ PrivateMounts=/m);
    expect(analyze(judge, here.replace("CapabilityBoundingSet=\n", "")).status).toBe(1);
  });

  it("runs as its own user, reads the cookie by group, writes its state only", () => {
    const lines = unit.split("\n");
    expect(lines).toEqual(
      expect.arrayContaining([
        "DynamicUser=yes",
        "ProtectSystem=strict",
        "SupplementaryGroups=bitcoin",
        "Environment=UTXORACLE_DATA_DIR=%S/utxoracle-live",
        "StateDirectory=utxoracle-live",
      ]),
    );
  });

  it("uses existing settings only", async () => {
    const { settingNames, variableOf } = await import("../../apps/live/src/config/schema.ts");
    const known = settingNames.map(variableOf);
    const named = [...unit.matchAll(/^Environment=(UTXORACLE_\w+)=/gm)].map((match) => match[1]);
    expect(named.length).toBeGreaterThan(0);
    expect(known).toEqual(expect.arrayContaining(named));
  });
});
