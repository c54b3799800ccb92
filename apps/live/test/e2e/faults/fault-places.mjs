/** Places of injected faults by part: the fault comes after this text in the built program. */
export const faultPlaces = {
  /** The loop over the node's messages. */
  feed: /await turn\.next\(\);/,
  /** A sync, between two requests to the node. */
  sync: /const rejection = nodeChain\.check\(info\);/,
  /** An update of the chain follower, where it handles outages. */
  chain: /await this\.#compare\(tip\);/,
  /** The estimate thread. */
  thread: /port\.on\("message", \(job\) => \{/,
  /** A price worker. */
  dayThread: /async function answer\(day\) \{/,
  /** The tick timer. */
  ticker: /\n {2}tick\(now, \w+\) \{/,
  /** The loop that fills the price history. */
  history: /async #pass\(signal\) \{/,
  /** The loop that judges the track record. */
  track: /"track", PERIOD_MS\d*, async \(\) => \{/,
  /** The lease keeper. */
  lease: /async #tryAcquire\(\) \{/,
  /** The NATS publisher. */
  relay: /\n {2}#updateHistory\(\) \{/,
  /** The clock service of an analyzer. */
  clock: /callback: guarded\(supervisor, "relay", \(error, \w+\) => \{/,
  /** An edge's listener for connections to NATS. */
  edgeConnection: /link\.onConnection\(\(connection\) => \{/,
  /** The step of an edge. */
  edgeStep: /async #readLive\([^)]*\) \{/,
  /** A message that an edge receives from NATS. */
  edgeDelta: /\n {2}onDelta\(raw\) \{/,
  /** The timer of an edge. */
  edgeTimer: /\n {2}expire\(\) \{/,
  /** The record loop. */
  record: /for await \(const message of \w+\)(?= await writer\.write)/,
};
