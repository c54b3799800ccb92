/** A log message with its explanation for docs/operating.md (`pnpm docs:codes`). */
interface LogMessageEntry {
  readonly level: "debug" | "info" | "warn" | "error" | "fatal";
  /** Why the line appears, and what to do if anything: Markdown. */
  readonly help: string;
}

/**
 * All messages of the log, except warnings with a `code`, whose texts are those of
 * `/health/ready`. Messages are fixed, so that they can be searched for; details follow after a
 * colon or in fields.
 */
export const logMessages = {
  // Start and end.
  listening: { level: "info", help: "The service accepts clients at `url`." },
  "open in a browser": { level: "info", help: "On a terminal, instead of `listening`." },
  price: { level: "info", help: "The first price, then one per block, in US dollars." },
  "page not built; serving only the stream and the API": {
    level: "warn",
    help: "The page is missing in this checkout. Run `pnpm build`.",
  },
  "setting ignored": { level: "warn", help: "A variable is misspelled, or Kubernetes or Docker set it. Rename it." },
  "loaded currency rates": { level: "info", help: "The file of `--fx` has changed." },
  "currency rates not used; keeping the earlier ones": {
    level: "warn",
    help: "The file of `--fx` has an error, in the line after the colon. Correct it; no restart is needed.",
  },
  "server closed": {
    level: "info",
    help: "The server has stopped. `cut_off`: clients that did not disconnect in time.",
  },
  "shutdown timed out; exiting": {
    level: "warn",
    help: "The parts in `open` did not stop within 8 s. Report it if it happens again.",
  },
  "unexpected error; exiting": { level: "fatal", help: "A defect. Report it with the stack trace." },
  "cannot continue; exiting": {
    level: "fatal",
    help: "A problem outside the program. The text after the colon has the remedy.",
  },
  "out of file descriptors; new connections are closed": {
    level: "error",
    help: "Raise `ulimit -n` or `LimitNOFILE=`. The start needs about 300.",
  },
  "file descriptors available again": { level: "info", help: "New connections are accepted again." },
  "log lines lost": { level: "warn", help: "The reader of stderr was blocked, or the disk was full." },

  // Node feed.
  "connected to node": { level: "info", help: "The ZMQ endpoint is connected." },
  "connection to node lost; reconnecting": { level: "warn", help: "The node stopped, or the network failed." },
  "not connected to node": {
    level: "warn",
    help: "The text after the colon names the cause: node not running, `zmqpub…` missing, wrong `--zmq-…`.",
  },
  "node dropped messages": { level: "warn", help: "Add the named `zmqpub…hwm=0` to bitcoin.conf." },
  "messages lost while the program was paused": {
    level: "warn",
    help: "The process was suspended, swapped out or short of CPU. Give it more CPU and memory.",
  },
  "node publishes at other addresses; reconnecting": {
    level: "info",
    help: "With `auto`: the addresses of `getzmqnotifications` have changed.",
  },
  "node restarted": { level: "warn", help: "The window is synchronized again." },
  "feed queue full; messages dropped": {
    level: "warn",
    help: "The program is too slow for the node. Give it more CPU. With RPC the messages are fetched.",
  },
  "feed queue drained": { level: "info", help: "The program keeps up with the node again." },
  "received an invalid ZMQ message": { level: "warn", help: "Check that the endpoint belongs to the node." },
  "no messages; the node has no news": { level: "info", help: "The node is quiet, as on a test chain." },
  "no messages although the node has news; reconnecting": {
    level: "warn",
    help: "Check that the addresses are those of `zmqpubrawtx` and `zmqpubsequence`.",
  },
  "no messages, and RPC fails": { level: "warn", help: "Check that the node is running." },
  "no messages, cause unknown without RPC": {
    level: "info",
    help: "The node is quiet or gone. Set `--rpc-url` to know.",
  },
  "receiving messages again": { level: "info", help: "The silence has ended." },
  "malformed data ignored": { level: "warn", help: "The node sent bytes that are not a transaction or block." },

  // Window.
  "window in sync with node": { level: "info", help: "A sync has ended; the fields count its changes." },
  "window already in sync": { level: "debug", help: "A sync found no differences." },
  "node problem solved": { level: "info", help: "The problem with this `code` has ended." },
  "node available again": { level: "info", help: "RPC works, or the node has synced." },
  "RPC failed; continuing with ZMQ only": {
    level: "warn",
    help: "The text after the colon and `code` name the cause. The service retries.",
  },
  "loading blocks of the window": { level: "info", help: "Progress of a sync with many blocks." },
  "restored saved window": { level: "info", help: "The window of `--data-dir` is used." },
  "saved window not used": {
    level: "warn",
    help: "It is damaged, too old or of other settings; see after the colon. The window fills from the node.",
  },
  "window not saved": { level: "error", help: "Check the disk of `--data-dir`. The next save is in 3 minutes." },

  // Confirmed prices.
  "loaded saved prices": { level: "info", help: "The prices in `--data-dir` are used." },
  "damaged saved prices ignored": { level: "warn", help: "Some of the data in `path` is damaged; the rest is used." },
  "older saved prices not loaded": { level: "info", help: "The file exceeds the limit; the older part stays in it." },
  "imported prices of an earlier version": { level: "info", help: "The file in `path` is no longer needed." },
  "loaded price history": { level: "info", help: "The published prices in `--data-dir` are used." },
  "damaged history rows ignored": { level: "warn", help: "Some of the data in `path` is damaged; the rest is used." },
  "filled price history from blocks": { level: "info", help: "Hours without a published price, computed from blocks." },
  "price history ends at the oldest block": { level: "info", help: "The node is pruned: older hours stay empty." },
  "cannot fill price history; retrying": { level: "debug", help: "The node does not deliver blocks; see `problem`." },
  "nothing is saved: chain unknown": {
    level: "warn",
    help: "`--data-dir` needs the chain's name: set `--chain`, or `--rpc-url` to ask the node.",
  },
  "loaded track record": { level: "info", help: "The records of published prices in `--data-dir` are used." },
  "published price was off in hindsight": {
    level: "warn",
    help: "An `ok` price was off by more than 1 %. It is listed in `/api/v1/track-record`; see docs/trust.md.",
  },
  "cannot compute hindsight prices; retrying": {
    level: "error",
    help: "The system lacks threads or descriptors; see `problem`.",
  },
  "prices not saved; retrying": { level: "error", help: "Check the disk of `--data-dir`." },
  "saving prices again": { level: "info", help: "The disk works again; nothing was lost." },
  "unsaved prices lost": { level: "error", help: "The program ended while the disk of `--data-dir` failed." },
  "database not closed": { level: "error", help: "Check the disk of `--data-dir`." },
  "loading blocks of the last days": { level: "info", help: "Progress at the start." },
  "no blocks of the last days yet": { level: "debug", help: "The chain is young. Prices follow with its blocks." },
  "cannot read blocks of the last days; retrying": { level: "warn", help: "The text after the colon names the cause." },
  "reading blocks of the last days again": { level: "info", help: "The node delivers blocks again." },
  "cannot compute prices of the last days; retrying": {
    level: "error",
    help: "The system lacks threads, descriptors or disk space; see `problem`.",
  },

  // Record and replay.
  "recording started": { level: "info", help: "Stop it with SIGINT or SIGTERM." },
  "recording finished": { level: "info", help: "The file is complete." },
  "recording has a gap": { level: "warn", help: "Messages are missing; the text after the colon has the remedy." },
  "recording too slow; messages lost": {
    level: "warn",
    help: "Use a faster disk or more CPU. The recording has a gap.",
  },
  "recording caught up with the node": { level: "info", help: "Messages are recorded without loss again." },
  "feed event": { level: "info", help: "While recording: an event of the feed, see `type`." },
  "node not checked": { level: "warn", help: "RPC failed at the start of a recording." },
  "capture ends inside a record; incomplete record ignored": { level: "warn", help: "The recording was killed." },
  "replay stopped at damaged data": {
    level: "error",
    help: "The file is damaged there. Clients see the code `replay_damaged`.",
  },
  "replay finished; its clock has stopped": { level: "info", help: "The last price stays." },

  // Clients.
  "client connected": { level: "debug", help: "A client of the stream." },
  "client disconnected": { level: "debug", help: "It left, or the server is shutting down." },
  "client disconnected by the server": {
    level: "warn",
    help: "It broke a limit or read too slowly; see `cause`.",
  },
  "client too slow; updates dropped until it catches up": { level: "info", help: "Its next update is a snapshot." },
  "connection refused": {
    level: "warn",
    help: "`reason`: too many clients, or a page of an origin that `--allowed-origins` does not name.",
  },
  "HTTP connection closed": { level: "warn", help: "Invalid request or unread response; see `code`." },
  "client failed": { level: "error", help: "A defect. Report it." },
  "HTTP handler failed": { level: "error", help: "A defect. Report it." },
  "snapshot failed": { level: "error", help: "A defect. Report it." },

  // NATS.
  "connected to NATS": { level: "info", help: "The server is in `server`." },
  "not connected to NATS; retrying": { level: "warn", help: "See `problem`. Check `--bus` and its credentials." },
  "connection to NATS closed": { level: "debug", help: "The program is stopping." },
  "NATS server error": { level: "warn", help: "Often a missing permission; see `err`." },
  "NATS request failed": { level: "warn", help: "See `code` in the table above." },
  "NATS subscription failed": { level: "warn", help: "The user lacks a permission, or the connection closed." },
  "query service unavailable; edges have no history": {
    level: "warn",
    help: "The user of the analyzer lacks a permission.",
  },
  "clock service unavailable; edges cannot show a price": {
    level: "warn",
    help: "The user of the analyzer lacks a permission.",
  },
  "publishing on NATS": { level: "info", help: "This analyzer leads." },
  "not publishing on NATS": { level: "info", help: "Another analyzer leads." },
  "NATS bucket belongs to another source or chain": { level: "warn", help: "Choose another `--bus-name`." },
  "state in the NATS bucket was replaced; writing it again": {
    level: "warn",
    help: "Another program writes to the bucket. Restrict its permissions.",
  },
  "lease in the NATS bucket is invalid; replacing it": {
    level: "warn",
    help: "Another program writes to the bucket. Restrict its permissions.",
  },
  "lease not released; a standby takes over when it expires": {
    level: "warn",
    help: "NATS did not respond at the end.",
  },
} as const satisfies Record<string, LogMessageEntry>;

export type LogMessage = keyof typeof logMessages;
