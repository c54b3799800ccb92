import { randomBytes } from "node:crypto";
import { hostname } from "node:os";
import type { Msg } from "@nats-io/transport-node";
import type { Logger } from "pino";
import type { Settings } from "../config/schema.ts";
import { UserError } from "../config/user-error.ts";
import { logLine } from "../logging/log-line.ts";
import { supervisedInterval } from "../process/supervised-interval.ts";
import { aborted, guarded, type Supervisor } from "../process/supervisor.ts";
import { NatsBucket } from "../relay/bus/bus-bucket.ts";
import { BusError, natsError } from "../relay/bus/bus-error.ts";
import { BusLink, disconnectedReason } from "../relay/bus/bus-link.ts";
import { busNames } from "../relay/bus/bus-names.ts";
import { busConnectionOptions } from "../relay/bus/bus-options.ts";
import { loadNatsPackages } from "../relay/bus/nats-packages.ts";
import { AnalyzerClock } from "../relay/edge/analyzer-clock.ts";
import { AskAnalyzer } from "../relay/edge/ask-analyzer.ts";
import { BusReader } from "../relay/edge/bus-reader.ts";
import { EdgeConfirmed } from "../relay/edge/edge-confirmed.ts";
import { EdgeHistory } from "../relay/edge/edge-history.ts";
import { EdgeLive } from "../relay/edge/edge-live.ts";
import { createEdgeMetrics } from "../relay/edge/edge-metrics.ts";
import { EdgeSession } from "../relay/edge/edge-session.ts";
import { EdgeState } from "../relay/edge/edge-state.ts";
import { LiveFollower } from "../relay/edge/live-follower.ts";
import { ReasonLog } from "../relay/reason-log.ts";
import { createHttpServer } from "../serve/http-server.ts";
import { registerLogMetrics } from "../serve/metrics/process-metrics.ts";
import { createServerMetrics } from "../serve/metrics/server-metrics.ts";
import { trackGauges } from "../serve/metrics/track-metrics.ts";

/**
 * Maximum age of an update before the price is stale, seconds. Longer than a takeover by a standby.
 */
const STALE_AFTER_SECONDS = 4;
/** The same in intervals of the analyzer, for long intervals. */
const STALE_AFTER_INTERVALS = 2.5;
/** Period of reading the lease, and of ticks while no update arrives, ms. */
const STEP_MS = 500;
/** Period of checking the age of the last update, ms: a price turns stale at most this late. */
const EXPIRY_CHECK_MS = 100;
/** Timeout of a clock request, ms. The age of updates is uncertain by up to this. */
const CLOCK_TIMEOUT_MS = 1000;
/** Timeout of a query for points or history, ms. */
const QUERY_TIMEOUT_MS = 5000;
/** Time between two reads of the analyzer's history, ms. It has what this edge missed. */
const HISTORY_PERIOD_MS = 600_000;
/** Time until a failed read is repeated, ms. */
const HISTORY_RETRY_MS = 5000;

export interface RunEdgeOptions {
  readonly settings: Settings;
  readonly log: Logger;
  /** Number of log lines lost so far. */
  readonly lostLogLines: () => number;
  /** Program version, for the served documents. */
  readonly version: string;
  /** Stops the edge, and is notified if a part of the edge fails. */
  readonly supervisor: Supervisor;
}

/**
 * Serves the stream, API and page of an analyzer over NATS until the supervisor stops it. Starts
 * without NATS server or analyzer, reports that, and connects when they are available.
 * @throws {UserError} without `--bus`, without the NATS client packages, or if the port is not
 * available.
 */
export async function runEdge({ settings, log, lostLogLines, version, supervisor }: RunEdgeOptions): Promise<void> {
  if (settings.bus === undefined)
    throw new UserError("edge: missing --bus; usage: utxoracle-live edge --bus nats://HOST:4222");
  const packages = await loadNatsPackages();
  const names = busNames(settings["bus-name"]);
  const link = new BusLink({
    packages,
    options: busConnectionOptions(settings, `edge ${hostname()}`, packages),
    log,
  });
  const bucket = new NatsBucket({ packages, link, name: names.bucket, replicas: null });
  let intervalSeconds = 0;
  const staleAfterSeconds = (): number => Math.max(STALE_AFTER_SECONDS, STALE_AFTER_INTERVALS * intervalSeconds);
  const now = (): number => performance.now();
  const clock = new AnalyzerClock();
  const analyzer = new AskAnalyzer(async (query, to) => {
    const { connection } = link;
    const epoch = to?.epoch ?? live.latest?.epoch;
    if (connection === null || epoch === undefined) throw new BusError("disconnected", "no analyzer to ask");
    try {
      return (
        await connection.request(names.querySubject(epoch), query, { timeout: to?.timeoutMs ?? QUERY_TIMEOUT_MS })
      ).data;
    } catch (error) {
      if (hasNoResponder(error)) throw new BusError("no_answer", "the analyzer does not respond", { cause: error });
      throw natsError(error, "read");
    }
  });
  const state: EdgeState = new EdgeState(
    () => ({
      disconnected: link.connection === null ? disconnectedReason(link) : null,
      faults: session.faults,
      lease: session.lease,
      stale: live.isStale,
      ageSeconds: live.ageSeconds,
      isAgeKnown: live.isAgeKnown,
      epoch: live.latest?.epoch ?? null,
    }),
    () => confirmed,
    () => now() / 1000,
    analyzer,
  );
  const metrics = createServerMetrics(state);
  registerLogMetrics(metrics.registry, lostLogLines);
  trackGauges(metrics.registry, (days) => state.latestTrackRecord(days));
  const edgeMetrics = createEdgeMetrics(metrics.registry, () => ({
    connected: link.connection !== null,
    ageSeconds: live.ageSeconds,
    analyzer: state.analyzer(),
  }));
  const server = await createHttpServer({ settings, state, metrics, log, version });
  const live: EdgeLive = new EdgeLive({
    staleAfterSeconds,
    clock,
    show: (shown, data, trueAt) => {
      state.setShown(data, trueAt);
      server.live.publish(shown);
    },
    newEpoch: () => randomBytes(9).toString("base64url"),
    now: () => now() / 1000,
    unixNow: () => Date.now() / 1000,
  });
  const confirmed: EdgeConfirmed = new EdgeConfirmed((shown) => server.confirmed.publish(shown));
  const session: EdgeSession = new EdgeSession({
    analyzer,
    reader: new BusReader(bucket, async (epoch) => {
      const { connection } = link;
      if (connection === null) throw new BusError("disconnected", "not connected to NATS");
      try {
        return (await connection.request(names.clockSubject(epoch), undefined, { timeout: CLOCK_TIMEOUT_MS })).data;
      } catch (error) {
        const known = natsError(error, "read");
        if (known.code !== "read_timeout" && !hasNoResponder(error)) throw known;
        throw new BusError("no_answer", "the analyzer does not respond to clock requests", { cause: error });
      }
    }),
    follower: new LiveFollower((followed) => live.onUpdate(followed)),
    clock,
    confirmed,
    edgeState: state,
    metrics: edgeMetrics,
    log,
    onClock: () => live.onClock(),
    onInterval: (intervalMs) => {
      intervalSeconds = intervalMs / 1000;
    },
    now,
  });
  link.onConnection((connection) => {
    connection.subscribe(names.liveSubject, {
      // The NATS client does not pass on an error of a callback: it stops reading.
      callback: guarded(supervisor, "edge", (error: Error | null, message: Msg) => {
        if (error !== null) logLine(log, "NATS subscription failed", { err: error });
        else session.onDelta({ data: message.data, header: (name) => headerOf(message, name) });
      }),
    });
  });
  const reasonLog = new ReasonLog(log, now);
  const expiryChecks = setInterval(
    guarded(supervisor, "edge", () => live.expire()),
    EXPIRY_CHECK_MS,
  );
  const ticks = setInterval(
    guarded(supervisor, "edge", () => {
      live.tick();
      confirmed.expire(state.now());
      reasonLog.update(state.ageReasons());
    }),
    STEP_MS,
  );
  const history = new EdgeHistory({
    analyzer,
    history: state.history(),
    epoch: () => live.latest?.epoch ?? null,
    now,
    periodMs: HISTORY_PERIOD_MS,
    retryMs: HISTORY_RETRY_MS,
  });
  const historyReads = supervisedInterval(supervisor, "edge", STEP_MS, () => history.step());
  const steps = supervisedInterval(supervisor, "edge", STEP_MS, async () => {
    if (link.connection !== null) await session.step();
  });
  try {
    const { url } = await server.listen();
    logLine(log, "listening", { url, bus: settings.bus });
    link.start();
    await aborted(supervisor.signal);
  } finally {
    clearInterval(expiryChecks);
    clearInterval(ticks);
    await Promise.all([steps.stop(), historyReads.stop(), server.close()]);
    await link.close();
  }
}

function hasNoResponder(error: unknown): boolean {
  return error instanceof Error && (error.name === "NoRespondersError" || hasNoResponder(error.cause));
}

/** @throws {BusError} for malformed headers, which the client parses on access. */
function headerOf(message: Msg, name: string): string | undefined {
  try {
    const { headers } = message;
    return headers?.has(name) === true ? headers.get(name) : undefined;
  } catch (error) {
    throw natsError(error, "read");
  }
}
