/** Codes of the checks, in the order in which they are made. */
export type CheckName =
  | "rpc"
  | "version"
  | "chain"
  | "synced"
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
 * What one check found. `warning`: it works, but not as well as it could. `unknown`: it could not be made, because one
 * before it failed.
 */
export interface Finding {
  readonly check: CheckName;
  readonly result: "ok" | "warning" | "failed" | "unknown";
  /** One sentence for an operator, with the remedy where there is one. */
  readonly message: string;
  /** Lines for the node's bitcoin.conf that would mend it. */
  readonly bitcoinConf: readonly string[];
}

export const finding = (
  check: CheckName,
  result: Finding["result"],
  message: string,
  bitcoinConf: readonly string[] = [],
): Finding => ({ check, result, message, bitcoinConf });
