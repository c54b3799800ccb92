import { appendFileSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { computeTxid, parseBlockHeader, serializeBlock, serializeTransaction } from "@utxoracle/tx-parser";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { bip34Height } from "../src/blocks/bip34-height.ts";
import { BlocksError, type BlocksErrorCode } from "../src/blocks/blocks-error.ts";
import { FileBlocks } from "../src/blocks/file-blocks.ts";
import { firstBlockFrom } from "../src/blocks/find-blocks.ts";

const root = mkdtempSync(join(tmpdir(), "block-files-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const REGTEST = [0xfa, 0xbf, 0xb5, 0xda];
const START = 1_700_000_000;

/** A block that says its height; `branch` makes another one of the same height. */
function block(previousBlockHash: string, height: number, time: number, branch = 0): Uint8Array {
  const scriptSig = Uint8Array.of(3, height & 255, (height >> 8) & 255, height >> 16, branch);
  const coinbase = {
    version: 2,
    inputs: [{ txid: "00".repeat(32), vout: 0xffffffff, scriptSig, sequence: 0, witness: [] }],
    outputs: [{ valueSats: 5_000_000_000, script: Uint8Array.of(0x51) }],
    lockTime: 0,
  };
  // Of one transaction alone the root is its id.
  const merkleRoot = computeTxid(serializeTransaction(coinbase));
  const header = { version: 0x20000000, previousBlockHash, merkleRoot, time, bits: 0x207fffff, nonce: branch };
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

async function refusal(action: () => Promise<unknown>): Promise<BlocksError> {
  try {
    await action();
  } catch (error) {
    if (error instanceof BlocksError) return error;
    throw error;
  }
  throw new Error("nothing was refused");
}
const codeOf = async (action: () => Promise<unknown>): Promise<BlocksErrorCode> => (await refusal(action)).code;

describe("block files", () => {
  const chain = blocks(40, 1000);
  const framed = chain.map((each) => frame(each));

  it("say the height in the coinbase as the blocks have it", () => {
    expect(chain.map((each) => bip34Height(each))).toEqual(Array.from({ length: 40 }, (_, index) => 1000 + index));
    expect(bip34Height((chain[0] as Uint8Array).subarray(0, 60))).toBeNull();
  });

  it("give every block back, with a key and space that is kept for more, split over files anywhere", async () => {
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

  it("hold abandoned branches and any order: the highest chain counts, among equals the first that came", async () => {
    const branch = block(hashOf(chain[37] as Uint8Array), 1038, START, 1);
    const tie = block(hashOf(chain[38] as Uint8Array), 1039, START, 2);
    const shuffled = [...framed.slice(20), frame(branch), frame(tie), ...framed.slice(0, 20)];
    const source = new FileBlocks(folder([shuffled.slice(0, 10), shuffled.slice(10)]));
    const places = await source.places(1000, 40);
    expect(places.map(({ hash }) => hash)).toEqual(chain.map(hashOf));
    source.close();
  });

  it("whose last block is cut off end with the one before, and say so", async () => {
    const path = folder([framed]);
    const file = join(path, "blk00000.dat");
    truncateSync(file, readFileSync(file).length - 1);
    const notices: string[] = [];
    const source = new FileBlocks(path, { onNotice: (text) => notices.push(text) });
    expect((await source.tip()).height).toBe(1038);
    expect(notices).toEqual([expect.stringMatching(/blk00000\.dat: the block at \d+ is not there in full/)]);
    source.close();
  });

  it("whose last block was not written to its end, in room that was kept for it, end with the one before, and say so", async () => {
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
        expect(notices).toEqual([expect.stringMatching(/blk00001\.dat: the block at \d+ is not there in full/)]);
        source.close();
      }
  });

  it("that go on behind room that was kept and not used give what lies there, and say so", async () => {
    const notices: string[] = [];
    const room = Buffer.alloc(3_000_000);
    const source = new FileBlocks(folder([[...framed.slice(0, 20), room, ...framed.slice(20)]]), {
      onNotice: (text) => notices.push(text),
    });
    expect(await source.places(1000, 40)).toHaveLength(40);
    expect(notices).toEqual([expect.stringContaining("3000000 bytes are no blocks")]);
    source.close();
  });

  it("in any order over any files are the same chain: a node that catches up takes blocks far ahead", async () => {
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

  it("are not all looked at for the newest blocks", async () => {
    const long = blocks(2400, 500_000).map((each) => frame(each));
    const path = folder(Array.from({ length: 24 }, (_, file) => long.slice(100 * file, 100 * file + 100)));
    // Whoever looked at it would say that it is no block file.
    writeFileSync(join(path, "blk00003.dat"), "no block at all");
    const source = new FileBlocks(path);
    expect(await source.places(502_256, 144)).toHaveLength(144);
    expect(await codeOf(() => source.places(500_350, 1))).toBe("unknown_magic");
    source.close();
  });

  it("with a damaged stretch give what lies behind it, and say so", async () => {
    const notices: string[] = [];
    const damaged = [framed[0] as Buffer, Buffer.from("no block at all"), ...framed.slice(1)];
    const source = new FileBlocks(folder([damaged]), { onNotice: (text) => notices.push(text) });
    expect(await source.places(1000, 40)).toHaveLength(40);
    expect(notices).toEqual([expect.stringContaining("15 bytes are no blocks")]);
    source.close();
  });

  it("of no known chain, or whose key is missing or wrong, are refused each in its own way", async () => {
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

  it("tell a block that is missing from blocks that were pruned, and from those not there yet", async () => {
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

  it("that grow while they are read are read to where they were", async () => {
    const path = folder([framed.slice(0, 39)]);
    const source = new FileBlocks(path);
    expect((await source.tip()).height).toBe(1038);
    appendFileSync(join(path, "blk00000.dat"), framed[39] as Buffer);
    expect((await source.tip()).height).toBe(1038);
    expect((await new FileBlocks(path).tip()).height).toBe(1039);
    source.close();
  });
});
