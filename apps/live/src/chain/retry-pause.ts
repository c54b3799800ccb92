import type { NodeRpcErrorCode } from "@utxoracle/node-rpc";

const FIRST_SECONDS = 1;
/** Longest pause while a node does not answer: it is found again within this time. */
const MAX_SECONDS = 5;
/** Longest pause while a node refuses the credentials: the node logs every attempt. */
const MAX_REFUSED_SECONDS = 60;

/** Error codes by which a node refuses the client itself, whatever it calls. */
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

/** Backoff before the first failure, and again after a success. */
export const firstPause: RetryPause = { seconds: FIRST_SECONDS, refused: false };

/** The pause after a failure, and the one that follows it. A failure of the other kind starts from the beginning. */
export function pauseAfter(
  pause: RetryPause,
  refused: boolean,
): { readonly seconds: number; readonly next: RetryPause } {
  const seconds = refused === pause.refused ? pause.seconds : FIRST_SECONDS;
  const max = refused ? MAX_REFUSED_SECONDS : MAX_SECONDS;
  return { seconds, next: { seconds: Math.min(2 * seconds, max), refused } };
}
