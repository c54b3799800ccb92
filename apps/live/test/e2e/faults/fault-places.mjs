/** Where a fault is injected, by the name of the part: the text of the built program behind which it fails. */
export const faultPlaces = {
  /** The loop over the node's messages. */
  feed: /await turn\.next\(\);/,
  /** Between two questions to the node. */
  sync: /if \(this\.#unexamined\) await this\.#examine\([^)]*\);/,
  /** The chain follower, inside of what it tries again after an outage. */
  chain: /async #workOut\(signal\) \{/,
  /** The thread for estimates. */
  thread: /port\.on\("message", \(\{ id, engine, amountsBtc \}\) => \{/,
  /** A thread for the prices of days. */
  dayThread: /async function answer\(day\) \{/,
  /** The timer of the live side. */
  ticker: /\n {2}tick\(now, \w+\) \{/,
  /** What takes, renews and looks after the lease. */
  lease: /async #stand\(\) \{/,
  /** What publishes to NATS. */
  relay: /#noticeHistory\(\) \{/,
  /** What an edge reads at every step. */
  edgeStep: /async #readLive\([^)]*\) \{/,
  /** What an edge shows by itself while nothing comes. */
  edgeTimer: /\n {2}expire\(\) \{/,
  /** The loop of a recording. */
  record: /for await \(const message of \w+\)(?= await writer\.write)/,
};
