/** A bound on external input. At least one of `count` and `bytes` is a number. */
export interface Budget {
  /** What is bounded, as shown in docs/security.md. */
  readonly what: string;
  /** Source of the input. */
  readonly from: "clients" | "node" | "NATS" | "MQTT" | "files" | "command line" | "the service, to its page";
  /** Scope of `count` and `bytes`: "each", "per connection", "per client", "in total", … */
  readonly per: string;
  /** Maximum number; null when only bytes are bounded. */
  readonly count: number | null;
  /** Maximum size in bytes; null when only the number is bounded. */
  readonly bytes: number | null;
  /** What happens above the bound. */
  readonly beyond: string;
  /** Test that exceeds the bound; path from the repository root. */
  readonly test: string;
}

export const MIB = 2 ** 20;
