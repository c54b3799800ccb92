/** Words of the chart that may be replaced. What stands in braces is replaced by a value. */
export interface Labels {
  readonly title: string;
  /** `{hours}` of the confirmed window. */
  readonly confirmed: string;
  /** The same where there is little room. */
  readonly confirmedShort: string;
  readonly mempool: string;
  readonly noConfirmed: string;
  readonly noPrice: string;
  /** `{price}`. */
  readonly average: string;
  /** `{age}`. */
  readonly lastBlock: string;
  /** The same where there is little room. */
  readonly lastBlockShort: string;
  /** `{time}`: the reader's. */
  readonly currentTime: string;
  /** `{time}`: that of a replay. */
  readonly replayedTime: string;
  /** The mark of the right edge, where a point enters. */
  readonly now: string;
  /** `{confidence}`. */
  readonly confidence: string;
  /** `{low}` and `{high}`. */
  readonly interval: string;
  /** `{received}`, `{filtered}`, `{active}` and `{uptime}`. */
  readonly counts: string;
  /** Written across what is no node's price; an empty one is not taken. */
  readonly simulation: string;
  readonly replay: string;
  /** Names of a point's facts. */
  readonly pointPrice: string;
  readonly pointTime: string;
  readonly pointAmount: string;
  readonly pointTxid: string;
  readonly pointOutput: string;
}

/** The chart's words in English. */
export const ENGLISH_LABELS: Labels = {
  title: "UTXOracle Live",
  confirmed: "Confirmed On-Chain ({hours}hr)",
  confirmedShort: "Confirmed ({hours}hr)",
  mempool: "Mempool",
  noConfirmed: "No confirmed price yet",
  noPrice: "No price yet",
  average: "Avg: {price}",
  lastBlock: "Last Block: {age}",
  lastBlockShort: "Block: {age}",
  currentTime: "Current Time: {time}",
  replayedTime: "Replayed Time: {time}",
  now: "now",
  confidence: "Confidence {confidence}",
  interval: "90 %: {low} – {high}",
  counts: "Received: {received} | Filtered: {filtered} | Active: {active} | Uptime: {uptime}",
  simulation: "SIMULATION",
  replay: "REPLAY",
  pointPrice: "Price",
  pointTime: "Time",
  pointAmount: "Amount",
  pointTxid: "Txid",
  pointOutput: "Output",
};

/** A label with its values: `filled("Avg: {price}", { price: "$5" })` is `Avg: $5`. */
export function filled(label: string, values: Readonly<Record<string, string>>): string {
  return label.replace(/\{(\w+)\}/g, (braces, name: string) => values[name] ?? braces);
}

/** The given words over the English ones. That a price is no node's is always said. */
export function withEnglish(labels: Partial<Labels> = {}): Labels {
  const all = { ...ENGLISH_LABELS, ...labels };
  const said = (word: string, english: string): string => (word.trim() === "" ? english : word);
  return {
    ...all,
    simulation: said(all.simulation, ENGLISH_LABELS.simulation),
    replay: said(all.replay, ENGLISH_LABELS.replay),
  };
}
