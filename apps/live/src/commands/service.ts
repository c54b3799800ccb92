import { randomBytes } from "node:crypto";
import type { Logger } from "pino";
import type { Settings } from "../config/schema.ts";
import { checkDataDirectory } from "../confirmed/check-data-directory.ts";
import { ConfirmedHistory } from "../confirmed/confirmed-history.ts";
import { ConfirmedSide } from "../confirmed/confirmed-side.ts";
import { estimateConfirmed } from "../confirmed/estimate-confirmed.ts";
import { keepConfirmed } from "../confirmed/saved-confirmed.ts";
import { openSource, type RecentPricesPart, startRecentPrices } from "../confirmed/start-recent-prices.ts";
import { startHourFill } from "../history/start-hour-fill.ts";
import type { Feed, FeedState } from "../ingest/feed.ts";
import { LiveWindow } from "../ingest/live-window.ts";
import { SAVE_SECONDS, WindowKeeper } from "../ingest/window-keeper.ts";
import { checkWindowFile } from "../ingest/window-store.ts";
import { logLine, suppressedField } from "../logging/log-line.ts";
import { PriceLines } from "../logging/price-lines.ts";
import { RepeatFilter } from "../logging/repeat-filter.ts";
import { supervisedInterval } from "../process/supervised-interval.ts";
import { aborted, guarded, type Supervisor, supervised } from "../process/supervisor.ts";
import { WorkThrottle } from "../process/work-throttle.ts";
import { type Bus, openBus } from "../relay/bus/open-bus.ts";
import { type MqttRelay, openMqtt } from "../relay/mqtt/open-mqtt.ts";
import { createHttpServer } from "../serve/http-server.ts";
import { LiveState } from "../serve/live-state.ts";
import { registerLogMetrics } from "../serve/metrics/log-metrics.ts";
import { createServiceMetrics, type ServiceMetrics } from "../serve/metrics/service-metrics.ts";
import { clientsPort, type OutputPort } from "../serve/output-port.ts";
import { RecordedPrices } from "../serve/recorded-prices.ts";
import { serviceSink } from "../serve/service-sink.ts";
import { Ticker } from "../serve/ticker.ts";
import { isMainChain, publishable } from "../state/chain-status.ts";
import type { ReadinessReason } from "../state/service-state.ts";
import { EVIDENCE_LIMIT_SECONDS } from "../state/status.ts";
import { ChainData } from "../store/chain-data.ts";
import { lockDataDirectory } from "../store/data-lock.ts";
import type { NodeFeedParts } from "../sync/node-feed.ts";

/** Window of the confirmed panel: 3 h, as in its title. */
const CONFIRMED_WINDOW_SECONDS = 10_800;

/** Minimum time between two log lines about malformed transactions, ms. */
const MALFORMED_PERIOD_MS = 10_000;

/**
 * Opens the feed of the service.
 * @throws {UserError} if it cannot be opened; the signal's reason if it aborts first.
 */
export type OpenFeed = (parts: NodeFeedParts, signal: AbortSignal) => Promise<Feed>;

export interface ServiceOptions {
  readonly settings: Settings;
  readonly openFeed: OpenFeed;
  readonly log: Logger;
  /** Number of log lines lost so far. */
  readonly lostLogLines: () => number;
  /** Program version, for the served documents. */
  readonly version: string;
  /** Whether the log is read on a terminal. */
  readonly isInteractive?: boolean;
  /** Stops the service, and is notified if a part of the service fails. */
  readonly supervisor: Supervisor;
}

/**
 * Runs the service until the supervisor stops it: reads the feed into the window and publishes a
 * tick at every interval.
 * @throws {UserError} if the feed cannot be opened, or the port is not available.
 */
export async function runService(options: ServiceOptions): Promise<void> {
  const { signal } = options.supervisor;
  const dataDirectory = options.settings["data-dir"] ?? null;
  if (dataDirectory === null) return await serve(options);
  // A hanging disk must not delay the stop.
  await Promise.race([checkDataDirectory(dataDirectory).then(() => checkWindowFile(dataDirectory)), aborted(signal)]);
  if (signal.aborted) return;
  const unlock = lockDataDirectory(dataDirectory);
  try {
    await serve(options);
  } finally {
    unlock();
  }
}

async function serve(options: ServiceOptions): Promise<void> {
  const { settings, openFeed, log, lostLogLines, version, supervisor } = options;
  const { signal } = supervisor;
  const startedAt = performance.now();
  const history = new ConfirmedHistory();
  const estimate = estimateConfirmed(settings.engine);
  const isMain = (): boolean => isMainChain(feed.source, feed.state().chain);
  const confirmed = new ConfirmedSide({
    windowSeconds: CONFIRMED_WINDOW_SECONDS,
    engine: settings.engine,
    estimate: (amountsBtc) => publishable(estimate(amountsBtc), isMain()),
    now: () => state.now(),
    onPrice: (price) => history.keep(price),
  });
  const state = new LiveState(() => window, history);
  const metrics = createServiceMetrics({ state });
  registerLogMetrics(metrics.registry, lostLogLines);
  const windowSeconds = settings.window;
  const blockSeconds = Math.max(windowSeconds, CONFIRMED_WINDOW_SECONDS);
  const opening = openFeed({ windowSeconds, blockSeconds, metrics }, signal);
  // Simulating past blocks, or scanning a long recording, may take seconds.
  const opened = await Promise.race([opening, aborted(signal)]);
  if (opened === undefined) return;
  const feed: Feed = opened;
  state.feed = feed;
  const window = createWindow(settings, feed.node !== null, metrics, log);
  const keeper = windowKeeper(options, feed, window);
  if (keeper !== null) await Promise.race([keeper.restore(), aborted(signal)]);
  const epoch = randomBytes(9).toString("base64url");
  const uptimeSeconds = (): number => (performance.now() - startedAt) / 1000;
  const ticker = new Ticker({
    window,
    engine: settings.engine,
    source: feed.source,
    windowSeconds: settings.window,
    epoch,
    uptimeSeconds,
    keepsTickPrices: feed.source !== "replay",
  });
  const recorded =
    feed.source === "replay"
      ? new RecordedPrices(Math.min(settings.window, EVIDENCE_LIMIT_SECONDS), (moment) =>
          ticker.record(moment, feed.state().chain),
        )
      : null;
  const ending = new AbortController();
  const data = chainData(options, feed);
  if (data !== null && feed.node === null && settings.chain === undefined)
    logLine(log, "nothing is saved: chain unknown", {}, "set --chain or --rpc-url");
  if (data !== null) {
    data.onOpen((saved, chain) => keepConfirmed(history, saved, chain, log));
    data.onOpen((saved) => state.history().keepIn(saved, () => state.now(), log));
    state.addNotices(() => unsavedNotices(data));
  }
  const openData = async (chain: string): Promise<void> => await data?.open(chain);
  const recent = recentPrices(options, feed, history, openData, AbortSignal.any([signal, ending.signal]));
  const recentEnd = supervised(supervisor, "chain", recent?.ended ?? Promise.resolve());
  const fillEnd = supervised(
    supervisor,
    "history",
    hourFill(options, feed, state, openData, AbortSignal.any([signal, ending.signal])),
  );
  let bus: Bus | null = null;
  let mqtt: MqttRelay | null = null;
  try {
    const server = await createHttpServer({ settings, state, metrics, log, version });
    const { registry } = metrics;
    bus = await openBus({
      ...{ settings, state, epoch, source: feed.source, uptimeSeconds, registry, log, supervisor },
      notices: () => state.ownNotices(),
    });
    const outputs: OutputPort[] = [clientsPort(server)];
    if (bus !== null) {
      outputs.push(bus);
      state.busNotices = bus.notices;
    }
    mqtt = await openMqtt({ settings, log, version });
    if (mqtt !== null) outputs.push(mqtt);
    // A hostile publisher may send endless blocks, and each price takes time to compute.
    const confirmedThrottle = new WorkThrottle(() => performance.now());
    const publishConfirmed = (): void => confirmedThrottle.run(sendConfirmed);
    const sendConfirmed = (): void => {
      const publication = confirmed.publish();
      state.setConfirmed(publication.snapshot.data, confirmed.points);
      for (const output of outputs) output.confirmed(publication);
    };
    const priceLines = new PriceLines(log);
    const tick = (isLast = false): void => {
      const endTimer = metrics.tickSeconds.startTimer();
      feed.checkClock();
      const now = recorded?.tickTime(feed.now()) ?? feed.now();
      const feedState = withKnownTip(feed.state(), confirmed);
      const publication = isLast ? ticker.lastTick(now, feedState) : ticker.tick(now, feedState);
      const { data: update } = publication.snapshot;
      state.setLatest(update, ticker.counts);
      priceLines.onTick(update);
      // Without RPC, the first price proves that the chain is the one asked for.
      if (update.chain !== null && update.price !== null) void supervised(supervisor, "data", openData(update.chain));
      for (const output of outputs) output.live(publication);
      if (confirmed.hasNews && (isLast || confirmedThrottle.isReady)) publishConfirmed();
      endTimer();
    };
    // Clients that connect at once need a message.
    tick();
    publishConfirmed();
    const { url } = await server.listen();
    if (options.isInteractive === true) logLine(log, "open in a browser", { source: feed.source }, url);
    else logLine(log, "listening", { url, source: feed.source });
    const timer = setInterval(
      guarded(supervisor, "ticker", () => tick()),
      settings.interval,
    );
    const saves =
      keeper === null ? null : supervisedInterval(supervisor, "window", 1000 * SAVE_SECONDS, () => keeper.save());
    try {
      const sink = serviceSink({
        window,
        windowSeconds: settings.window,
        confirmed,
        metrics,
        now: () => feed.now(),
        onReset: (clockStepSeconds) => ticker.reset(clockStepSeconds),
        onConnected: (rawBytes) => feed.nodeChain?.publish({ type: "blockConnected", rawBytes }),
        isOfOtherChain: (chain) => keeper?.isOfOtherChain(chain) ?? false,
        ...(recorded === null
          ? {}
          : {
              passTime: (time: number, aborting: AbortSignal) => recorded.passTime(time, aborting),
              onTime: (now: number) => recorded.onMessage(now),
              // A replay may pass several blocks between two ticks; each needs its price.
              onBlock: () => confirmed.estimateNow(),
            }),
      });
      await supervised(supervisor, "feed", feed.run(sink, signal));
      if (!signal.aborted) {
        if (feed.source !== "replay") throw new Error("the feed ended without an error");
        // The final prices depend only on the file, not on the times of the ticks.
        confirmed.requestSnapshot();
        tick(true);
      }
      await aborted(signal);
    } finally {
      clearInterval(timer);
      await Promise.all([bus?.close(), mqtt?.close(), server.close(), saves?.stop()]);
      // A window that may have caused the failure must not come back.
      if (!supervisor.hasFailed) await keeper?.save();
    }
  } finally {
    ending.abort();
    await bus?.close();
    await mqtt?.close();
    await Promise.all([recentEnd, fillEnd]);
    await data?.close();
    await feed.close();
  }
}

/** Keeps the window of a real node in the data folder; null without one. */
function windowKeeper({ settings, log }: ServiceOptions, feed: Feed, window: LiveWindow): WindowKeeper | null {
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

/** Saved data of a real node; null without `--data-dir`. */
function chainData({ settings, log }: ServiceOptions, { source }: Feed): ChainData | null {
  const directory = settings["data-dir"];
  return directory === undefined || source !== "node" ? null : new ChainData(directory, log);
}

function unsavedNotices({ unsaved }: ChainData): ReadinessReason[] {
  if (unsaved === 0) return [];
  return [
    {
      code: "prices_unsaved",
      message: `prices cannot be saved; ${unsaved} are kept in memory: check the disk of --data-dir`,
    },
  ];
}

/** Starts the prices of the last days; null without a node to read blocks from. */
function recentPrices(
  { settings, log }: ServiceOptions,
  { node, nodeChain, source }: Feed,
  history: ConfirmedHistory,
  openData: (chain: string) => Promise<void>,
  signal: AbortSignal,
): RecentPricesPart | null {
  if (node === null || nodeChain === null) return null;
  const isReal = source === "node";
  return startRecentPrices(
    {
      ...{ node, nodeChain, history, log },
      restUrl: isReal ? settings["rpc-url"] : null,
      openData,
      panelHours: CONFIRMED_WINDOW_SECONDS / 3600,
      panelEngine: settings.engine,
    },
    signal,
  );
}

/** Fills the price history from a node's blocks until the signal aborts. */
async function hourFill(
  { settings, log }: ServiceOptions,
  { node, nodeChain, source }: Feed,
  state: LiveState,
  openData: (chain: string) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  if (node === null || nodeChain === null) return;
  const restUrl = source === "node" ? settings["rpc-url"] : null;
  await startHourFill(
    {
      ...{ nodeChain, openData, log },
      history: state.history(),
      openSource: () => openSource({ node, restUrl }, signal),
      now: () => state.now(),
    },
    signal,
  );
}

function createWindow(settings: Settings, seesMempool: boolean, metrics: ServiceMetrics, log: Logger): LiveWindow {
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

/**
 * Fills in the tip from the received blocks: a replay, or a node without RPC, does not report it.
 */
function withKnownTip(feedState: FeedState, confirmed: ConfirmedSide): FeedState {
  const { tip } = confirmed.chain;
  if (tip === null) return feedState;
  const { node } = feedState;
  return {
    ...feedState,
    node: {
      ...node,
      height: node.height ?? tip.height,
      last_block_timestamp: node.last_block_timestamp ?? tip.time,
    },
  };
}
