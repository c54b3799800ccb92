import { hostname } from "node:os";
import type { Msg } from "@nats-io/transport-node";
import { type BusClock, type BusLease, ContractError, checkBusLease, type Source } from "@utxoracle/models";
import type { Logger } from "pino";
import type { Registry } from "prom-client";
import type { Settings } from "../../config/schema.ts";
import { logLine, suppressedField } from "../../logging/log-line.ts";
import { RepeatFilter } from "../../logging/repeat-filter.ts";
import { supervisedInterval } from "../../process/supervised-interval.ts";
import { guarded, type Supervisor, supervised } from "../../process/supervisor.ts";
import type { OutputPort } from "../../serve/output-port.ts";
import type { ReadinessReason, ServiceState } from "../../state/service-state.ts";
import { AnalyzerQueries } from "./analyzer-queries.ts";
import { parseBoundedJson } from "./bounded-json.ts";
import { type BusBucket, type BusEntry, NatsBucket } from "./bus-bucket.ts";
import { BusError, natsError } from "./bus-error.ts";
import { BusLink, disconnectedReason } from "./bus-link.ts";
import { createBusMetrics } from "./bus-metrics.ts";
import { busNames, originHeaders } from "./bus-names.ts";
import { busConnectionOptions } from "./bus-options.ts";
import { BusPublisher } from "./bus-publisher.ts";
import { LeaseKeeper, type LeaseStore } from "./lease-keeper.ts";
import { loadNatsPackages } from "./nats-packages.ts";

/**
 * Time to live of the lease, ms. A standby takes over within 3.5 s, including the steps in between.
 */
const LEASE_TTL_MS = 2500;
const STEP_MS = 500;
const NAME_MAX = 64;
/** Minimum time between two log lines about an invalid lease, ms. */
const INVALID_LEASE_PERIOD_MS = 30_000;

export interface OpenBusOptions {
  readonly settings: Settings;
  readonly state: ServiceState;
  /** Notices for the edges: all but those of this connection to NATS. */
  readonly notices: () => readonly ReadinessReason[];
  /** Identifies this run of the service. */
  readonly epoch: string;
  readonly source: Source;
  /** Seconds since the start, from a monotonic clock, as in the updates. */
  readonly uptimeSeconds: () => number;
  readonly registry: Registry;
  readonly log: Logger;
  readonly supervisor: Pick<Supervisor, "fail">;
}

/** NATS output of the service. */
export interface Bus extends OutputPort {
  /** Why this analyzer does not publish, e.g. not connected or standby. */
  notices(): readonly ReadinessReason[];
  /** Releases the lease and disconnects. A second call waits for the first. */
  close(): Promise<void>;
}

/**
 * Starts publishing on the servers of `--bus`. They need not be reachable.
 * @returns null without `--bus`.
 * @throws {UserError} if the NATS client is not installed, or credentials cannot be read.
 */
export async function openBus(options: OpenBusOptions): Promise<Bus | null> {
  const { settings, state, notices, epoch, source, uptimeSeconds, registry, log, supervisor } = options;
  if (settings.bus === undefined) return null;
  const packages = await loadNatsPackages();
  const analyzer = settings["analyzer-name"] ?? hostname().slice(0, NAME_MAX);
  const link = new BusLink({ packages, options: busConnectionOptions(settings, analyzer, packages), log });
  const names = busNames(settings["bus-name"]);
  const bucket = new NatsBucket({ packages, link, name: names.bucket, replicas: settings["bus-replicas"] });
  const keeper: LeaseKeeper = new LeaseKeeper({
    store: leaseStore(bucket, log),
    holder: () => ({ analyzer, epoch, source, ...publisher.holder() }),
    ttlMs: LEASE_TTL_MS,
    now: () => performance.now(),
    unixMs: () => Date.now(),
  });
  const publisher: BusPublisher = new BusPublisher({
    send: (message, origin) => {
      const { connection } = link;
      if (connection === null) return false;
      const headers = packages.transport.headers();
      headers.set(originHeaders.analyzer, origin.analyzer);
      headers.set(originHeaders.term, String(origin.term));
      try {
        connection.publish(names.liveSubject, message, { headers });
      } catch (error) {
        throw natsError(error, "write");
      }
      return true;
    },
    bucket,
    keeper,
    state,
    notices,
    analyzer,
    intervalMs: settings.interval,
    metrics: createBusMetrics(registry, () => ({ connected: link.connection !== null, term: keeper.term })),
    log,
    now: () => performance.now(),
  });
  const queries = new AnalyzerQueries(
    state,
    (seq) => publisher.updatesFrom(seq),
    () => link.connection?.info?.max_payload ?? 0,
  );
  link.onConnection((connection) => {
    connection.subscribe(names.clockSubject(epoch), {
      // The NATS client does not pass on an error of a callback: it stops reading.
      callback: guarded(supervisor, "relay", (error: Error | null, request: Msg) => {
        if (error !== null) logLine(log, "clock service unavailable; edges cannot show a price", { err: error });
        else request.respond(JSON.stringify({ uptime_seconds: uptimeSeconds() } satisfies BusClock));
      }),
    });
  });
  link.onConnection((connection) => {
    connection.subscribe(names.querySubject(epoch), {
      callback: guarded(supervisor, "relay", (error: Error | null, request: Msg) => {
        if (error !== null) logLine(log, "query service unavailable; edges have no history", { err: error });
        else void supervised(supervisor, "relay", queries.respond(request));
      }),
    });
  });
  link.start();
  const steps = supervisedInterval(supervisor, "relay", STEP_MS, () => publisher.step());
  const close = async (): Promise<void> => {
    await steps.stop();
    try {
      await keeper.release();
    } catch (error) {
      logLine(log, "lease not released; a standby takes over when it expires", { err: error });
    }
    await link.close();
  };
  let closing: Promise<void> | null = null;
  return {
    live: (publication) => publisher.live(publication),
    confirmed: (publication) => publisher.confirmed(publication),
    notices: () => noticesOf(link, keeper, publisher),
    close: () => {
      closing ??= close();
      return closing;
    },
  };
}

/** Why this analyzer does not publish, or not everything. */
function noticesOf(link: BusLink, keeper: LeaseKeeper, publisher: BusPublisher): readonly ReadinessReason[] {
  if (link.connection === null) return [disconnectedReason(link)];
  if (keeper.role === "leader") return publisher.faults;
  const fault = publisher.leaseFault;
  if (fault !== null) return [fault];
  const leader = keeper.leader?.analyzer;
  if (keeper.role === "excluded")
    return [
      {
        code: "bus_excluded",
        message: `the NATS bucket belongs to another source or chain (${leader}); choose another --bus-name`,
      },
    ];
  if (leader === undefined || keeper.isOwn)
    return [{ code: "bus_no_lease", message: "this analyzer has not acquired the lease yet" }];
  return [{ code: "bus_standby", message: `analyzer ${leader} publishes on NATS; this one is on standby` }];
}

function leaseStore(bucket: BusBucket, log: Logger): LeaseStore {
  const lines = new RepeatFilter(INVALID_LEASE_PERIOD_MS, () => performance.now());
  /** @returns null if it was deleted or is not a lease. */
  const leaseOf = ({ value, revision }: BusEntry): BusLease | null => {
    if (value === null) return null;
    try {
      return checkBusLease(parseBoundedJson(value));
    } catch (error) {
      if (!(error instanceof BusError || error instanceof ContractError)) throw error;
      const suppressed = lines.admit("invalid");
      if (suppressed !== null)
        logLine(log, "lease in the NATS bucket is invalid; replacing it", {
          ...{ revision, problem: error.message },
          ...suppressedField(suppressed),
        });
      return null;
    }
  };
  return {
    read: async () => {
      const entry = await bucket.read("lease");
      return entry === null ? null : { lease: leaseOf(entry), revision: entry.revision };
    },
    write: (lease, replaces) => bucket.write("lease", new TextEncoder().encode(JSON.stringify(lease)), replaces),
  };
}
