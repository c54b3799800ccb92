/** Codes of the checks, in the order in which they run. */
export type CheckName =
  | "rpc"
  | "version"
  | "chain"
  | "synced"
  | "history"
  | "relay"
  | "rpc_rights"
  | "clock"
  | "topic_rawtx"
  | "topic_rawblock"
  | "topic_sequence"
  | "feed_rawtx"
  | "feed_rawblock"
  | "feed_sequence";

/**
 * Result of one check. `warning`: works with a drawback. `unknown`: not run, because an earlier
 * check failed.
 */
export interface Finding {
  readonly check: CheckName;
  readonly result: "ok" | "warning" | "failed" | "unknown";
  /** One sentence for an operator, with the remedy if there is one. */
  readonly message: string;
  /** Lines for the node's bitcoin.conf that solve the problem. */
  readonly bitcoinConf: readonly string[];
}

export const finding = (
  check: CheckName,
  result: Finding["result"],
  message: string,
  bitcoinConf: readonly string[] = [],
): Finding => ({ check, result, message, bitcoinConf });
