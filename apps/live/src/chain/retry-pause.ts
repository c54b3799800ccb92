import type { NodeRpcErrorCode } from "@utxoracle/node-rpc";

const FIRST_SECONDS = 1;
/** Longest pause while a node does not answer. */
const MAX_SECONDS = 5;
/** Longest pause while a node refuses the credentials: the node logs every attempt. */
const MAX_REFUSED_SECONDS = 60;

/** Error codes of a node that refuses the client itself, whatever the call. */
const REFUSALS: ReadonlySet<NodeRpcErrorCode> = new Set(["unauthorized", "forbidden"]);

/** Whether the node refuses the credentials. */
export const isRefusal = (code: NodeRpcErrorCode): boolean => REFUSALS.has(code);

/** Exponential backoff. */
export interface RetryPause {
  /** The next pause. */
  readonly seconds: number;
  /** Whether the last failure was a refusal. */
  readonly refused: boolean;
}

/** Backoff at the start and after a success. */
export const firstPause: RetryPause = { seconds: FIRST_SECONDS, refused: false };

/**
 * Pause after a failure, and the next one. A change between refused and unreachable resets the
 * backoff.
 */
export function pauseAfter(
  pause: RetryPause,
  refused: boolean,
): { readonly seconds: number; readonly next: RetryPause } {
  const seconds = refused === pause.refused ? pause.seconds : FIRST_SECONDS;
  const max = refused ? MAX_REFUSED_SECONDS : MAX_SECONDS;
  return { seconds, next: { seconds: Math.min(2 * seconds, max), refused } };
}
