// test/health-texts.test.ts does not compile if a code of the contract has no text here.

export const topics = {
  rawtx: "transactions",
  rawblock: "blocks",
  sequence: "mempool changes",
};

/** Problems with a connection to the node's ZMQ feed. */
export const connections = {
  refused: "connection refused. Check that the node runs and has its zmqpub settings.",
  unresolved: "the host name cannot be resolved.",
  silent: "the connection is open, but there is no reply.",
  not_zmq: "the address does not belong to a ZeroMQ publisher.",
  no_socket: "the service ran out of sockets. Raise its limit of open files.",
};

/**
 * Texts by code of `health/ready`. Details are in the service's log and in `utxoracle-live doctor`.
 */
export const texts = {
  starting: "The service is starting.",
  warming_up: "No price yet: the service is waiting for enough payments from the node.",
  price_stale: "There is no recent evidence. The price is the last good one.",
  chain_unknown: "The node's chain is unknown, so the price is not reliable. Set --chain.",
  window_full: "The window is full: the oldest payments are dropped early.",
  prices_unsaved:
    "Prices cannot be saved and are kept in memory: the disk of --data-dir is full or failing. Free space or replace it.",
  node_disconnected: "The node's feed is not connected.",
  feed_silent: "The node is active, but its feed is silent.",
  feed_quiet: "The feed has been silent for a minute. Without RPC the service cannot tell why.",
  node_silent: "The feed is silent, and the node does not respond over RPC.",
  node_syncing: "The node is still downloading its chain.",
  node_too_old: "The node is older than Bitcoin Core 25.0. Update it.",
  node_blocks_only: "The node receives no payments. Remove blocksonly=1 from its settings and restart it.",
  node_network_off: "The node's network is off. Run bitcoin-cli setnetworkactive true.",
  node_no_peers: "The node has no peers, so it receives no payments. Check its network.",
  wrong_chain: "The node is on a different chain than the service expects.",
  mempool_loading: "The node is loading its saved mempool.",
  sequence_mute: "The sequence feed is silent. Check --zmq-sequence.",
  no_rawblock: "Blocks arrive over RPC only.",
  no_sequence: "Replaced and evicted payments are counted until the next block.",
  no_rpc: "The service has no RPC access to the node: the window fills in hours instead of seconds.",
  rpc_unreachable: "The node does not respond over RPC. Check that it runs, and check --rpc-url.",
  rpc_timeout: "The node responds too slowly over RPC.",
  rpc_unauthorized: "The node rejects the RPC user or password.",
  rpc_forbidden: "The node forbids an RPC call. Check rpcwhitelist and rpcallowip.",
  rpc_cookie_missing: "The node's cookie file was not found. Check --rpc-cookie.",
  rpc_cookie_unreadable: "The service cannot read the node's cookie file.",
  rpc_warming_up: "The node is starting.",
  rpc_busy: "The node is overloaded with RPC calls.",
  rpc_bad_answer: "The RPC address does not belong to a Bitcoin node.",
  rpc_answer_too_large: "An RPC response of the node is too large.",
  rpc_rpc_error: "The node returned an error for an RPC call.",
  rpc_invalid_option: "An RPC call had an invalid option. See the service's log.",
  rpc_aborted: "An RPC call was aborted.",
  rpc_closed: "The service is closing its connections to the node.",
  clock_set: "The clock was changed or the machine slept. The service reloads the payments.",
  replay_damaged: "The recording is damaged.",
  bus_disconnected: "There is no connection to the NATS server.",
  bus_no_jetstream: "The NATS server has no JetStream for this account. Enable it.",
  bus_read_timeout: "Reading from the NATS server timed out.",
  bus_write_timeout: "Writing to the NATS server timed out.",
  bus_storage_full: "The NATS server's storage is full.",
  bus_not_permitted: "The NATS user lacks a permission.",
  bus_too_large: "A value exceeds the NATS server's size limit.",
  bus_revision_conflict: "Another program wrote to NATS at the same time.",
  bus_invalid_value: "NATS holds data of another program under this name. Choose another --bus-name.",
  bus_no_answer: "The analyzer does not respond over NATS.",
  bus_failed: "A NATS request failed. See the service's log.",
  bus_no_lease: "It is unknown which analyzer publishes.",
  bus_standby: "Another analyzer publishes. This one takes over if that one stops.",
  bus_excluded: "NATS holds prices of another source under this name. Choose another --bus-name.",
  no_analyzer: "No analyzer has been seen yet.",
  analyzer_lost: "The analyzer stopped sending updates.",
};

/** The text for a code of `health/ready`. An unknown code, of a newer service, is shown itself. */
export function healthText(code: string): string {
  if (isKey(code, texts)) return texts[code];
  const [, topic = "rawtx", problem = ""] = /^zmq_(?:(rawblock|sequence)_)?(\w+)$/.exec(code) ?? [];
  if (isKey(problem, connections) && isKey(topic, topics))
    return `No ${topics[topic]} from the node: ${connections[problem]}`;
  const [, unpublished = ""] = /^topic_(\w+)_unpublished$/.exec(code) ?? [];
  if (isKey(unpublished, topics))
    return `The node does not publish ${topics[unpublished]}. Add zmqpub${unpublished} to bitcoin.conf.`;
  return `The service reports ${code}. See its log.`;
}

/** The codes in `reasons` or `notices` of `health/ready`; none if it is invalid. */
export function codesOf(list: unknown): string[] {
  return (Array.isArray(list) ? list : [])
    .map((entry: { code?: unknown } | null) => entry?.code)
    .filter((code) => typeof code === "string" && /^\w{1,64}$/.test(code)) as string[];
}

function isKey<Key extends string>(name: string, record: Readonly<Record<Key, string>>): name is Key {
  return Object.hasOwn(record, name);
}
