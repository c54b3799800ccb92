import { describe, expect, it } from "vitest";
import { blockchainInfo, mempoolEntry, zmqNotifications } from "../src/node-responses.ts";

// Answers of Bitcoin Core by version, with the fields of its RPC help and release notes. Values are
// made up.

const HASH = "00".repeat(31);
const common = {
  chain: "main",
  blocks: 957_000,
  headers: 957_001,
  bestblockhash: `${HASH}01`,
  difficulty: 1.2e14,
  time: 1_795_000_000,
  mediantime: 1_794_999_000,
  verificationprogress: 0.999_99,
  initialblockdownload: false,
  chainwork: `${HASH}ff`,
  size_on_disk: 800_000_000_000,
};

describe("getblockchaininfo", () => {
  it.each([
    // "warnings" is a text.
    ["27", { ...common, pruned: false, warnings: "" }],
    // Release notes of 28.0, pull request 29845: "warnings" is a list.
    ["28", { ...common, pruned: false, warnings: [] }],
    // Release notes of 29.0, pull request 31583: "bits" and "target".
    ["29 to 31", { ...common, pruned: false, warnings: ["a"], bits: "17023a04", target: `${HASH}02` }],
  ])("of version %s is read", (_version, answer) => {
    expect(blockchainInfo("getblockchaininfo", answer)).toEqual({
      chain: "main",
      blocks: 957_000,
      headers: 957_001,
      bestBlockHash: `${HASH}01`,
      initialBlockDownload: false,
      verificationProgress: 0.999_99,
      pruned: false,
      pruneHeight: null,
    });
  });
});

describe("the height of a pruned node", () => {
  // Help of 29.x: "height of the last block pruned, plus one"; that node answers 0 before it
  // prunes.
  it.each([
    [0, null],
    [950_001, 950_001],
  ])("of %i is read as %s", (pruneheight, expected) => {
    const answer = { ...common, pruned: true, pruneheight, automatic_pruning: true, prune_target_size: 576_716_800 };
    expect(blockchainInfo("getblockchaininfo", answer)).toMatchObject({ pruned: true, pruneHeight: expected });
  });
});

describe("an entry of getrawmempool true", () => {
  const entry = {
    vsize: 141,
    weight: 561,
    time: 1_795_000_000,
    height: 957_000,
    descendantcount: 1,
    descendantsize: 141,
    ancestorcount: 2,
    ancestorsize: 282,
    wtxid: `${HASH}03`,
    fees: { base: 0.000_014_1, modified: 0.000_014_1, ancestor: 0.000_028_2, descendant: 0.000_014_1 },
    depends: [`${HASH}04`],
    spentby: [],
    "bip125-replaceable": true,
    unbroadcast: false,
  };
  const clustered = { ...entry, chunkweight: 1_122, fees: { ...entry.fees, chunk: 0.000_028_2 } };
  const { "bip125-replaceable": _, ...withoutRbf } = clustered;

  it.each([
    ["25 to 30", entry],
    // Release notes of 31.0, pull request 33629 (cluster mempool): the chunk's weight and fees.
    ["31", clustered],
    // src/rpc/mempool.cpp of the branch that becomes 32 (commit 00710343): "vsize" has two more
    // names, and "bip125-replaceable" is left out.
    ["32", { ...withoutRbf, vsize_adjusted: 141, vsize_bip141: 141 }],
  ])("of version %s is read", (_version, answer) => {
    expect(mempoolEntry("getrawmempool", `${HASH}03`, answer)).toEqual({
      txid: `${HASH}03`,
      time: 1_795_000_000,
      vsize: 141,
      feeSats: 1_410,
      depends: [`${HASH}04`],
      ancestorCount: 2,
    });
  });
});

describe("getzmqnotifications", () => {
  it("of versions 25 to 31 is read, also with a socket file (28.0, pull request 27679)", () => {
    const answer = [
      { type: "pubrawtx", address: "tcp://127.0.0.1:28332", hwm: 0 },
      { type: "pubsequence", address: "unix:/run/bitcoind/zmq", hwm: 1000 },
    ];
    expect(zmqNotifications("getzmqnotifications", answer)).toEqual([
      { type: "pubrawtx", address: "tcp://127.0.0.1:28332", highWaterMark: 0 },
      { type: "pubsequence", address: "unix:/run/bitcoind/zmq", highWaterMark: 1000 },
    ]);
  });
});
