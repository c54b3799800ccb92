import type { Logger } from "pino";
import type { BlockPath } from "../../confirmed/block-path.ts";
import type { ConfirmedSide } from "../../confirmed/confirmed-side.ts";
import type { Feed, FeedState } from "../../ingest/feed.ts";
import { PriceLines } from "../../logging/price-lines.ts";
import { type Supervisor, supervised } from "../../process/supervisor.ts";
import { WorkThrottle } from "../../process/work-throttle.ts";
import type { LiveState } from "../../serve/live-state.ts";
import type { ServiceMetrics } from "../../serve/metrics/service-metrics.ts";
import type { OutputPort } from "../../serve/output-port.ts";
import type { Ticker } from "../../serve/ticker.ts";

export interface TickPublisherOptions {
  readonly feed: Feed;
  readonly ticker: Ticker;
  readonly confirmed: ConfirmedSide;
  readonly blockPath: BlockPath;
  readonly state: LiveState;
  readonly metrics: ServiceMetrics;
  /** Receive each publication. */
  readonly outputs: readonly OutputPort[];
  readonly log: Logger;
  readonly supervisor: Supervisor;
  /** The tick's time for the feed's; a replay's ticks have times of their own. */
  readonly tickTime: (now: number) => number;
  /** Opens the saved data of a chain. */
  readonly openData: (chain: string) => Promise<void>;
}

/** Publishes each tick, and the confirmed price with it when that has news. */
export class TickPublisher {
  readonly #options: TickPublisherOptions;
  readonly #priceLines: PriceLines;
  /** A hostile publisher may send endless blocks, and each price takes time to compute. */
  readonly #throttle = new WorkThrottle(() => performance.now());

  constructor(options: TickPublisherOptions) {
    this.#options = options;
    this.#priceLines = new PriceLines(options.log);
  }

  tick(isLast = false): void {
    const { feed, ticker, confirmed, blockPath, state, metrics, outputs, supervisor, openData } = this.#options;
    const endTimer = metrics.tickSeconds.startTimer();
    feed.checkClock();
    const now = this.#options.tickTime(feed.now());
    const feedState = withKnownTip(feed.state(), confirmed);
    const publication = isLast ? ticker.lastTick(now, feedState) : ticker.tick(now, feedState);
    const { data: update } = publication.snapshot;
    state.setLatest(update, ticker.counts);
    this.#priceLines.onTick(update);
    // Without RPC, the first price proves that the chain is the one asked for.
    if (update.chain !== null && update.price !== null) void supervised(supervisor, "data", openData(update.chain));
    for (const output of outputs) output.live(publication);
    if (confirmed.hasNews && (isLast || this.#throttle.isReady)) this.publishConfirmed();
    void supervised(supervisor, "confirmed", blockPath.update());
    endTimer();
  }

  publishConfirmed(): void {
    const { confirmed, state, outputs } = this.#options;
    this.#throttle.run(() => {
      const publication = confirmed.publish();
      state.setConfirmed(publication.snapshot.data, confirmed.points);
      for (const output of outputs) output.confirmed(publication);
    });
  }
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
