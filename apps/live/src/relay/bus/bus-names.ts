import { BUS_VERSION } from "@utxoracle/models";

/** Where on the NATS servers the messages of one bus are. */
export interface BusNames {
  /** Subject of the live side's deltas: each payload is the stream's own message. */
  readonly liveSubject: string;
  /** Subject on which the run of an analyzer answers what time its steady clock shows. */
  readonly clockSubject: (epoch: string) => string;
  /** Key-value bucket of the lease and the states. */
  readonly bucket: string;
}

/** @param name of the bus (`--bus-name`). */
export function busNames(name: string): BusNames {
  const subject = `${name}.v${BUS_VERSION}`;
  return {
    liveSubject: `${subject}.live`,
    // Whatever an epoch is made of, it is one word of the subject.
    clockSubject: (epoch) => `${subject}.clock.${Buffer.from(epoch).toString("base64url")}`,
    bucket: `${name}-v${BUS_VERSION}`,
  };
}

/** The keys of the bucket. */
export type BusKey = "lease" | "live" | "confirmed" | "history";

/** The headers of a delta, which say who published it. */
export const originHeaders = { analyzer: "UTXOracle-Analyzer", term: "UTXOracle-Term" } as const;
