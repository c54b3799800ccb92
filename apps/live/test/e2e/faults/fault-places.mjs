/** Places of injected faults by part: the fault comes after this text in the built program. */
export const faultPlaces = {
  /** The loop over the node's messages. */
  feed: /await turn\.next\(\);/,
  /** Between two requests to the node. */
  sync: /if \(this\.#unexamined\) await this\.#examine\([^)]*\);/,
  /** The chain follower, inside its retry loop. */
  chain: /async #workOut\(signal\) \{/,
  /** The estimate thread. */
  thread: /port\.on\("message", \(\{ id, engine, amountsBtc \}\) => \{/,
  /** A price worker. */
  dayThread: /async function answer\(day\) \{/,
  /** The tick timer. */
  ticker: /\n {2}tick\(now, \w+\) \{/,
  /** The lease keeper. */
  lease: /async #stand\(\) \{/,
  /** The NATS publisher. */
  relay: /#noticeHistory\(\) \{/,
  /** The step of an edge. */
  edgeStep: /async #readLive\([^)]*\) \{/,
  /** The timer of an edge. */
  edgeTimer: /\n {2}expire\(\) \{/,
  /** The record loop. */
  record: /for await \(const message of \w+\)(?= await writer\.write)/,
};
