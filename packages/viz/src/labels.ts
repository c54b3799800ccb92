/** Texts of the chart. Placeholders in braces are replaced by values. */
export interface Labels {
  readonly title: string;
  /** `{hours}`: length of the confirmed window. */
  readonly confirmed: string;
  /** Short form for small charts. */
  readonly confirmedShort: string;
  readonly mempool: string;
  readonly noConfirmed: string;
  readonly noPrice: string;
  /** `{price}`. */
  readonly average: string;
  /** `{price}`: a price that is no longer current. */
  readonly lastPrice: string;
  /** `{age}`. */
  readonly lastBlock: string;
  /** Short form for small charts. */
  readonly lastBlockShort: string;
  /** `{time}`: the user's time. */
  readonly currentTime: string;
  /** `{time}`: the replay's time. */
  readonly replayedTime: string;
  /** Mark of the right edge, where points enter. */
  readonly now: string;
  /** `{confidence}`. */
  readonly confidence: string;
  /** `{range}`, or `{low}` and `{high}`. */
  readonly interval: string;
  /** `{received}`, `{filtered}`, `{active}` and `{uptime}`. */
  readonly counts: string;
  /** Watermark over simulated data. An empty text is replaced by the default. */
  readonly simulation: string;
  readonly replay: string;
  /** Names of a point's properties. */
  readonly pointPrice: string;
  readonly pointTime: string;
  readonly pointAmount: string;
  readonly pointTxid: string;
  readonly pointOutput: string;
}

/** English texts. */
export const ENGLISH_LABELS: Labels = {
  title: "UTXOracle Live",
  confirmed: "Confirmed On-Chain ({hours}hr)",
  confirmedShort: "Confirmed ({hours}hr)",
  mempool: "Mempool",
  noConfirmed: "No confirmed price yet",
  noPrice: "No price yet",
  average: "Now: {price}",
  lastPrice: "Last: {price}",
  lastBlock: "Last Block: {age}",
  lastBlockShort: "Block: {age}",
  currentTime: "Current Time: {time}",
  replayedTime: "Replayed Time: {time}",
  now: "now",
  confidence: "Confidence {confidence}",
  interval: "{range}",
  counts: "Received: {received} | Filtered: {filtered} | Active: {active} | Uptime: {uptime}",
  simulation: "SIMULATION",
  replay: "REPLAY",
  pointPrice: "Price",
  pointTime: "Time",
  pointAmount: "Amount",
  pointTxid: "Txid",
  pointOutput: "Output",
};

/** Fills in values: `filled("Avg: {price}", { price: "$5" })` is `Avg: $5`. */
export function filled(label: string, values: Readonly<Record<string, string>>): string {
  return label.replace(/\{(\w+)\}/g, (braces, name: string) => values[name] ?? braces);
}

/** Merges labels over the English ones. Watermarks cannot be removed. */
export function withEnglish(labels: Partial<Labels> = {}): Labels {
  const all = { ...ENGLISH_LABELS, ...labels };
  const said = (word: string, english: string): string => (word.trim() === "" ? english : word);
  return {
    ...all,
    simulation: said(all.simulation, ENGLISH_LABELS.simulation),
    replay: said(all.replay, ENGLISH_LABELS.replay),
  };
}
