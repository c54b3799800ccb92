import { randomBytes } from "node:crypto";
import type { Logger } from "pino";
import type { Settings } from "../config/schema.ts";
import { ConfirmedHistory } from "../confirmed/confirmed-history.ts";
import { ConfirmedSide } from "../confirmed/confirmed-side.ts";
import { lockDataDirectory } from "../confirmed/data-lock.ts";
import { estimateConfirmed } from "../confirmed/estimate-confirmed.ts";
import { type FollowedChain, followChain } from "../confirmed/follow-chain.ts";
import { checkDataDirectory } from "../confirmed/open-history.ts";
import type { Feed, FeedState } from "../ingest/feed.ts";
import { LiveWindow } from "../ingest/live-window.ts";
import { RepeatFilter } from "../logging/repeat-filter.ts";
import { aborted, guarded, type Supervisor, supervised } from "../process/supervisor.ts";
import { type Bus, openBus } from "../relay/bus/open-bus.ts";
import { createHttpServer } from "../serve/http-server.ts";
import { LiveState } from "../serve/live-state.ts";
import { registerLogMetrics } from "../serve/metrics/log-metrics.ts";
import { createServiceMetrics, type ServiceMetrics } from "../serve/metrics/service-metrics.ts";
import { clientsPort, type OutputPort } from "../serve/output-port.ts";
import { RecordedPrices } from "../serve/recorded-prices.ts";
import { serviceSink } from "../serve/service-sink.ts";
import { Ticker } from "../serve/ticker.ts";
import { isMainChain, publishable } from "../state/chain-status.ts";
import { EVIDENCE_LIMIT_SECONDS } from "../state/status.ts";
import type { NodeFeedParts } from "../sync/node-feed.ts";

/** The confirmed panel looks three hours back, as its title says. */
const CONFIRMED_WINDOW_SECONDS = 10_800;

/** One line at most in this time for bytes that are no transaction, ms. */
const MALFORMED_PERIOD_MS = 10_000;

/** Opens the service's feed. @throws {UserError} when it cannot be opened at all; the signal's reason when it aborts before. */
export type OpenFeed = (parts: NodeFeedParts, signal: AbortSignal) => Promise<Feed>;

export interface ServiceOptions {
  readonly settings: Settings;
  readonly openFeed: OpenFeed;
  readonly log: Logger;
  /** Lines that the log could not write so far. */
  readonly lostLogLines: () => number;
  /** Of the program, for the documents it serves. */
  readonly version: string;
  /** Ends the service, and is ended with it when a part fails. */
  readonly supervisor: Supervisor;
}

/**
 * Runs the service until its supervisor ends it: the feed into the window, a tick at every interval out to the server.
 * @throws {UserError} when the feed cannot be opened or the address not be listened on.
 */
export async function runService(options: ServiceOptions): Promise<void> {
  const { signal } = options.supervisor;
  const dataDirectory = options.settings["data-dir"] ?? null;
  if (dataDirectory === null) return await serve(options);
  // A disk may hang.
  await Promise.race([checkDataDirectory(dataDirectory), aborted(signal)]);
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
  // Making up a past, or looking through a long file, takes its time.
  const opened = await Promise.race([opening, aborted(signal)]);
  if (opened === undefined) return;
  const feed: Feed = opened;
  state.feed = feed;
  const window = createWindow(settings, feed.node !== null, metrics, log);
  const epoch = randomBytes(9).toString("base64url");
  const uptimeSeconds = (): number => (performance.now() - startedAt) / 1000;
  const ticker = new Ticker({
    window,
    engine: settings.engine,
    source: feed.source,
    windowSeconds: settings.window,
    epoch,
    uptimeSeconds,
    ticksCount: feed.source !== "replay",
  });
  const recorded =
    feed.source === "replay"
      ? new RecordedPrices(Math.min(settings.window, EVIDENCE_LIMIT_SECONDS), (moment) =>
          ticker.note(moment, feed.state().chain),
        )
      : null;
  const ending = new AbortController();
  const followed = followNode(options, feed, history, AbortSignal.any([signal, ending.signal]));
  const followedEnd = supervised(supervisor, "chain", followed?.ended ?? Promise.resolve());
  let bus: Bus | null = null;
  try {
    const server = await createHttpServer({ settings, state, metrics, log, version });
    const { registry } = metrics;
    bus = await openBus({ settings, state, epoch, source: feed.source, uptimeSeconds, registry, log, supervisor });
    const outputs: OutputPort[] = [clientsPort(server)];
    if (bus !== null) {
      outputs.push(bus);
      state.addNotices(bus.notices);
    }
    const publishConfirmed = (): void => {
      const publication = confirmed.publish();
      state.confirmedPublished(publication.snapshot.data);
      for (const output of outputs) output.confirmed(publication);
    };
    const tick = (isLast = false): void => {
      const endTimer = metrics.tickSeconds.startTimer();
      feed.checkClock();
      const now = recorded?.tickTime(feed.now()) ?? feed.now();
      const feedState = withKnownTip(feed.state(), confirmed);
      const publication = isLast ? ticker.lastTick(now, feedState) : ticker.tick(now, feedState);
      state.published(publication.snapshot.data, ticker.counts);
      for (const output of outputs) output.live(publication);
      if (confirmed.hasNews) {
        publishConfirmed();
        followed?.notice();
      }
      endTimer();
    };
    // The first messages stand before the first reader can come.
    tick();
    publishConfirmed();
    const { url } = await server.listen();
    log.info({ url, source: feed.source }, "listening");
    const timer = setInterval(
      guarded(supervisor, "ticker", () => tick()),
      settings.interval,
    );
    try {
      const sink = serviceSink({
        window,
        windowSeconds: settings.window,
        confirmed,
        metrics,
        now: () => feed.now(),
        onBeginAnew: (clockStepSeconds) => ticker.beginAnew(clockStepSeconds),
        ...(recorded === null
          ? {}
          : {
              passTime: (time: number, aborting: AbortSignal) => recorded.passTime(time, aborting),
              onTime: (now: number) => recorded.message(now),
              // Each block has its price, not only the last one before a tick.
              onBlock: () => confirmed.estimateNow(),
            }),
      });
      await supervised(supervisor, "feed", feed.run(sink, signal));
      if (!signal.aborted) {
        if (feed.source !== "replay") throw new Error("the feed ended without an error");
        // What stays is what the file says, not when it was looked at.
        confirmed.beginAnew();
        tick(true);
      }
      await aborted(signal);
    } finally {
      clearInterval(timer);
      await Promise.all([bus?.close(), server.close()]);
    }
  } finally {
    ending.abort();
    await bus?.close();
    await followedEnd;
    await feed.close();
  }
}

/** The longer windows and the history, beside the service; nothing where there is no node to read blocks from. */
function followNode(
  { settings, log }: ServiceOptions,
  feed: Feed,
  history: ConfirmedHistory,
  signal: AbortSignal,
): FollowedChain | null {
  if (feed.node === null) return null;
  const isReal = feed.source === "node";
  return followChain(
    {
      node: feed.node,
      restUrl: isReal ? settings["rpc-url"] : null,
      chain: isReal ? (settings.chain ?? null) : null,
      history,
      dataDirectory: isReal ? (settings["data-dir"] ?? null) : null,
      panelHours: CONFIRMED_WINDOW_SECONDS / 3600,
      panelEngine: settings.engine,
      log,
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
    onReception: (reception) =>
      metrics.transactions.inc({
        result: reception === "payment" ? "accepted" : reception === "repeat" ? "repeated" : reception,
      }),
    onMalformed: (what, error) => {
      const suppressed = malformed.admit(what);
      if (suppressed !== null)
        log.warn({ what, code: error.code, offset: error.offset, also_since_last_line: suppressed }, error.message);
    },
  });
}

/** A replay or a node without RPC does not tell the tip; the blocks themselves do. */
function withKnownTip(feedState: FeedState, confirmed: ConfirmedSide): FeedState {
  const { tip } = confirmed;
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
