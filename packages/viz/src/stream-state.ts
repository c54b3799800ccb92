import type { ConfirmedData, MempoolData } from "./contracts.ts";
import type { HandshakeRefusal } from "./handshake-refusal.ts";
import type { ConnectionState } from "./stream-client-options.ts";
import { formatCount, formatUtc, formatUtcDate } from "./text-format.ts";

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
  /** Seconds between two ticks by the server's own clock; null before the second. Default null. */
  readonly intervalSeconds?: number | null;
  /** Messages of the server that were not as the contract says, and so not used. Default 0. */
  readonly unreadable?: number;
  /** Why the server refuses the stream, as it said over HTTP; null when it does not. Default null. */
  readonly refusal?: HandshakeRefusal | null;
  /** Whether `live` was given by `updateData` since the stream last spoke, as a page does that polls. Default false. */
  readonly polled?: boolean;
}

/** Ticks come twice a second; ten of them missing is no jitter. */
const SILENT_SECONDS = 5;
/** A server may be set to send them as rarely as once a minute. */
const SILENT_INTERVALS = 2.5;
/** Below this a price is not to be relied on: no status is `ok` there. */
const CONFIDENCE_MIN = 0.5;
/** A stale price older than this is told with its date: a time alone could be of any day. */
const DATED_SECONDS = 12 * 3600;

/** Whether ticks are missing that should have come. */
function isSilent({ silentSeconds, intervalSeconds }: StreamView): boolean {
  return (silentSeconds ?? 0) >= Math.max(SILENT_SECONDS, SILENT_INTERVALS * (intervalSeconds ?? 0));
}

/** A polled price is current for this long: polls are seldom, and one may fail. */
const POLLED_SECONDS = 45;

function isPolled({ polled = false, silentSeconds }: StreamView): boolean {
  return polled && (silentSeconds ?? 0) < POLLED_SECONDS;
}

/** Whether what is shown is what the server says now. */
function isCurrent(view: StreamView): boolean {
  return view.connection === null || isPolled(view) || (view.connection === "open" && !isSilent(view));
}

/** How the price is to be taken: its colour. */
export function priceTone(view: StreamView): Tone {
  const { live } = view;
  if (live?.price == null) return live?.status === "warming_up" || live === null ? "wait" : "bad";
  if (!isCurrent(view) || live.status === "stale" || live.node?.connected === false) return "bad";
  return isVouchedFor(live) ? "good" : "weak";
}

/** Whether the message itself says that its price may be relied on. */
export function isVouchedFor({ status, confidence }: MempoolData): boolean {
  return status !== "low_confidence" && (confidence ?? 0) >= CONFIDENCE_MIN;
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

  const connection = connectionBadge(view);
  if (connection !== null) badges.push(connection);
  if (isPolled(view)) add("connection", "weak", "Updated over HTTP from time to time");
  const { unreadable = 0 } = view;
  if (unreadable > 0)
    add("connection", "weak", `${formatCount(unreadable)} message${unreadable === 1 ? "" : "s"} could not be read`);

  // What a server said that is not heard now may have ceased to be so: nothing is claimed of its node or its estimate.
  if (isCurrent(view)) {
    const node = live?.node;
    if (node?.connected === false) add("node", "bad", "Node lost");
    else if (node?.resyncing) add("node", "weak", "Node is being read anew");
    else if (node?.connected && live?.source === "node") add("node", "good", "Node connected");
    else if (node?.connected === null && live?.source === "node") add("node", "wait", "Node not heard of yet");
    if (node?.missed_messages) add("node", "weak", `${formatCount(node.missed_messages)} node messages missed`);
  }

  const estimate = estimateBadge(view);
  if (estimate !== null) badges.push(estimate);
  return badges;
}

function connectionBadge(view: StreamView): StateBadge | null {
  const { connection, live, silentSeconds, refusal = null } = view;
  const about = "connection";
  if (connection === null) return null;
  if (connection === "closed") return { about, tone: "bad", text: "Not connected" };
  // A server that cannot be reached says nothing; why it cannot is not known.
  if (connection !== "open" && refusal !== null && refusal.code !== "unreachable")
    return { about, tone: "bad", text: `No live stream: ${refusal.message}. Trying again` };
  switch (connection) {
    case "connecting":
      // Between two attempts and at one, what the reader sees is the same: the connection is lost.
      if (live === null) return { about, tone: "wait", text: "Connecting" };
      return { about, tone: "bad", text: "Connection lost, trying again" };
    case "waiting":
      if (live === null) return { about, tone: "bad", text: "No connection yet, trying again" };
      return { about, tone: "bad", text: "Connection lost, trying again" };
    case "open":
      if (live === null || isPolled(view)) return { about, tone: "wait", text: "Connected, waiting for data" };
      if (isSilent(view)) return { about, tone: "bad", text: `No update for ${Math.floor(silentSeconds ?? 0)} s` };
      return { about, tone: "good", text: live.source === "node" ? "Live" : "Connected" };
  }
}

function estimateBadge(view: StreamView): StateBadge | null {
  const about = "estimate";
  const { live } = view;
  if (!isCurrent(view)) {
    if (live?.price == null) return null;
    const since = live.price_timestamp ?? live.timestamp ?? null;
    return {
      about,
      tone: "bad",
      text: since === null ? "Last known price" : `Last known price, of ${formatUtc(since)}`,
    };
  }
  switch (live?.status) {
    case "ok":
      return { about, tone: "good", text: "Estimate good" };
    case "low_confidence":
      return { about, tone: "weak", text: "Low confidence: the evidence is thin or contradictory" };
    case "stale": {
      const since = live.price_timestamp ?? null;
      if (since === null) return { about, tone: "bad", text: "Stale price" };
      const old = (live.timestamp ?? since) - since > DATED_SECONDS;
      return {
        about,
        tone: "bad",
        text: `Stale: price of ${old ? `${formatUtcDate(since)} ` : ""}${formatUtc(since)}`,
      };
    }
    case "no_estimate":
      return { about, tone: "bad", text: "No estimate: not enough evidence yet" };
    case "warming_up":
      if (live.node?.connected === false) return { about, tone: "wait", text: "Warming up: waiting for the node" };
      return { about, tone: "wait", text: "Warming up: loading the window" };
    default:
      return null;
  }
}
