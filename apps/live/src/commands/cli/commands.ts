/** Commands by name, with their help texts. `service` is the program without a command. */
export const commands = {
  service: { usage: "utxoracle-live [flags]", summary: "run the service, fed by a node" },
  demo: { usage: "utxoracle-live demo [flags]", summary: "run the service, fed by a simulation" },
  record: { usage: "utxoracle-live record FILE [flags]", summary: "record the node's ZMQ feed to a file" },
  replay: {
    usage: "utxoracle-live replay FILE [flags]",
    summary: "run the service, fed by a recording or a file of hex transactions",
  },
  edge: {
    usage: "utxoracle-live edge --bus URL,… [flags]",
    summary: "serve the page, stream and API of a remote analyzer over NATS, without a node",
  },
  price: {
    usage: "utxoracle-live price --blocks N | --hours H | --date DAY | --from DAY --to DAY [flags]",
    summary: "print the price of the last blocks or of UTC days, then exit",
  },
  doctor: {
    usage: "utxoracle-live doctor [flags]",
    summary: "check the node and settings; print the missing bitcoin.conf lines",
  },
} as const satisfies Record<string, { usage: string; summary: string }>;

export type CommandName = keyof typeof commands;
