import type { ConfirmedHistory } from "../../confirmed/confirmed-history.ts";
import { openSource, type RecentPricesPart, startRecentPrices } from "../../confirmed/start-recent-prices.ts";
import { startHourFill } from "../../history/start-hour-fill.ts";
import type { Feed } from "../../ingest/feed.ts";
import type { LiveState } from "../../serve/live-state.ts";
import type { ReadinessReason } from "../../state/service-state.ts";
import { ChainData } from "../../store/chain-data.ts";
import { CONFIRMED_WINDOW_SECONDS, type ServiceOptions } from "./service-options.ts";

/** Saved data of a real node; null without `--data-dir`. */
export function chainData({ settings, log }: ServiceOptions, { source }: Feed): ChainData | null {
  const directory = settings["data-dir"];
  return directory === undefined || source !== "node" ? null : new ChainData(directory, log);
}

/** Problem of prices that could not be saved. */
export function unsavedNotices({ unsaved }: ChainData): ReadinessReason[] {
  if (unsaved === 0) return [];
  return [
    {
      code: "prices_unsaved",
      message: `prices cannot be saved; ${unsaved} are kept in memory: check the disk of --data-dir`,
    },
  ];
}

/** Starts the prices of the last days; null without a node to read blocks from. */
export function recentPrices(
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
export async function hourFill(
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
