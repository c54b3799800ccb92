/** What the program can be asked to do; the name is the first word of its command line. */
export const commands = {
  service: { usage: "utxoracle-live [flags]", summary: "the service, fed by a node" },
  demo: { usage: "utxoracle-live demo [flags]", summary: "the same, fed by a simulation" },
  record: { usage: "utxoracle-live record FILE [flags]", summary: "write the node's feed to a file" },
  replay: {
    usage: "utxoracle-live replay FILE [flags]",
    summary: "the same, fed by a capture or a file of raw transactions",
  },
  edge: {
    usage: "utxoracle-live edge --bus URL,… [flags]",
    summary: "serve the page, the stream and the answers of an analyzer elsewhere, over NATS, without a node",
  },
  price: {
    usage:
      "utxoracle-live price --blocks N | --hours H | --date YYYY-MM-DD | --from YYYY-MM-DD --to YYYY-MM-DD [flags]",
    summary: "the price of the last blocks or of days, from the node's blocks; then done",
  },
  doctor: {
    usage: "utxoracle-live doctor [flags]",
    summary: "check the node and its settings; print the bitcoin.conf lines that are missing",
  },
} as const satisfies Record<string, { usage: string; summary: string }>;

export type CommandName = keyof typeof commands;
