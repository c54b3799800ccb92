import type { ConfirmedUpdate, MempoolSnapshot, MempoolUpdate } from "@utxoracle/models";

/** A stream message as delta and as snapshot. */
export interface Publication<Delta, Snapshot> {
  /** For clients who have the one before. */
  readonly delta: Delta;
  /** The same moment for a client who starts with it. */
  readonly snapshot: Snapshot;
}

/** A tick of the live price. */
export type LivePublication = Publication<MempoolUpdate, MempoolSnapshot>;
/** A change of the confirmed prices. */
export type ConfirmedPublication = Publication<ConfirmedUpdate, ConfirmedUpdate>;
