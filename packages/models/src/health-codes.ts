/** ZMQ topics that the service subscribes to. */
export type HealthTopic = "rawtx" | "rawblock" | "sequence";

/** Connection problem of a ZMQ topic. */
export type ConnectionProblem = "refused" | "unresolved" | "silent" | "not_zmq" | "no_socket";

/** Codes of `/health/ready` that are not composed of topic and problem. */
export type PlainHealthCode =
  // The price
  | "starting"
  | "warming_up"
  | "price_stale"
  | "chain_unknown"
  | "window_full"
  | "prices_unsaved"
  // The node and its feed
  | "node_disconnected"
  | "feed_silent"
  | "feed_quiet"
  | "node_silent"
  | "node_syncing"
  | "node_too_old"
  | "node_blocks_only"
  | "node_network_off"
  | "node_no_peers"
  | "wrong_chain"
  | "mempool_loading"
  | "sequence_mute"
  | "no_rawblock"
  | "no_sequence"
  | "no_rpc"
  // RPC calls
  | "rpc_unreachable"
  | "rpc_timeout"
  | "rpc_unauthorized"
  | "rpc_forbidden"
  | "rpc_cookie_missing"
  | "rpc_cookie_unreadable"
  | "rpc_warming_up"
  | "rpc_busy"
  | "rpc_bad_answer"
  | "rpc_answer_too_large"
  | "rpc_rpc_error"
  | "rpc_invalid_option"
  | "rpc_aborted"
  | "rpc_closed"
  // The system clock and replays
  | "clock_set"
  | "replay_damaged"
  // NATS and its analyzers
  | "bus_disconnected"
  | "bus_no_jetstream"
  | "bus_read_timeout"
  | "bus_write_timeout"
  | "bus_storage_full"
  | "bus_not_permitted"
  | "bus_too_large"
  | "bus_revision_conflict"
  | "bus_invalid_value"
  | "bus_no_answer"
  | "bus_failed"
  | "bus_no_lease"
  | "bus_standby"
  | "bus_excluded"
  | "no_analyzer"
  | "analyzer_lost";

/**
 * Every code that this version of the service returns in `/health/ready`. An edge repeats the codes
 * of its analyzer, which may be newer and have others.
 */
export type HealthCode =
  | PlainHealthCode
  | `zmq_${ConnectionProblem}`
  | `zmq_${Exclude<HealthTopic, "rawtx">}_${ConnectionProblem}`
  | `topic_${HealthTopic}_unpublished`;
