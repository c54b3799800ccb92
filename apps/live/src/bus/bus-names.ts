import { BUS_VERSION } from "@utxoracle/models";

/** Where on the NATS servers the messages of one bus are. */
export interface BusNames {
  /** Subject of the live side's deltas: each payload is the stream's own message. */
  readonly liveSubject: string;
  /** Key-value bucket of the lease and the states. */
  readonly bucket: string;
}

/** @param name of the bus (`--bus-name`). */
export function busNames(name: string): BusNames {
  return { liveSubject: `${name}.v${BUS_VERSION}.live`, bucket: `${name}-v${BUS_VERSION}` };
}

/** The keys of the bucket. */
export type BusKey = "lease" | "live" | "confirmed" | "history";

/** The headers of a delta, which say who published it. */
export const originHeaders = { analyser: "UTXOracle-Analyser", term: "UTXOracle-Term" } as const;
