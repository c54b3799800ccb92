// test/health-texts.test.ts does not compile when a code of the contract has no sentence here.

export const topics = {
  rawtx: "transactions",
  rawblock: "blocks",
  sequence: "mempool changes",
};

/** What is wrong with a connection to the node's ZMQ feed. */
export const connections = {
  refused: "nothing listens at the address. Is the node running, with its zmqpub settings?",
  unresolved: "the host's name has no address.",
  silent: "something accepts the connection and never answers.",
  not_zmq: "what answers at the address is not a ZeroMQ publisher.",
  no_socket: "the service has no socket left. Raise its limit of open files.",
};

/** By code of `health/ready`. The service's log and `utxoracle-live doctor` have the details of this machine. */
export const texts = {
  starting: "The service is starting.",
  warming_up: "The window is being filled from the node.",
  price_stale: "The price is the last good one: there is no fresh evidence.",
  chain_unknown: "The chain of the node is not known, so no price counts as good. Set --chain.",
  window_full: "There are more payments than the window holds: the oldest leave early.",
  node_disconnected: "The node's feed is not connected.",
  feed_silent: "The node moves on, but nothing arrives from its feed.",
  feed_quiet: "Nothing has arrived for a minute. Without RPC it is not known whether the node is quiet or gone.",
  node_silent: "Nothing arrives, and the node does not answer over RPC.",
  node_syncing: "The node is still downloading its chain.",
  node_too_old: "The node is older than Bitcoin Core 25.0. Update it.",
  node_blocks_only: "The node hears of no payments: remove blocksonly=1 from its settings and restart it.",
  node_network_off: "The node's network is switched off: bitcoin-cli setnetworkactive true.",
  node_no_peers: "The node has no peers, so it hears of no payments. Check its network.",
  wrong_chain: "The node is on another chain than the service.",
  mempool_loading: "The node is reading its saved mempool.",
  sequence_mute: "Nothing arrives at the address of the sequence feed. Check --zmq-sequence.",
  no_rawblock: "Blocks come over RPC only.",
  no_sequence: "Replaced and evicted payments count until the next block.",
  no_rpc: "The service has no RPC access to the node: the window fills in hours instead of seconds.",
  rpc_unreachable: "The node does not answer over RPC. Is it running, and is --rpc-url its address?",
  rpc_timeout: "The node takes too long to answer over RPC.",
  rpc_unauthorized: "The node refuses the RPC password.",
  rpc_forbidden: "The node forbids an RPC call. Check rpcwhitelist and rpcallowip.",
  rpc_cookie_missing: "The node's cookie file is not where the service looks for it.",
  rpc_cookie_unreadable: "The service cannot read the node's cookie file.",
  rpc_warming_up: "The node is starting.",
  rpc_busy: "The node is overloaded with RPC calls.",
  rpc_bad_answer: "What answers over RPC is not a Bitcoin node.",
  rpc_answer_too_large: "An answer of the node over RPC is too large.",
  rpc_rpc_error: "The node refuses an RPC call.",
  rpc_invalid_option: "A call over RPC was made with a wrong option. The service's log has it.",
  rpc_aborted: "A call over RPC was broken off.",
  rpc_closed: "The service is closing its connections to the node.",
  clock_set: "This machine's clock was set or the machine slept. The window is being read again.",
  replay_damaged: "The recording is damaged in the middle.",
  bus_disconnected: "There is no connection to the NATS server.",
  bus_no_jetstream: "The NATS server has no JetStream for this account. Enable it.",
  bus_read_timeout: "The NATS server does not answer when it is read.",
  bus_write_timeout: "The NATS server does not answer when it is written to.",
  bus_storage_full: "The NATS server has no room left.",
  bus_not_permitted: "The NATS server does not let this user do what is needed. Check its permissions.",
  bus_too_large: "A value is larger than the NATS server takes.",
  bus_revision_conflict: "Another program wrote to NATS at the same time.",
  bus_invalid_value: "What was read from NATS is not of this service. Choose another --bus-name.",
  bus_no_answer: "The analyzer does not answer over NATS.",
  bus_failed: "A request to NATS failed. The service's log has the reason.",
  bus_no_lease: "It is not known which analyzer publishes.",
  bus_standby: "Another analyzer publishes; this one takes over when it stops.",
  bus_excluded: "NATS carries prices of another kind under this name. Choose another --bus-name.",
  no_analyzer: "No analyzer has been heard yet.",
  analyzer_lost: "Nothing fresh comes from the analyzer.",
};

/** The sentence for a code of `health/ready`. A code of a newer service stands for itself. */
export function healthText(code: string): string {
  if (isKey(code, texts)) return texts[code];
  const [, topic = "rawtx", problem = ""] = /^zmq_(?:(rawblock|sequence)_)?(\w+)$/.exec(code) ?? [];
  if (isKey(problem, connections) && isKey(topic, topics))
    return `No feed of ${topics[topic]} from the node: ${connections[problem]}`;
  const [, unpublished = ""] = /^topic_(\w+)_unpublished$/.exec(code) ?? [];
  if (isKey(unpublished, topics))
    return `The node does not publish ${topics[unpublished]}. Add zmqpub${unpublished} to bitcoin.conf.`;
  return `The service reports ${code}; its log says more.`;
}

function isKey<Key extends string>(name: string, record: Readonly<Record<Key, string>>): name is Key {
  return Object.hasOwn(record, name);
}
