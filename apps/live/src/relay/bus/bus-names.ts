import { BUS_VERSION } from "@utxoracle/models";

/** NATS names of one bus. */
export interface BusNames {
  /** Subject of the live deltas. Each payload is a stream message. */
  readonly liveSubject: string;
  /** Subject of the clock service of one run of an analyzer. */
  readonly clockSubject: (epoch: string) => string;
  /** Key-value bucket of the lease and the states. */
  readonly bucket: string;
}

/** @param name value of `--bus-name`. */
export function busNames(name: string): BusNames {
  const subject = `${name}.v${BUS_VERSION}`;
  return {
    liveSubject: `${subject}.live`,
    // Encoded, because an epoch may contain characters with a meaning in subjects.
    clockSubject: (epoch) => `${subject}.clock.${Buffer.from(epoch).toString("base64url")}`,
    bucket: `${name}-v${BUS_VERSION}`,
  };
}

/** Keys of the bucket. */
export type BusKey = "lease" | "live" | "confirmed" | "history";

/** Headers of a delta that name its publisher. */
export const originHeaders = { analyzer: "UTXOracle-Analyzer", term: "UTXOracle-Term" } as const;
