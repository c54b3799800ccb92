import type { Logger } from "pino";
import type { Settings } from "../../config/schema.ts";
import type { Feed } from "../../ingest/feed.ts";
import { LiveWindow } from "../../ingest/live-window.ts";
import { WindowKeeper } from "../../ingest/window-keeper.ts";
import { logLine, suppressedField } from "../../logging/log-line.ts";
import { RepeatFilter } from "../../logging/repeat-filter.ts";
import type { ServiceMetrics } from "../../serve/metrics/service-metrics.ts";
import type { ServiceOptions } from "./service-options.ts";

/** Minimum time between two log lines about malformed transactions, ms. */
const MALFORMED_PERIOD_MS = 10_000;

/** An empty live window that counts what it gets, and logs malformed data. */
export function createWindow(
  settings: Settings,
  seesMempool: boolean,
  metrics: ServiceMetrics,
  log: Logger,
): LiveWindow {
  const malformed = new RepeatFilter(MALFORMED_PERIOD_MS, () => performance.now());
  return new LiveWindow({
    windowSeconds: settings.window,
    engine: settings.engine,
    seesMempool,
    onTransaction: (result) =>
      metrics.transactions.inc({
        result: result === "payment" ? "accepted" : result === "repeat" ? "repeated" : result,
      }),
    onMalformed: (what, error) => {
      const suppressed = malformed.admit(what);
      if (suppressed !== null)
        logLine(
          log,
          "malformed data ignored",
          { what, code: error.code, offset: error.offset, ...suppressedField(suppressed) },
          error.message,
        );
    },
  });
}

/** Keeps the window of a real node in the data folder; null without one. */
export function windowKeeper({ settings, log }: ServiceOptions, feed: Feed, window: LiveWindow): WindowKeeper | null {
  const directory = settings["data-dir"];
  if (directory === undefined || feed.source !== "node") return null;
  return new WindowKeeper({
    ...{ directory, window, log },
    windowSeconds: settings.window,
    engine: settings.engine,
    hasRpc: feed.node !== null,
    chain: settings.chain ?? null,
    feedChain: () => feed.state().chain,
    now: () => feed.now(),
  });
}
