import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { needs } from "@utxoracle/testkit";
import { afterAll, describe, expect, it } from "vitest";
import { budgets } from "../src/config/budgets.ts";
import { checkWindowFile, type WantedWindow, type WindowHead, WindowStore } from "../src/ingest/window-store.ts";

const root = mkdtempSync(join(tmpdir(), "window-store-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const NOW = 1_800_000_000;
const head: WindowHead = {
  chain: "main",
  savedAt: NOW,
  windowSeconds: 10_800,
  engine: "posterior",
  seesMempool: true,
};
const wanted: WantedWindow = {
  chain: null,
  windowSeconds: 10_800,
  engine: "posterior",
  seesMempool: true,
  now: NOW + 60,
};
const window = Uint8Array.from({ length: 1000 }, (_, index) => index & 255);

const emptyStore = (): WindowStore => new WindowStore(mkdtempSync(join(root, "d-")));

async function savedStore(changes: Partial<WindowHead> = {}): Promise<WindowStore> {
  const store = emptyStore();
  await store.save({ ...head, ...changes }, window);
  return store;
}

describe("a saved window", () => {
  it("is restored as saved, the last one", async () => {
    const store = emptyStore();
    expect(await store.load(wanted)).toBeNull();
    await Promise.all([store.save(head, new Uint8Array(5)), store.save(head, window)]);
    const loaded = await store.load(wanted);
    expect(loaded).toMatchObject({ head });
    expect(loaded !== null && "window" in loaded && Buffer.from(loaded.window).equals(window)).toBe(true);
  });

  it.each<[string, Partial<WindowHead>, Partial<WantedWindow>, RegExp | null]>([
    ["of the chain of --chain", {}, { chain: "main" }, null],
    ["of another chain", {}, { chain: "signet" }, /of chain main, not signet/],
    ["of a chain that nothing tells now", { seesMempool: false }, { seesMempool: false }, /of chain main, not unknown/],
    ["of an unknown chain, and still unknown", { chain: null, seesMempool: false }, { seesMempool: false }, null],
    ["of another --window", {}, { windowSeconds: 3600 }, /another --window/],
    ["of another --engine", {}, { engine: "reference" }, /another --window or --engine/],
    ["saved without RPC", { seesMempool: false }, {}, /RPC/],
    ["older than the window", {}, { now: NOW + 10_801 }, /older than the window/],
    ["from before the clock was set back", {}, { now: NOW - 60 }, /later than the clock/],
  ])("%s", async (_, saved, now, problem) => {
    const loaded = await (await savedStore(saved)).load({ ...wanted, ...now });
    if (problem === null) expect(loaded).toMatchObject({ head: saved });
    else expect(loaded).toEqual({ problem: expect.stringMatching(problem) });
  });

  it("with any byte changed or missing is rejected", async () => {
    const { path } = await savedStore();
    const bytes = readFileSync(path);
    for (let index = 0; index < bytes.length; index += index < 200 ? 1 : 97) {
      const store = emptyStore();
      writeFileSync(
        store.path,
        bytes.map((byte, place) => (place === index ? byte ^ 1 : byte)),
      );
      expect(await store.load(wanted), `byte ${index}`).toEqual({ problem: expect.any(String) });
      truncateSync(store.path, index);
      expect(await store.load(wanted), `length ${index}`).toEqual({ problem: expect.any(String) });
    }
  });

  it("that is too large is not read", async () => {
    const store = emptyStore();
    writeFileSync(store.path, "");
    truncateSync(store.path, budgets.savedWindow.bytes + 1);
    expect(await store.load(wanted)).toEqual({ problem: "it is too large" });
  });

  it("stays when the next save fails", async () => {
    const store = await savedStore();
    writeFileSync(`${store.path}.partial`, "of a process that was killed");
    expect(await store.load(wanted)).toMatchObject({ head });
    await store.save({ ...head, savedAt: NOW + 1 }, window);
    rmSync(`${store.path}.partial`, { force: true });
    const gone = new WindowStore(join(root, "gone"));
    await expect(gone.save(head, window)).rejects.toMatchObject({ code: "ENOENT" });
    expect(await store.load(wanted)).toMatchObject({ head: { savedAt: NOW + 1 } });
  });
});

describe("a file at the path of the saved window", () => {
  const refused = async (store: WindowStore, words: string): Promise<void> => {
    await expect(checkWindowFile(dirname(store.path))).rejects.toThrow(words);
    expect(await store.load(wanted)).toEqual({ problem: expect.any(String) });
  };

  it("is rejected if it is another program's, and unchanged", async () => {
    const store = emptyStore();
    writeFileSync(store.path, "another program's");
    await refused(store, "is not a saved window: move it away");
    expect(readFileSync(store.path, "utf8")).toBe("another program's");
  });

  it("is rejected at once if it is a folder, a link or a pipe", needs("mkfifo"), async () => {
    const folder = emptyStore();
    mkdirSync(folder.path);
    await refused(folder, "it is not a regular file");
    const link = emptyStore();
    symlinkSync("/dev/zero", link.path);
    await refused(link, "ELOOP");
    const pipe = emptyStore();
    execFileSync("mkfifo", [pipe.path]);
    await refused(pipe, "it is not a regular file");
  });

  it("is accepted if missing, empty, or a window of any version", async () => {
    const store = emptyStore();
    await checkWindowFile(dirname(store.path));
    writeFileSync(store.path, "");
    await checkWindowFile(dirname(store.path));
    const { path } = await savedStore();
    await checkWindowFile(dirname(path));
    const bytes = readFileSync(path);
    // The version follows "UTXOWIN".
    bytes.writeUInt8(2, 7);
    writeFileSync(path, bytes);
    await checkWindowFile(dirname(path));
  });

  it("is written without following a link at the temporary path", needs("Unix sockets"), async () => {
    const store = emptyStore();
    const target = join(dirname(store.path), "target");
    writeFileSync(target, "kept");
    symlinkSync(target, `${store.path}.partial`);
    await store.save(head, window);
    expect(readFileSync(target, "utf8")).toBe("kept");
    expect(await store.load(wanted)).toMatchObject({ head });
  });
});
