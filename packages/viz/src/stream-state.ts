import type { ConfirmedData, MempoolData } from "./chart-model.ts";
import type { ConnectionState } from "./stream-client.ts";
import { formatCount, formatUtc } from "./text-format.ts";

/** How a state is to be taken: all is well, wait, with care, not at all. */
export type Tone = "good" | "wait" | "weak" | "bad";

/** One true statement about the stream, in words and tone. */
export interface StateBadge {
  readonly about: "connection" | "source" | "chain" | "node" | "estimate";
  readonly tone: Tone;
  readonly text: string;
}

/** What is known of the stream at a moment. */
export interface StreamView {
  /** Null when the chart is not connected to anything by itself (fed by updateData). */
  readonly connection: ConnectionState | null;
  readonly live: MempoolData | null;
  /** The last confirmed update's data, without its points; null before the first. */
  readonly confirmed: ConfirmedData | null;
  /** Seconds since the last tick, null before the first. */
  readonly silentSeconds: number | null;
}

/** Ticks come twice a second; ten of them missing is no jitter. */
const SILENT_SECONDS = 5;
/** Below this a price is not to be relied on (DESIGN.md section 3.1). */
const CONFIDENCE_MIN = 0.5;

/** Whether what is shown is what the server says now. */
function isCurrent(view: StreamView): boolean {
  return view.connection === null || (view.connection === "open" && (view.silentSeconds ?? 0) < SILENT_SECONDS);
}

/** How the price is to be taken: its colour. */
export function priceTone(view: StreamView): Tone {
  const { live } = view;
  if (live?.price == null) return live?.status === "warming_up" || live === null ? "wait" : "bad";
  if (!isCurrent(view) || live.status === "stale" || live.node?.connected === false) return "bad";
  return live.status === "low_confidence" || (live.confidence ?? 0) < CONFIDENCE_MIN ? "weak" : "good";
}

/** All that is to be said about where the price comes from and whether it holds, most important first. */
export function stateBadges(view: StreamView): StateBadge[] {
  const badges: StateBadge[] = [];
  const { live } = view;
  const add = (about: StateBadge["about"], tone: Tone, text: string): void => {
    badges.push({ about, tone, text });
  };
  if (live?.source === "simulation") add("source", "weak", "Simulation: made-up traffic, not a real price");
  else if (live?.source === "replay") add("source", "weak", "Replay of recorded traffic");
  else if (live?.source === "node") add("source", "good", "From your own node");
  if (live?.chain != null && live.chain !== "main") add("chain", "weak", `Chain: ${live.chain}, not mainnet`);

  const silent = view.silentSeconds ?? 0;
  if (view.connection === "connecting") add("connection", "wait", "Connecting");
  else if (view.connection === "waiting") add("connection", "bad", "Connection lost, trying again");
  else if (view.connection === "closed") add("connection", "bad", "Not connected");
  else if (view.connection === "open" && live === null) add("connection", "wait", "Connected, waiting for data");
  else if (view.connection === "open" && silent >= SILENT_SECONDS)
    add("connection", "weak", `No update for ${Math.floor(silent)} s`);
  else if (view.connection === "open") add("connection", "good", live?.source === "node" ? "Live" : "Connected");

  const node = live?.node;
  if (node?.connected === false) add("node", "bad", "Node lost");
  else if (node?.resyncing) add("node", "weak", "Node is being read anew");
  else if (node?.connected && live?.source === "node") add("node", "good", "Node connected");
  if (node?.missed_messages) add("node", "weak", `${formatCount(node.missed_messages)} node messages missed`);

  const estimate = estimateBadge(view);
  if (estimate !== null) badges.push(estimate);
  return badges;
}

function estimateBadge({ live }: StreamView): StateBadge | null {
  const about = "estimate";
  switch (live?.status) {
    case "ok":
      return { about, tone: "good", text: "Estimate good" };
    case "low_confidence":
      return { about, tone: "weak", text: "Low confidence: the evidence is thin or contradictory" };
    case "stale": {
      const since = live.price_timestamp ?? null;
      return { about, tone: "bad", text: since === null ? "Stale price" : `Stale: price of ${formatUtc(since)}` };
    }
    case "no_estimate":
      return { about, tone: "bad", text: "No estimate: not enough evidence yet" };
    case "warming_up":
      return { about, tone: "wait", text: "Warming up: loading the window" };
    default:
      return null;
  }
}
