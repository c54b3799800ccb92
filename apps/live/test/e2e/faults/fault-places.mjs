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
  /** The periodic save of the window. */
  windowSave: /\n {2}async save\(\) \{/,
  /** A poll of the node between two blocks. */
  poll: /async #poll\(check\) \{/,
  /** The search for the addresses of a node's topics. */
  endpoints: /const ask = async \(\) => \{/,
  /** The question that explains a silence of the feed. */
  probe: /async function activityOf\([^)]*\) \{\s*try \{/,
  /** The timer that detects pauses of the process. */
  pauses: /\n {2}beat\(\) \{/,
  /** A ZeroMQ message. */
  zmqFrames: /\n {2}onFrames\(frames, \w+\) \{/,
  /** An event of a ZeroMQ connection. */
  zmqMonitor: /\n {2}observe\(event\) \{/,
  /** The timer that detects messages without an end. */
  zmqUnfinished: /\n {2}check\(memory, connections\) \{/,
  /** The loop over a recording. */
  replay: /for await \(const message of this\.#replay\) \{/,
  /** The prices of blocks for the confirmed panel. */
  blockPath: /const blocks = spansOf\([^)]*\);/,
  /** A write to the database of `--data-dir`. */
  savedData: /async #writeAll\(changes\) \{/,
  /** The timer that touches the lock of `--data-dir`. */
  lock: /const touches = setInterval\(\(\) => \{/,
  /** The timer that checks the file descriptors. */
  descriptors: /function isDescriptorLeft\(\) \{/,
  /** A connection to an MQTT broker. */
  mqttConnection: /client\.on\("connect", \(\) => \{/,
  /** A state for an MQTT broker. */
  mqttState: /live: \(\{ snapshot: \{ data \} \}\) => \{/,
  /** The end of a write to an MQTT broker. */
  mqttWritten: /client\.publish\(topic, payload, \(\) => \{/,
  /** A change of a connection to NATS. */
  natsStatus: /for await \(const status of connection\.status\(\)\) \{/,
  /** The lease keeper. */
  lease: /async #tryAcquire\(\) \{/,
  /** The NATS publisher. */
  relay: /\n {2}#updateHistory\(\) \{/,
  /** The clock service of an analyzer. */
  clock: /callback: guarded\(supervisor, "relay", \(error, \w+\) => \{/,
  /** An analyzer's answer to a query of an edge. */
  query: /\n {2}async respond\(\w+\) \{/,
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

/** Changes of the built program by part, without which the part runs too rarely for a test. */
export const hurries = {
  windowSave: [/SAVE_SECONDS = 180/, "SAVE_SECONDS = 1"],
  lock: [/TOUCH_MS = 15e3/, "TOUCH_MS = 1e3"],
  poll: [/POLL_SECONDS = 15/, "POLL_SECONDS = 1"],
  probe: [/SILENCE_SECONDS = 60/, "SILENCE_SECONDS = 0.01"],
  /** As if a topic were not connected. */
  endpoints: [/isAsking \|\| isConnected\(\)/, "isAsking"],
};
