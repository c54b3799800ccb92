import { checkObject } from "./argument.ts";
import type { ConfirmedData, MempoolData } from "./contracts.ts";
import type { HandshakeRefusal } from "./handshake-refusal.ts";
import { statusTone, type Tone } from "./status.ts";
import type { ConnectionState } from "./stream-client-options.ts";
import { formatCount, formatUtc, formatUtcDate } from "./text-format.ts";

/** One statement about the stream, with its tone. */
export interface StateBadge {
  readonly about: "connection" | "source" | "chain" | "node" | "estimate";
  readonly tone: Tone;
  readonly text: string;
}

/** The stream's state at one moment. */
export interface StreamView {
  /** Null for a chart without a connection (fed by updateData). */
  readonly connection: ConnectionState | null;
  readonly live: MempoolData | null;
  /** Data of the last confirmed update, without its points; null before the first. */
  readonly confirmed: ConfirmedData | null;
  /** Seconds since the last tick, null before the first. */
  readonly silentSeconds: number | null;
  /** Seconds between two ticks by the server's clock; null before the second. Default null. */
  readonly intervalSeconds?: number | null;
  /** Number of messages that violate the contract and were ignored. Default 0. */
  readonly unreadable?: number;
  /** Why the server refuses the stream, requested over HTTP; null if it does not. Default null. */
  readonly refusal?: HandshakeRefusal | null;
  /**
   * Whether `live` came from `updateData` after the stream's last message, as on a page that polls.
   * Default false.
   */
  readonly polled?: boolean;
}

/** Ticks come twice a second; ten missing ticks are no jitter. */
const SILENT_SECONDS = 5;
/** A server may send ticks as rarely as once a minute. */
const SILENT_INTERVALS = 2.5;
/** For messages without a status: below this confidence no status is `ok`. */
const CONFIDENCE_MIN = 0.5;
/** An older stale price is shown with its date: a time alone is ambiguous. */
const DATED_SECONDS = 12 * 3600;

/** @throws TypeError that names the argument */
function checkView(view: unknown): void {
  checkObject(view, "view", "the state of a stream");
  const { live } = view as { readonly live?: unknown };
  if (live !== null) checkObject(live, "view.live", "the data of a tick or null");
}

/** Whether ticks are overdue. */
function isSilent({ silentSeconds, intervalSeconds }: StreamView): boolean {
  return (silentSeconds ?? 0) >= Math.max(SILENT_SECONDS, SILENT_INTERVALS * (intervalSeconds ?? 0));
}

/** A polled price is current for this long: polls are rare, and one may fail. */
const POLLED_SECONDS = 45;

function isPolled({ polled = false, silentSeconds }: StreamView): boolean {
  return polled && (silentSeconds ?? 0) < POLLED_SECONDS;
}

/** Whether the view shows the server's current state. */
function isCurrent(view: StreamView): boolean {
  return view.connection === null || isPolled(view) || (view.connection === "open" && !isSilent(view));
}

/**
 * Whether payments and blocks are still being loaded. Nothing may be stated about the confirmed
 * side until then: its average is of some blocks only, and its newest block is not the chain's.
 */
export function isLoading(view: Pick<StreamView, "live">): boolean {
  checkView(view);
  const { live } = view;
  return live?.status === "warming_up" || live?.loading != null;
}

/** Tone of the price: its color. */
export function priceTone(view: StreamView): Tone {
  checkView(view);
  const { live } = view;
  if (live?.price == null) return live === null || statusTone(live.status) === "wait" ? "wait" : "bad";
  if (!isCurrent(view) || statusTone(live.status) === "bad" || live.node?.connected === false) return "bad";
  return isReliable(live) ? "good" : "weak";
}

/**
 * Whether the message itself marks its price as reliable. The server decides that; only without a
 * status, confidence does.
 */
export function isReliable({ status, confidence }: MempoolData): boolean {
  return status === undefined ? (confidence ?? 0) >= CONFIDENCE_MIN : statusTone(status) === "good";
}

/** Statements on source and reliability of the price, most important first. */
export function stateBadges(view: StreamView): StateBadge[] {
  checkView(view);
  const badges: StateBadge[] = [];
  const { live } = view;
  const add = (about: StateBadge["about"], tone: Tone, text: string): void => {
    badges.push({ about, tone, text });
  };
  if (live?.source === "simulation") add("source", "weak", "Simulation: synthetic traffic, not a real price");
  else if (live?.source === "replay") add("source", "weak", "Replay of recorded traffic");
  else if (live?.source === "node") add("source", "good", "From your own node");
  if (live?.chain != null && live.chain !== "main") add("chain", "weak", `Chain: ${live.chain}, not mainnet`);

  const connection = connectionBadge(view);
  if (connection !== null) badges.push(connection);
  if (isPolled(view)) add("connection", "weak", "Updated over HTTP from time to time");
  const { unreadable = 0 } = view;
  if (unreadable > 0)
    add("connection", "weak", `${formatCount(unreadable)} message${unreadable === 1 ? "" : "s"} could not be read`);

  // An unreachable server's last statements on its node and estimate may be outdated: leave them
  // out.
  if (isCurrent(view)) {
    const node = live?.node;
    if (node?.connected === false)
      add("node", "bad", node.last_message_age == null ? "Node not connected" : "Node lost");
    else if (node?.resyncing) add("node", "weak", "Resyncing with the node");
    else if (node?.connected && live?.source === "node") add("node", "good", "Node connected");
    else if (node?.connected === null && live?.source === "node") add("node", "wait", "Waiting for the node");
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
  // An unreachable server gives no reason.
  if (connection !== "open" && refusal !== null && refusal.code !== "unreachable")
    return { about, tone: "bad", text: `No live stream: ${refusal.message}. Trying again` };
  switch (connection) {
    case "connecting":
      // Waiting and reconnecting look the same to the user.
      if (live === null) return { about, tone: "wait", text: "Connecting" };
      return { about, tone: "bad", text: "Connection lost, trying again" };
    case "waiting":
      if (live === null) return { about, tone: "bad", text: "No connection yet, trying again" };
      return { about, tone: "bad", text: "Connection lost, trying again" };
    case "open":
      if (live === null || isPolled(view)) return { about, tone: "wait", text: "Connected, waiting for data" };
      if (isSilent(view)) return { about, tone: "bad", text: `No update for ${Math.floor(silentSeconds ?? 0)} s` };
      return { about, tone: "good", text: live.source === "node" && priceTone(view) !== "bad" ? "Live" : "Connected" };
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
  if (live?.status === undefined) return null;
  switch (live.status) {
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
      return live.status satisfies never;
  }
}
