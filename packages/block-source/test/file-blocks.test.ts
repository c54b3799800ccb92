import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { computeTxid, parseBlockHeader, serializeBlock, serializeTransaction } from "@utxoracle/tx-parser";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { bip34Height } from "../src/bip34-height.ts";
import { BlockSourceError, type BlockSourceErrorCode } from "../src/error.ts";
import { FileBlocks } from "../src/file-blocks.ts";
import { firstBlockFrom } from "../src/find-blocks.ts";
import { readBlockFiles } from "../src/read-block-files.ts";

const root = mkdtempSync(join(tmpdir(), "block-files-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const REGTEST = [0xfa, 0xbf, 0xb5, 0xda];
const START = 1_700_000_000;

/** A block that states its height; `branch` makes another one of the same height. */
function block(previousBlockHash: string, height: number, time: number, branch = 0, bits = 0x207fffff): Uint8Array {
  const scriptSig = Uint8Array.of(3, height & 255, (height >> 8) & 255, height >> 16, branch);
  const coinbase = {
    version: 2,
    inputs: [{ txid: "00".repeat(32), vout: 0xffffffff, scriptSig, sequence: 0, witness: [] }],
    outputs: [{ valueSats: 5_000_000_000, script: Uint8Array.of(0x51) }],
    lockTime: 0,
  };
  // Of one transaction alone the root is its id.
  const merkleRoot = computeTxid(serializeTransaction(coinbase));
  const header = { version: 0x20000000, previousBlockHash, merkleRoot, time, bits, nonce: branch };
  return serializeBlock({ header, transactions: [coinbase] });
}

/** Blocks one on the other, ten minutes apart. */
function blocks(count: number, firstHeight: number, previous = "00".repeat(32)): Uint8Array[] {
  const made: Uint8Array[] = [];
  for (let index = 0; index < count; index++)
    made.push(
      block(made.length === 0 ? previous : hashOf(made.at(-1) as Uint8Array), firstHeight + index, START + 600 * index),
    );
  return made;
}

const hashOf = (rawBlock: Uint8Array): string => parseBlockHeader(rawBlock).hash;

function frame(rawBlock: Uint8Array, magic = REGTEST): Buffer {
  const head = Buffer.from([...magic, 0, 0, 0, 0]);
  head.writeUInt32LE(rawBlock.length, 4);
  return Buffer.concat([head, rawBlock]);
}

let folders = 0;
/** A `blocks` folder with these files. */
function folder(files: readonly (readonly Uint8Array[])[], options: { key?: Uint8Array; kept?: number } = {}): string {
  const path = mkdtempSync(join(root, `${folders++}-`));
  files.forEach((frames, number) => {
    const content = Buffer.concat(frames);
    const { key } = options;
    if (key !== undefined) for (let i = 0; i < content.length; i++) (content[i] as number) ^= key[i % 8] as number;
    const name = join(path, `blk${String(number).padStart(5, "0")}.dat`);
    writeFileSync(name, Buffer.concat([content, Buffer.alloc(options.kept ?? 0)]));
  });
  if (options.key !== undefined) writeFileSync(join(path, "xor.dat"), options.key);
  return path;
}

function setModified(path: string, number: number, time: number): void {
  utimesSync(join(path, `blk${String(number).padStart(5, "0")}.dat`), time, time);
}

async function refusal(action: () => Promise<unknown>): Promise<BlockSourceError> {
  try {
    await action();
  } catch (error) {
    if (error instanceof BlockSourceError) return error;
    throw error;
  }
  throw new Error("nothing was refused");
}
const codeOf = async (action: () => Promise<unknown>): Promise<BlockSourceErrorCode> => (await refusal(action)).code;

describe("block files", () => {
  const chain = blocks(40, 1000);
  const framed = chain.map((each) => frame(each));

  it("have the heights of the coinbases", () => {
    expect(chain.map((each) => bip34Height(each))).toEqual(Array.from({ length: 40 }, (_, index) => 1000 + index));
    expect(bip34Height((chain[0] as Uint8Array).subarray(0, 60))).toBeNull();
  });

  it("return every block, with a key, reserved space and any split into files", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.integer({ min: 1, max: 39 }), { maxLength: 4 }),
        fc.option(fc.uint8Array({ minLength: 8, maxLength: 8 }), { nil: undefined }),
        fc.integer({ min: 0, max: 200 }),
        async (cuts, key, kept) => {
          const borders = [0, ...cuts.sort((a, b) => a - b), 40];
          const files = borders.slice(1).map((end, index) => framed.slice(borders[index], end));
          const source = new FileBlocks(folder(files, key === undefined ? { kept } : { key, kept }));
          expect(await source.tip()).toMatchObject({ chain: "regtest", height: 1039, missingBlocks: 0 });
          const places = await source.places(1000, 40);
          for (const [index, place] of places.entries()) {
            expect(place).toMatchObject({ height: 1000 + index, hash: hashOf(chain[index] as Uint8Array) });
            expect(Buffer.compare(await source.block(place), chain[index] as Uint8Array)).toBe(0);
          }
          source.close();
        },
      ),
      { numRuns: 40 },
    );
  });

  it("give the highest chain in any order, and the first of two equals", async () => {
    const branch = block(hashOf(chain[37] as Uint8Array), 1038, START, 1);
    const tie = block(hashOf(chain[38] as Uint8Array), 1039, START, 2);
    const shuffled = [...framed.slice(20), frame(branch), frame(tie), ...framed.slice(0, 20)];
    const source = new FileBlocks(folder([shuffled.slice(0, 10), shuffled.slice(10)]));
    const places = await source.places(1000, 40);
    expect(places.map(({ hash }) => hash)).toEqual(chain.map(hashOf));
    source.close();
  });

  it("end before a last block that is cut off, and report it", async () => {
    const path = folder([framed]);
    const file = join(path, "blk00000.dat");
    truncateSync(file, readFileSync(file).length - 1);
    const notices: string[] = [];
    const source = new FileBlocks(path, { onNotice: (text) => notices.push(text) });
    expect((await source.tip()).height).toBe(1038);
    expect(notices).toEqual([expect.stringMatching(/blk00000\.dat: the block at \d+ is incomplete/)]);
    source.close();
  });

  it("end before a last block that is incomplete in reserved space", async () => {
    for (const key of [undefined, Uint8Array.of(9, 8, 7, 6, 5, 4, 3, 2)])
      for (const written of [90, 130, (chain[39] as Uint8Array).length + 2]) {
        const path = folder([framed.slice(0, 39), [(framed[39] as Buffer).subarray(0, written)]], {
          ...(key === undefined ? {} : { key }),
          kept: 5000,
        });
        const notices: string[] = [];
        const source = new FileBlocks(path, { onNotice: (text) => notices.push(text) });
        expect((await source.tip()).height).toBe(1038);
        expect((await source.places(1000, 39)).map(({ hash }) => hash)).toEqual(chain.slice(0, 39).map(hashOf));
        expect(notices).toEqual([expect.stringMatching(/blk00001\.dat: the block at \d+ is incomplete/)]);
        source.close();
      }
  });

  it("that continue after unused reserved space return those blocks", async () => {
    const notices: string[] = [];
    const room = Buffer.alloc(3_000_000);
    const source = new FileBlocks(folder([[...framed.slice(0, 20), room, ...framed.slice(20)]]), {
      onNotice: (text) => notices.push(text),
    });
    expect(await source.places(1000, 40)).toHaveLength(40);
    expect(notices).toEqual([expect.stringContaining("3000000 bytes are no blocks")]);
    source.close();
  });

  it("give the same chain in any order and any split into files", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.shuffledSubarray([...chain.keys()], { minLength: 40 }),
        fc.uniqueArray(fc.integer({ min: 1, max: 39 }), { minLength: 1, maxLength: 8 }),
        async (order, cuts) => {
          const borders = [0, ...cuts.sort((a, b) => a - b), 40];
          const files = borders
            .slice(1)
            .map((end, file) => order.slice(borders[file], end).map((index) => framed[index] as Buffer));
          const source = new FileBlocks(folder(files));
          expect(await source.tip()).toMatchObject({ height: 1039 });
          expect((await source.places(1000, 40)).map(({ hash }) => hash)).toEqual(chain.map(hashOf));
          source.close();
        },
      ),
      { numRuns: 25 },
    );
  });

  it("last written before the tip was mined are not read for the newest blocks", async () => {
    const long = blocks(2400, 500_000);
    const path = folder(
      Array.from({ length: 24 }, (_, n) => long.slice(100 * n, 100 * n + 100).map((each) => frame(each))),
    );
    for (let n = 0; n < 24; n++) setModified(path, n, START + 600 * (100 * n + 99));
    // Reading it to the end is reported.
    appendFileSync(join(path, "blk00003.dat"), "no block at all");
    setModified(path, 3, START + 600 * 399);
    const notices: string[] = [];
    const source = new FileBlocks(path, { onNotice: (text) => notices.push(text) });
    expect(await source.places(502_256, 144)).toHaveLength(144);
    expect(notices).toEqual([]);
    await source.places(500_350, 1);
    expect(notices).toEqual([expect.stringContaining("15 bytes are no blocks")]);
    source.close();
  });

  it("end with the best chain if the newest blocks are in an older file", async () => {
    // As a node writes them that was started from a UTXO snapshot of height 250 and has not
    // validated all below it yet.
    const all = blocks(261, 0);
    const parts = [all.slice(0, 11), all.slice(250), all.slice(11, 120), all.slice(120, 231)];
    const files = parts.map((part) => part.map((each) => frame(each)));
    for (const order of [files, [...files].reverse(), [files[1], files[0], files[3], files[2]]])
      for (const key of [undefined, Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8)]) {
        const source = new FileBlocks(
          folder(order as Buffer[][], key === undefined ? { kept: 5000 } : { key, kept: 5000 }),
        );
        expect((await source.tip()).height).toBe(260);
        expect((await source.places(250, 11)).map(({ hash }) => hash)).toEqual(all.slice(250).map(hashOf));
        expect(await codeOf(() => source.places(249, 1))).toBe("missing_block");
        source.close();
      }
  });

  it("end at the highest block if branches lack blocks", async () => {
    const branches = fc.array(fc.tuple(fc.nat(1000), fc.integer({ min: 1, max: 8 })), { maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(
        branches,
        fc.array(fc.nat(), { minLength: 80, maxLength: 80 }),
        fc.array(fc.integer({ min: 0, max: 2_000_000_000 }), { minLength: 5, maxLength: 5 }),
        fc.array(fc.nat(79), { maxLength: 10 }),
        async (forks, places, times, missing) => {
          const tree = blocks(20, 700).map((rawBlock, index) => ({ rawBlock, height: 700 + index }));
          for (const [branch, [at, length]] of forks.entries()) {
            let parent = tree[at % tree.length] as (typeof tree)[number];
            for (let n = 1; n <= length; n++) {
              const height = parent.height + 1;
              parent = { rawBlock: block(hashOf(parent.rawBlock), height, START + 600 * height, branch + 1), height };
              tree.push(parent);
            }
          }
          const kept = tree.filter((_, index) => !missing.includes(index));
          fc.pre(kept.length > 0);
          const files: Buffer[][] = [[], [], [], [], []];
          const placed = kept.map((each, index) => ({ ...each, place: places[index] as number }));
          for (const { rawBlock, place } of placed.sort((a, b) => a.place - b.place))
            files[place % 5]?.push(frame(rawBlock));
          const path = folder(files);
          for (const [number, time] of times.entries()) setModified(path, number, time);
          const source = new FileBlocks(path);
          const { height } = await source.tip();
          expect(height).toBe(Math.max(...kept.map((each) => each.height)));
          const [place] = await source.places(height, 1);
          expect(kept.some((each) => each.height === height && hashOf(each.rawBlock) === place?.hash)).toBe(true);
          source.close();
        },
      ),
      { numRuns: 40 },
    );
  });

  it("prefer a shorter branch with more work", async () => {
    const heavy = block(hashOf(chain[36] as Uint8Array), 1037, START, 1, 0x1f7fffff);
    const source = new FileBlocks(folder([framed, [frame(heavy)]]));
    expect((await source.places(1036, 2)).map(({ hash }) => hash)).toEqual(
      [chain[36] as Uint8Array, heavy].map(hashOf),
    );
    source.close();
  });

  it("that contain a block twice, once incomplete, return the complete one", async () => {
    const torn = Buffer.from(framed[20] as Buffer).fill(0, 8 + 100);
    const source = new FileBlocks(folder([[...framed.slice(0, 20), torn], framed.slice(20)]));
    const places = await source.places(1000, 40);
    expect(await source.block(places[20] as (typeof places)[number])).toEqual(new Uint8Array(chain[20] as Uint8Array));
    const tornTip = Buffer.from(framed[39] as Buffer).fill(0, 8 + 100);
    expect((await new FileBlocks(folder([framed, [tornTip]])).tip()).height).toBe(1039);
    source.close();
  });

  it("with a damaged length return the blocks after it", async () => {
    const broken = Buffer.from(framed[20] as Buffer);
    broken.writeUInt32LE(3_999_999, 4);
    const notices: string[] = [];
    const source = new FileBlocks(folder([[...framed.slice(0, 20), broken, ...framed.slice(21)]]), {
      onNotice: (text) => notices.push(text),
    });
    expect(await source.places(1021, 19)).toHaveLength(19);
    expect(notices).toEqual([expect.stringContaining("is incomplete")]);
    for (const length of [0, 80, 4_000_001, 0xffffffff]) {
      broken.writeUInt32LE(length, 4);
      const other = new FileBlocks(folder([[...framed.slice(0, 20), broken, ...framed.slice(21)]]));
      expect(await other.places(1021, 19)).toHaveLength(19);
      other.close();
    }
    source.close();
  });

  it("skip a block above the limit, though it is complete", async () => {
    const large = frame(new Uint8Array(4_000_001));
    const notices: string[] = [];
    const source = new FileBlocks(folder([[large, ...framed]]), { onNotice: (text) => notices.push(text) });
    expect(await source.places(1000, 40)).toHaveLength(40);
    expect(notices).toEqual([expect.stringContaining(`${large.length} bytes are no blocks`)]);
    source.close();
  });

  it("that are not regular files, or contain too many blocks, are rejected", async () => {
    const path = folder([framed]);
    mkdirSync(join(path, "blk00001.dat"));
    expect(await codeOf(async () => new FileBlocks(path))).toBe("unreadable");
    expect(await codeOf(() => new FileBlocks(folder([framed]), { limits: { maxBlocks: 39 } }).tip())).toBe(
      "too_many_blocks",
    );
  });

  it("with a damaged part return the blocks after it, and report it", async () => {
    const notices: string[] = [];
    const damaged = [framed[0] as Buffer, Buffer.from("no block at all"), ...framed.slice(1)];
    const source = new FileBlocks(folder([damaged]), { onNotice: (text) => notices.push(text) });
    expect(await source.places(1000, 40)).toHaveLength(40);
    expect(notices).toEqual([expect.stringContaining("15 bytes are no blocks")]);
    source.close();
  });

  it("reject unknown chains and a missing key with the reason", async () => {
    const strange = folder([[frame(chain[0] as Uint8Array, [1, 2, 3, 4])]]);
    expect(await codeOf(() => new FileBlocks(strange).tip())).toBe("unknown_magic");
    const locked = folder([framed], { key: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8) });
    rmSync(join(locked, "xor.dat"));
    const error = await refusal(() => new FileBlocks(locked).tip());
    expect(error.code).toBe("unknown_magic");
    expect(error.message).toMatch(/blk00000\.dat: fbbdb6de at 0 .*xor\.dat/);
    const short = folder([framed], { key: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8) });
    truncateSync(join(short, "xor.dat"), 5);
    expect(await codeOf(async () => new FileBlocks(short))).toBe("bad_xor_key");
    expect(await codeOf(async () => new FileBlocks(mkdtempSync(join(root, "empty-"))))).toBe("no_block_files");
    expect(await codeOf(async () => new FileBlocks(join(root, "nowhere")))).toBe("no_block_files");
    const mixed = folder([[frame(chain[0] as Uint8Array, [0xf9, 0xbe, 0xb4, 0xd9])], framed.slice(1)]);
    expect(await codeOf(() => new FileBlocks(mixed).places(1000, 1))).toBe("wrong_chain");
  });

  it("distinguish missing, pruned and future blocks", async () => {
    const holed = new FileBlocks(folder([framed.filter((_, index) => index !== 10)]));
    expect(await codeOf(() => holed.places(1005, 3))).toBe("missing_block");
    expect(await holed.places(1011, 29)).toHaveLength(29);
    const pruned = new FileBlocks(folder([framed.slice(10)]));
    expect(await codeOf(() => pruned.places(1005, 3))).toBe("pruned");
    expect(await codeOf(() => pruned.places(1039, 2))).toBe("no_such_block");
    expect(await codeOf(() => firstBlockFrom(pruned, START, 1039))).toBe("pruned");
    expect(await codeOf(() => firstBlockFrom(holed, START, 1039))).toBe("missing_block");
    expect((await firstBlockFrom(pruned, START + 600 * 10 + 1, 1039))?.height).toBe(1011);
    for (const source of [holed, pruned]) source.close();
  });

  it("that grow while being read are read to their first size", async () => {
    const path = folder([framed.slice(0, 39)]);
    const source = new FileBlocks(path);
    expect((await source.tip()).height).toBe(1038);
    appendFileSync(join(path, "blk00000.dat"), framed[39] as Buffer);
    expect((await source.tip()).height).toBe(1038);
    expect((await new FileBlocks(path).tip()).height).toBe(1039);
    source.close();
  });
});

describe("readBlockFiles", () => {
  async function hashesOf(path: string, options = {}): Promise<string[]> {
    const hashes: string[] = [];
    for await (const { rawBytes, chain } of readBlockFiles(path, options)) {
      expect(chain).toBe("regtest");
      hashes.push(hashOf(rawBytes));
    }
    return hashes;
  }

  it("gives every block of every file in stored order, without obfuscation", async () => {
    const chain = blocks(12, 0);
    const abandoned = block(hashOf(chain[3] as Uint8Array), 4, START + 1, 1);
    const key = Uint8Array.of(9, 8, 7, 6, 5, 4, 3, 2);
    const first = [...chain.slice(0, 8), abandoned].map((raw) => frame(raw));
    const path = folder([first, chain.slice(8).map((raw) => frame(raw))], { key });
    expect(await hashesOf(path)).toEqual([...chain.slice(0, 8), abandoned, ...chain.slice(8)].map(hashOf));
  });

  it("skips a block that is being written, and reports it", async () => {
    const chain = blocks(3, 0);
    const path = folder([
      [...chain.slice(0, 2).map((raw) => frame(raw)), frame(chain[2] as Uint8Array).subarray(0, 60)],
    ]);
    const notices: string[] = [];
    expect(await hashesOf(path, { onNotice: (text: string) => notices.push(text) })).toEqual(
      chain.slice(0, 2).map(hashOf),
    );
    expect(notices.join()).toContain("is incomplete");
  });

  it("stops at the signal and at a file of another chain", async () => {
    const chain = blocks(3, 0);
    const frames = chain.map((raw) => frame(raw));
    await expect(hashesOf(folder([frames]), { signal: AbortSignal.abort() })).rejects.toThrow(/abort/i);
    const mixed = folder([frames, chain.map((raw) => frame(raw, [0xf9, 0xbe, 0xb4, 0xd9]))]);
    expect((await refusal(() => hashesOf(mixed))).code).toBe("wrong_chain");
    expect((await refusal(() => hashesOf("/no/such/folder"))).code).toBe("no_block_files");
    await expect(readBlockFiles(undefined as never).next()).rejects.toThrow(/directory must be the path/);
  });
});
