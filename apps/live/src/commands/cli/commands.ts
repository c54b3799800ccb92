interface Command {
  readonly usage: string;
  readonly summary: string;
  /** Command lines for `--help`, without the program's name, and what they do. */
  readonly examples: readonly (readonly [words: string, does: string])[];
}

/** Commands by name, with their help texts. `serve` may be left out. */
export const commands = {
  serve: {
    usage: "utxoracle-live [serve] [flags]",
    summary: "run the service, fed by a node",
    examples: [
      ["", "node on this machine with its default settings"],
      ["--rpc-cookie /data/bitcoin --data-dir /var/lib/utxoracle", "node in another folder; keep data"],
      ["--config live.json --host 0.0.0.0", "settings from a file; serve the local network"],
    ],
  },
  demo: {
    usage: "utxoracle-live demo [flags]",
    summary: "run the service, fed by a simulation",
    examples: [
      ["demo", "open http://127.0.0.1:8000"],
      ["demo --port 8123", "use another port"],
      ["demo --seed 7 --window 3600", "another market and a shorter window"],
    ],
  },
  record: {
    usage: "utxoracle-live record FILE [flags]",
    summary: "record the node's ZMQ feed to a file",
    examples: [
      ["record day.capture", "record until Ctrl-C"],
      ["record day.capture --rpc-cookie /data/bitcoin", "node in another folder"],
      ["record day.capture --zmq-rawtx tcp://10.0.0.5:28332 --rpc-url none", "a feed without RPC"],
    ],
  },
  replay: {
    usage: "utxoracle-live replay FILE [flags]",
    summary: "run the service, fed by a recording or a file of hex transactions",
    examples: [
      ["replay day.capture", "at the recorded speed"],
      ["replay day.capture --speed max", "as fast as possible"],
      ["replay 2024-03-14.rawtx.hex.gz --span 86400", "a day of transactions without times"],
    ],
  },
  edge: {
    usage: "utxoracle-live edge --bus URL,… [flags]",
    summary: "serve the page, stream and API of a remote analyzer over NATS, without a node",
    examples: [
      ["edge --bus nats://10.0.0.5:4222", "one NATS server"],
      ["edge --bus tls://a:4222,tls://b:4222 --bus-creds edge.creds", "a cluster with TLS"],
      ["edge --bus nats://10.0.0.5:4222 --host 0.0.0.0 --trust-proxy", "behind your own proxy"],
    ],
  },
  price: {
    usage: "utxoracle-live price --blocks N | --hours H | --date DAY | --from DAY --to DAY [flags]",
    summary: "print the price of the last blocks or of UTC days from 2021 on, then exit",
    examples: [
      ["price --blocks 144", "the last 144 blocks"],
      ["price --date 2024-02-29 --html day.html", "one day, with a page of its points"],
      ["price --from 2024-01-01 --to 2024-12-31 --csv 2024.csv", "a year; can be resumed"],
    ],
  },
  score: {
    usage: "utxoracle-live score --prices FILE [RECORDING] [flags]",
    summary: "compare prices of this program with your own: of --data-dir, of a recording, or of blocks",
    examples: [
      ["score --prices kraken.csv --data-dir /var/lib/utxoracle", "what the service published"],
      ["score --prices hourly.csv day.capture", "what it would have published during a recording"],
      ["score --prices hourly.csv --from 2024-03-01 --to 2024-03-07", "from the node's blocks of these days"],
    ],
  },
  doctor: {
    usage: "utxoracle-live doctor [flags]",
    summary: "check the node and settings; print bitcoin.conf lines and the start command",
    examples: [
      ["doctor", "find and check the node on this machine"],
      ["doctor --rpc-cookie /data/bitcoin", "node in another folder"],
      ["doctor --write-config live.json", "write the settings that were checked"],
    ],
  },
} as const satisfies Record<string, Command>;

export type CommandName = keyof typeof commands;
