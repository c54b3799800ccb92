import { randomBytes } from "node:crypto";
import { BlockPath } from "../confirmed/block-path.ts";
import { checkDataDirectory } from "../confirmed/check-data-directory.ts";
import { ConfirmedHistory } from "../confirmed/confirmed-history.ts";
import { ConfirmedSide } from "../confirmed/confirmed-side.ts";
import { estimateConfirmed } from "../confirmed/estimate-confirmed.ts";
import { EstimateThread } from "../confirmed/estimate-thread.ts";
import { keepConfirmed } from "../confirmed/saved-confirmed.ts";
import type { Feed } from "../ingest/feed.ts";
import { SAVE_SECONDS } from "../ingest/window-keeper.ts";
import { checkWindowFile } from "../ingest/window-store.ts";
import { logLine } from "../logging/log-line.ts";
import { supervisedInterval } from "../process/supervised-interval.ts";
import { aborted, guarded, supervised } from "../process/supervisor.ts";
import { type Bus, openBus } from "../relay/bus/open-bus.ts";
import { type MqttRelay, openMqtt } from "../relay/mqtt/open-mqtt.ts";
import { createHttpServer } from "../serve/http-server.ts";
import { LiveState } from "../serve/live-state.ts";
import { registerLogMetrics } from "../serve/metrics/process-metrics.ts";
import { createServiceMetrics, type ServiceMetrics } from "../serve/metrics/service-metrics.ts";
import { clientsPort, type OutputPort } from "../serve/output-port.ts";
import { RecordedPrices } from "../serve/recorded-prices.ts";
import { serviceSink } from "../serve/service-sink.ts";
import { Ticker } from "../serve/ticker.ts";
import { isMainChain, publishable } from "../state/chain-status.ts";
import { EVIDENCE_LIMIT_SECONDS } from "../state/status.ts";
import { lockDataDirectory } from "../store/data-lock.ts";
import { startHindsightLoop } from "../track/hindsight-loop.ts";
import { keepTrackRecord } from "../track/keep-track-record.ts";
import { TrackRecord } from "../track/track-record.ts";
import { chainData, hourFill, recentPrices, unsavedNotices } from "./service/saved-prices.ts";
import { CONFIRMED_WINDOW_SECONDS, type ServiceOptions } from "./service/service-options.ts";
import { createWindow, windowKeeper } from "./service/service-window.ts";
import { TickPublisher } from "./service/tick-publisher.ts";

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
  const estimateThread = new EstimateThread();
  const blockPath = new BlockPath({
    confirmed,
    pathPrices: (request) => estimateThread.pathPrices(request),
    clock: () => performance.now(),
    log,
  });
  const track = new TrackRecord({
    log,
    onIncident: (kind) => metrics.track.incidents.inc({ kind }),
    onJudged: (count) => metrics.track.judged(count),
  });
  const state = new LiveState(() => window, history, track);
  const metrics: ServiceMetrics = createServiceMetrics({ state });
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
    data.onOpen((saved) => keepTrackRecord(track, saved, () => state.now(), log));
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
    const publisher = new TickPublisher({
      ...{ supervisor, feed, ticker, confirmed, blockPath, state, metrics, outputs, log, openData },
      tickTime: (now) => recorded?.tickTime(now) ?? now,
    });
    // Clients that connect at once need a message.
    publisher.tick();
    publisher.publishConfirmed();
    const { url } = await server.listen();
    if (options.isInteractive === true) logLine(log, "open in a browser", { source: feed.source }, url);
    else logLine(log, "listening", { url, source: feed.source });
    const timer = setInterval(
      guarded(supervisor, "ticker", () => publisher.tick()),
      settings.interval,
    );
    const hindsight =
      feed.source === "replay"
        ? null
        : startHindsightLoop({ record: track, window, windowSeconds, now: () => feed.now(), log, supervisor });
    const saves =
      keeper === null ? null : supervisedInterval(supervisor, "window", 1000 * SAVE_SECONDS, () => keeper.save());
    try {
      const sink = serviceSink({
        window,
        windowSeconds: settings.window,
        confirmed,
        metrics,
        now: () => feed.now(),
        onReset: (clockStepSeconds) => {
          ticker.reset(clockStepSeconds);
          if (clockStepSeconds !== 0) track.clockStep(clockStepSeconds, feed.now());
        },
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
        publisher.tick(true);
      }
      await aborted(signal);
    } finally {
      clearInterval(timer);
      await Promise.all([bus?.close(), mqtt?.close(), server.close(), saves?.stop(), hindsight?.stop()]);
      // A window that may have caused the failure must not come back.
      if (!supervisor.hasFailed) await keeper?.save();
    }
  } finally {
    ending.abort();
    await estimateThread.end();
    await bus?.close();
    await mqtt?.close();
    await Promise.all([recentEnd, fillEnd]);
    await data?.close();
    await feed.close();
  }
}
