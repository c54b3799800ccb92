import { hostname } from "node:os";
import { type BusClock, checkBusLease, type Source } from "@utxoracle/models";
import type { Logger } from "pino";
import type { Registry } from "prom-client";
import type { PriceBoard, ReadinessReason } from "../http/price-board.ts";
import type { OutputPort } from "../publication/output-port.ts";
import type { Settings } from "../settings/schema.ts";
import { type BusBucket, NatsBucket } from "./bus-bucket.ts";
import { BusLink } from "./bus-link.ts";
import { createBusMetrics } from "./bus-metrics.ts";
import { busNames, originHeaders } from "./bus-names.ts";
import { busConnectionOptions } from "./bus-options.ts";
import { BusPublisher } from "./bus-publisher.ts";
import { every } from "./every.ts";
import { LeaseKeeper, type LeaseStore } from "./lease-keeper.ts";
import { loadNatsPackages } from "./nats-packages.ts";

/** How long the lease holds unrenewed, ms. With the steps in between, a standby leads 3.5 s after a leader's end at the latest. */
const LEASE_TTL_MS = 2500;
const STEP_MS = 500;
const NAME_MAX = 64;

export interface OpenBusOptions {
  readonly settings: Settings;
  readonly board: PriceBoard;
  /** Names this run of the server. */
  readonly epoch: string;
  readonly source: Source;
  /** Seconds since the service started, from a steady clock: the same as in its updates. */
  readonly uptimeSeconds: () => number;
  readonly registry: Registry;
  readonly log: Logger;
}

/** The bus as the service sees it. */
export interface Bus extends OutputPort {
  /** What is to be known of it: no connection, another one leads. */
  notices(): readonly ReadinessReason[];
  /** Gives the lease back and disconnects; a second call waits for the first. */
  close(): Promise<void>;
}

/**
 * Opens the bus that the settings name; it need not be reachable, now or ever.
 * @returns null when they name none.
 * @throws {UserError} when the client of NATS is not installed, or credentials cannot be read.
 */
export async function openBus(options: OpenBusOptions): Promise<Bus | null> {
  const { settings, board, epoch, source, uptimeSeconds, registry, log } = options;
  if (settings.bus === undefined) return null;
  const packages = await loadNatsPackages();
  const analyser = settings["analyser-name"] ?? hostname().slice(0, NAME_MAX);
  const link = new BusLink({ packages, options: busConnectionOptions(settings, analyser, packages), log });
  const names = busNames(settings["bus-name"]);
  const bucket = new NatsBucket({ packages, link, name: names.bucket, replicas: settings["bus-replicas"] });
  const keeper: LeaseKeeper = new LeaseKeeper({
    store: leaseStore(bucket),
    holder: () => ({ analyser, epoch, source, ...publisher.holder() }),
    ttlMs: LEASE_TTL_MS,
    now: () => performance.now(),
    unixMs: () => Date.now(),
  });
  const publisher: BusPublisher = new BusPublisher({
    send: (message, origin) => {
      const { connection } = link;
      if (connection === null) return false;
      const headers = packages.transport.headers();
      headers.set(originHeaders.analyser, origin.analyser);
      headers.set(originHeaders.term, String(origin.term));
      connection.publish(names.liveSubject, message, { headers });
      return true;
    },
    bucket,
    keeper,
    board,
    notices: () => board.notices().filter(({ code }) => !code.startsWith("bus_")),
    analyser,
    intervalMs: settings.interval,
    metrics: createBusMetrics(registry, () => ({ connected: link.connection !== null, term: keeper.term })),
    log,
    now: () => performance.now(),
  });
  link.onConnection((connection) => {
    connection.subscribe(names.clockSubject(epoch), {
      callback: (error, question) => {
        if (error !== null) log.warn({ err: error }, "edges cannot ask what time it is: they show nothing");
        else question.respond(JSON.stringify({ uptime_seconds: uptimeSeconds() } satisfies BusClock));
      },
    });
  });
  link.start();
  const steps = every(STEP_MS, () => publisher.step());
  const close = async (): Promise<void> => {
    await steps.stop();
    try {
      await keeper.release();
    } catch (error) {
      log.warn({ err: error }, "the lease could not be given back: a standby waits until it has run out");
    }
    await link.close();
  };
  let closing: Promise<void> | null = null;
  return {
    live: (publication) => publisher.live(publication),
    confirmed: (publication) => publisher.confirmed(publication),
    notices: () => noticesOf(link, keeper),
    close: () => {
      closing ??= close();
      return closing;
    },
  };
}

function noticesOf(link: BusLink, keeper: LeaseKeeper): ReadinessReason[] {
  if (link.connection === null)
    return [{ code: "bus_disconnected", message: `no connection to the bus: ${link.problem ?? "not yet"}` }];
  if (keeper.role === "leader") return [];
  const leader = keeper.leader?.analyser;
  return keeper.role === "excluded"
    ? [{ code: "bus_excluded", message: `the bus belongs to another market (${leader}): choose another --bus-name` }]
    : [{ code: "bus_standby", message: `${leader ?? "nobody"} publishes on the bus; this analyser stands by` }];
}

function leaseStore(bucket: BusBucket): LeaseStore {
  return {
    read: async () => {
      const entry = await bucket.read("lease");
      if (entry === null) return null;
      return { lease: checkBusLease(JSON.parse(new TextDecoder().decode(entry.value))), revision: entry.revision };
    },
    write: (lease, replaces) => bucket.write("lease", new TextEncoder().encode(JSON.stringify(lease)), replaces),
  };
}
