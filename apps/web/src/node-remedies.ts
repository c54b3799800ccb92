/** What to do about a problem: lines to add or run, and where. */
export interface Remedy {
  /** Lines to copy, as they are. */
  readonly lines: readonly string[];
  /** Where the lines belong, and what to do afterwards. */
  readonly after: string;
}

/** The documented addresses, the service's defaults. */
const FEED_LINES = {
  rawtx: "zmqpubrawtx=tcp://127.0.0.1:28332",
  rawblock: "zmqpubrawblock=tcp://127.0.0.1:28333",
  sequence: "zmqpubsequence=tcp://127.0.0.1:28334",
};

const IN_SETTINGS = "Add this to bitcoin.conf and restart the node.";
const AS_FLAG = "Start the service with this.";

const remedies: Readonly<Record<string, Remedy>> = {
  node_blocks_only: { lines: ["blocksonly=0"], after: "Set this in bitcoin.conf and restart the node." },
  node_network_off: { lines: ["bitcoin-cli setnetworkactive true"], after: "Run this beside the node." },
  rpc_cookie_missing: { lines: ["--rpc-cookie FOLDER/.cookie"], after: `${AS_FLAG} FOLDER is the node's data folder.` },
  rpc_cookie_unreadable: {
    lines: ["--rpc-cookie FOLDER/.cookie"],
    after: "Run the service as a user who may read the node's cookie file, or copy the file and name it with this.",
  },
  rpc_unauthorized: {
    lines: ["UTXORACLE_RPC_PASSWORD=… utxoracle-live --rpc-user NAME"],
    after: "Start the service with the user and password of the node's settings.",
  },
  rpc_unreachable: { lines: ["server=1"], after: `${IN_SETTINGS} If it has another address, name it with --rpc-url.` },
  chain_unknown: { lines: ["--chain main"], after: AS_FLAG },
  wrong_chain: { lines: ["--chain main"], after: "Connect the service to a node on this chain." },
};

/** Whether the code says that a feed of the node is missing, and of which topic. */
function missingTopic(code: string): keyof typeof FEED_LINES | null {
  const zmq = /^zmq_(?:(rawblock|sequence)_)?(?:refused|silent|not_zmq)$/.exec(code);
  const topic = zmq === null ? /^topic_(\w+)_unpublished$/.exec(code)?.[1] : (zmq[1] ?? "rawtx");
  return topic !== undefined && Object.hasOwn(FEED_LINES, topic) ? (topic as keyof typeof FEED_LINES) : null;
}

/** Reasons that only repeat what others say more exactly. */
const GENERAL = ["starting", "warming_up", "node_disconnected", "price_stale"];

/**
 * The reason to name first: the first one that names a cause.
 * @param codes of `health/ready`, reasons before notices
 */
export function firstCause(reasons: readonly string[], notices: readonly string[]): string | null {
  const isCause = (code: string): boolean => !GENERAL.includes(code);
  return reasons.find(isCause) ?? (reasons.length > 0 ? (notices.find(isCause) ?? null) : null);
}

/**
 * What to do about a reason; null if nothing can be copied. All missing feeds are remedied at once.
 */
export function remedyOf(cause: string, codes: readonly string[]): Remedy | null {
  if (missingTopic(cause) === null) return Object.hasOwn(remedies, cause) ? (remedies[cause] ?? null) : null;
  const missing = new Set(codes.map(missingTopic));
  const topics = (["rawtx", "rawblock", "sequence"] as const).filter((topic) => missing.has(topic));
  const flags = topics.map((topic) => `--zmq-${topic}`);
  return {
    lines: ["server=1", ...topics.map((topic) => FEED_LINES[topic])],
    after: `${IN_SETTINGS} If the node publishes at other addresses, name them with ${flags.join(", ")}.`,
  };
}
