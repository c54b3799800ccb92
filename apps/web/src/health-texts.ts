const TOPICS = new Map(
  Object.entries({
    rawtx: "transactions",
    rawblock: "blocks",
    sequence: "mempool changes",
  }),
);

/** What is wrong with a connection to the node's ZMQ feed. */
const CONNECTIONS = new Map(
  Object.entries({
    refused: "nothing listens at the address. Is the node running, with its zmqpub settings?",
    unresolved: "the host's name has no address.",
    silent: "something accepts the connection and never answers.",
    not_zmq: "what answers at the address is not a ZeroMQ publisher.",
    no_socket: "the service has no socket left. Raise its limit of open files.",
  }),
);

/** By code of `health/ready`. The service's log and `utxoracle-live doctor` have the details of this machine. */
const TEXTS = new Map(
  Object.entries({
    starting: "The service is starting.",
    warming_up: "The window is being filled.",
    node_disconnected: "The node's feed is not connected.",
    node_syncing: "The node is still downloading its chain.",
    node_too_old: "The node is older than Bitcoin Core 25.0. Update it.",
    price_stale: "The price is the last good one: there is no fresh evidence.",
    feed_silent: "The node moves on, but nothing arrives from its feed.",
    feed_quiet: "No message for a minute. Without RPC it cannot be known whether the node is quiet or gone.",
    node_silent: "Nothing arrives, and the node cannot be asked over RPC. Is it running?",
    node_blocks_only: "The node takes blocks only. Remove blocksonly=1 from its bitcoin.conf and restart it.",
    node_network_off: "The node's network is switched off. Run bitcoin-cli setnetworkactive true.",
    node_no_peers: "The node has no peers. Check its network, and connect and maxconnections in bitcoin.conf.",
    chain_unknown: "Without RPC the chain is not known, so no price is good. Give --rpc-url or --chain main.",
    clock_set: "This machine's clock was set or the machine slept. The window is being read again.",
    wrong_chain: "The node is on another chain than the service.",
    replay_damaged: "The recording is damaged in the middle.",
    mempool_loading: "The node is reading its saved mempool.",
    no_rpc: "The service has no RPC access to the node: the window fills in hours instead of seconds.",
    no_rawblock: "Blocks come over RPC only.",
    no_sequence: "Replaced and evicted payments count until the next block.",
    sequence_mute: "Nothing arrives at the address of the sequence feed. Check --zmq-sequence.",
    rpc_unauthorized: "The node refuses the RPC password.",
    rpc_forbidden: "The node forbids an RPC call. Check rpcwhitelist and rpcallowip.",
    rpc_cookie_missing: "The node's cookie file is not where the service looks for it.",
    rpc_cookie_unreadable: "The service may not read the node's cookie file.",
    rpc_unreachable: "The node does not answer over RPC. Is it running, and is --rpc-url its address?",
    rpc_timeout: "The node takes too long to answer over RPC.",
    rpc_busy: "The node is overloaded with RPC calls.",
    rpc_warming_up: "The node is starting.",
    rpc_bad_answer: "What answers over RPC is not a Bitcoin node.",
    rpc_answer_too_large: "An answer of the node over RPC is too large.",
    rpc_rpc_error: "The node refuses an RPC call.",
    bus_disconnected: "There is no connection to the NATS server.",
    bus_standby: "Another analyzer publishes; this one takes over when it stops.",
    bus_excluded: "The bus carries prices of another kind. Choose another --bus-name.",
    no_analyser: "No analyzer has been heard yet.",
    analyser_lost: "Nothing fresh comes from the analyzer.",
  }),
);

/** The sentence for a code of `health/ready`; a code of a newer service stands for itself. */
export function healthText(code: string): string {
  const text = TEXTS.get(code);
  if (text !== undefined) return text;
  const [, topic = "rawtx", problem = ""] = /^zmq_(?:(rawblock|sequence)_)?(\w+)$/.exec(code) ?? [];
  const connection = CONNECTIONS.get(problem);
  if (connection !== undefined) return `No feed of ${TOPICS.get(topic)} from the node: ${connection}`;
  const [, unpublished = ""] = /^topic_(\w+)_unpublished$/.exec(code) ?? [];
  const missing = TOPICS.get(unpublished);
  if (missing !== undefined) return `The node does not publish ${missing}. Add zmqpub${unpublished} to bitcoin.conf.`;
  return `The service reports ${code}; its log says more.`;
}
