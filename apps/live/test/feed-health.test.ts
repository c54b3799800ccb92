import type { EndpointStatus, FeedMessage, FeedStatus } from "@utxoracle/zmq-source";
import { describe, expect, it } from "vitest";
import { SequenceWatch } from "../src/ingest/sequence-watch.ts";
import { type FeedSituation, noticesOf, reasonsOf } from "../src/sync/feed-health.ts";
import { initialState, type SyncState } from "../src/sync/sync-state.ts";

const endpoints = { rawtx: "tcp://n:28332", rawblock: "tcp://n:28333", sequence: "tcp://n:28334" };
const perTopic = { rawtx: 0, rawblock: 0, hashblock: 0, sequence: 0 };

function statusWith(changes: { readonly [Topic in keyof typeof endpoints]?: Partial<EndpointStatus> }): FeedStatus {
  return {
    endpoints: (["rawtx", "rawblock", "sequence"] as const).map((topic) => ({
      address: endpoints[topic],
      topics: [topic],
      connected: true,
      problem: null,
      lastMessageTimestamp: null,
      ...changes[topic],
    })),
    received: perTopic,
    missed: perTopic,
    dropped: perTopic,
    invalidFrames: 0,
    queuedMessages: 0,
    queuedBytes: 0,
    lastMessageTimestamp: null,
  };
}

const served: SyncState = {
  ...initialState,
  node: "live",
  requested: null,
  filled: true,
  chain: "main",
  filledFrom: "main",
  height: 900_000,
};

const situation = (changes: Partial<FeedSituation> = {}): FeedSituation => ({
  endpoints,
  chain: null,
  sync: served,
  status: statusWith({}),
  silence: null,
  isSilenceUnexplained: false,
  sequenceMute: false,
  ...changes,
});

const codes = (list: readonly { code: string }[]): string[] => list.map(({ code }) => code);
const refused = { connected: false, problem: "refused" } as const;

describe("the health of a node's feed", () => {
  it("has no reasons and notices without problems", () => {
    expect(reasonsOf(situation())).toEqual([]);
    expect(noticesOf(situation())).toEqual([]);
  });

  it("has a notice for a silence without RPC", () => {
    const codesOf = (changes: Partial<FeedSituation>): string[] => codes(noticesOf(situation(changes)));
    expect(codesOf({ sync: null, isSilenceUnexplained: true })).toContain("feed_quiet");
    expect(codesOf({ sync: null })).not.toContain("feed_quiet");
  });

  it("names cause and effect of a topic that is not connected", () => {
    const status = statusWith({ rawblock: refused, sequence: { connected: false, problem: "not_zmq" } });
    expect(reasonsOf(situation({ status }))).toEqual([]);
    const [rawblock, sequence] = noticesOf(situation({ status }));
    expect(rawblock).toMatchObject({ code: "zmq_rawblock_refused" });
    expect(rawblock?.message).toMatch(/tcp:\/\/n:28333.*zmqpubrawblock.*\? Meanwhile blocks are fetched over RPC/);
    expect(sequence).toMatchObject({ code: "zmq_sequence_not_zmq" });
    expect(sequence?.message).toMatch(/--zmq-sequence; meanwhile .* until the next block/);
    const [, , withoutRpc] = noticesOf(situation({ status, sync: null }));
    expect(withoutRpc?.message).toContain("there is no confirmed price");
  });

  it("reports a problem once if it concerns several topics", () => {
    const one = {
      ...statusWith({}),
      endpoints: [{ ...statusWith({}).endpoints[0]!, ...refused, topics: ["rawtx", "sequence", "rawblock"] as const }],
    };
    expect(codes(reasonsOf(situation({ status: one })))).toEqual(["zmq_refused"]);
    expect(noticesOf(situation({ status: one }))).toEqual([]);
    const unpublished = { code: "topic_sequence_unpublished" as const, message: "the node does not publish sequence" };
    const status = statusWith({ sequence: refused });
    const sync = { ...served, findings: [unpublished] };
    expect(codes(noticesOf(situation({ status, sync })))).toEqual(["topic_sequence_unpublished"]);
  });

  it.each(["node_blocks_only", "node_network_off", "node_no_peers", "topic_rawtx_unpublished"] as const)(
    "is not ready while no payment can arrive: %s",
    (code) => {
      const sync = { ...served, findings: [{ code, message: "nothing comes" }] };
      expect(codes(reasonsOf(situation({ sync })))).toEqual([code]);
      expect(noticesOf(situation({ sync }))).toEqual([]);
    },
  );

  it("reports an unknown chain without RPC and --chain", () => {
    expect(codes(noticesOf(situation({ sync: null })))).toEqual(["no_rpc", "chain_unknown"]);
    expect(codes(noticesOf(situation({ sync: null, chain: "main" })))).toEqual(["no_rpc"]);
  });

  it("reports a silence by the state of the node", () => {
    expect(codes(reasonsOf(situation({ silence: "feed_dead" })))).toEqual(["feed_silent"]);
    expect(codes(reasonsOf(situation({ silence: "node_unreachable" })))).toEqual(["node_silent"]);
  });

  it("reports that the window is refilled after the clock was set", () => {
    const refill = { code: "clock_set" as const, message: "the clock was set back by 3600 s" };
    expect(reasonsOf(situation({ sync: { ...served, filled: false, resetReason: refill } }))).toEqual([refill]);
  });

  it("reports a sequence endpoint that does not publish the topic", () => {
    const [notice] = noticesOf(situation({ sequenceMute: true }));
    expect(notice).toMatchObject({ code: "sequence_mute" });
    expect(notice?.message).toContain("tcp://n:28334");
    expect(
      noticesOf(situation({ sequenceMute: true, status: statusWith({ sequence: { connected: false } }) })),
    ).toEqual([]);
  });
});

describe("the watch over sequence", () => {
  const transaction = (timestamp: number): FeedMessage => ({
    topic: "rawtx",
    rawBytes: new Uint8Array(10),
    timestamp,
    counter: 0,
  });
  const word: FeedMessage = {
    topic: "sequence",
    label: "A",
    hash: "00".repeat(32),
    mempoolSequence: 1,
    timestamp: 0,
    counter: 0,
  };

  it("reports once, after many transactions without a sequence message", () => {
    const watch = new SequenceWatch();
    // A block's transactions arrive at once, with one sequence message that may be late.
    for (let count = 0; count < 3000; count++) expect(watch.onMessage(transaction(1000))).toBe(false);
    expect(watch.onMessage(transaction(1010))).toBe(true);
    expect(watch.onMessage(transaction(1020))).toBe(false);
    expect(watch.isMute).toBe(true);
    watch.onMessage(word);
    expect(watch.isMute).toBe(false);
    for (let count = 0; count < 200; count++) watch.onMessage(transaction(2000 + count));
    expect(watch.isMute).toBe(false);
  });
});
