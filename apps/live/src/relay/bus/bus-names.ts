import { BUS_VERSION } from "@utxoracle/models";

/** NATS names of one bus. */
export interface BusNames {
  /** Subject of the live deltas. Each payload is a stream message. */
  readonly liveSubject: string;
  /** Subject of the clock service of one run of an analyzer. */
  readonly clockSubject: (epoch: string) => string;
  /** Subject of the queries of edges to one run of an analyzer. */
  readonly querySubject: (epoch: string) => string;
  /** Key-value bucket of the lease and the states. */
  readonly bucket: string;
}

/** @param name value of `--bus-name`. */
export function busNames(name: string): BusNames {
  const subject = `${name}.v${BUS_VERSION}`;
  // Encoded, because an epoch may contain characters with a meaning in subjects.
  const encoded = (epoch: string): string => Buffer.from(epoch).toString("base64url");
  return {
    liveSubject: `${subject}.live`,
    clockSubject: (epoch) => `${subject}.clock.${encoded(epoch)}`,
    querySubject: (epoch) => `${subject}.query.${encoded(epoch)}`,
    bucket: `${name}-v${BUS_VERSION}`,
  };
}

/** Keys of the bucket. */
export type BusKey = "lease" | "live" | "confirmed" | "history";

/** Headers of a delta that name its publisher. */
export const originHeaders = { analyzer: "UTXOracle-Analyzer", term: "UTXOracle-Term" } as const;
