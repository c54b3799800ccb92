import { mkdtempSync, readdirSync, readlinkSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { needs } from "@utxoracle/testkit";
import { openCaptureWriter } from "@utxoracle/zmq-source";
import { afterAll, describe, expect, it } from "vitest";
import { ReplayFeed } from "../src/ingest/replay-feed.ts";
import { createLogger } from "../src/logging/create-logger.ts";
import { isMainChain } from "../src/state/chain-status.ts";

const folder = mkdtempSync(join(tmpdir(), "replay-chain-"));
afterAll(() => rmSync(folder, { recursive: true }));
const log = createLogger({ format: "json", level: "error" });

async function chainOf(name: string, metadata: Record<string, unknown>): Promise<string | null> {
  const path = join(folder, `${name}.capture`);
  const writer = await openCaptureWriter(path, { metadata });
  await writer.write({ topic: "rawtx", rawBytes: new Uint8Array(60), timestamp: 1_700_000_000, counter: 0 });
  await writer.close();
  const feed = await ReplayFeed.open({ path, speed: "max", spanSeconds: 1, log });
  const { chain } = feed.state();
  await feed.close();
  return chain;
}

describe("the chain of a recording", () => {
  it("is the one named by the capture, so that a test chain is never ok", async () => {
    expect(await chainOf("main", { chain: "main" })).toBe("main");
    const regtest = await chainOf("regtest", { chain: "regtest" });
    expect(regtest).toBe("regtest");
    expect(isMainChain("replay", regtest)).toBe(false);
  });

  it.each([{}, { chain: null }])("is unknown without a name: %j", async (metadata) => {
    expect(await chainOf(`none-${JSON.stringify(metadata).length}`, metadata)).toBeNull();
  });

  it.each([1, "x/../../evil", "a".repeat(40), "Regtest", "regtest "])(
    "must have a valid name, not %j",
    async (chain) => {
      await expect(chainOf(`bad-${String(chain).length}`, { chain })).rejects.toThrow("is not the name of a chain");
    },
  );

  it("leaves no file open, whether it is valid or not", needs("/proc"), async () => {
    await chainOf("open", { chain: "main" });
    await expect(chainOf("open-bad", { chain: 1 })).rejects.toThrow();
    const open = readdirSync("/proc/self/fd").flatMap((fd) => {
      try {
        return [readlinkSync(`/proc/self/fd/${fd}`)];
      } catch {
        // The descriptor of the listing itself.
        return [];
      }
    });
    expect(open.filter((path) => path.startsWith(folder))).toEqual([]);
  });
});
