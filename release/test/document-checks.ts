/** Blocks that `documents.slow.test.ts` follows exactly, by document. */
export const followed: Readonly<Record<string, readonly string[]>> = {
  "packages/block-source/README.md": [
    "@utxoracle/block-source",
    "@utxoracle/block-source (2)",
    "@utxoracle/block-source (3)",
    "@utxoracle/block-source (4)",
  ],
  "packages/estimator/README.md": [
    "@utxoracle/estimator",
    "A price in ten lines",
    "A price in ten lines (2)",
    "A price in ten lines (3)",
    "A price in ten lines (4)",
    "A live price",
    "A live price (2)",
    "A live price (3)",
    "A live price (4)",
  ],
  "packages/models/README.md": [
    "@utxoracle/models",
    "@utxoracle/models (2)",
    "@utxoracle/models (3)",
    "@utxoracle/models (4)",
  ],
  "packages/node-rpc/README.md": [
    "@utxoracle/node-rpc",
    "@utxoracle/node-rpc (2)",
    "@utxoracle/node-rpc (3)",
    "@utxoracle/node-rpc (4)",
  ],
  "packages/stream-server/README.md": [
    "@utxoracle/stream-server",
    "@utxoracle/stream-server (2)",
    "@utxoracle/stream-server (3)",
    "@utxoracle/stream-server (4)",
    "Protocol",
    "Protocol (2)",
    "Protocol (3)",
  ],
  "packages/tx-parser/README.md": ["@utxoracle/tx-parser"],
  "packages/viz/README.md": [
    "@utxoracle/viz",
    "The stream without a chart",
    "The stream without a chart (2)",
    "The stream without a chart (3)",
    "The stream without a chart (4)",
  ],
  "packages/zmq-source/README.md": [
    "@utxoracle/zmq-source",
    "@utxoracle/zmq-source (2)",
    "@utxoracle/zmq-source (3)",
    "@utxoracle/zmq-source (4)",
    "@utxoracle/zmq-source (5)",
    "Recordings",
    "Recordings (2)",
    "Recordings (3)",
  ],
};

const parserPackage = "packages/tx-parser/test/package.slow.test.ts";
const commands = "release/test/document-commands.slow.test.ts";
const programs = "examples/test/programs.slow.test.ts";
const pages = "examples/test/pages.slow.test.ts";
const liveReadme = "apps/live/test/readme.slow.test.ts";
const manyClients = "apps/live/test/bus/many-clients-document.slow.test.ts";
const statements = "release/test/document-statements.slow.test.ts";

/** Blocks that another test runs or checks: document, block, that test. */
export const checkedElsewhere: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "README.md": {
    "Try it": commands,
    "Connect it to a real node": commands,
    "Connect it to a real node (2)": "release/test/documents.slow.test.ts",
  },
  "apps/live/README.md": {
    "utxoracle-live": commands,
    ...Object.fromEntries(
      ["", " (2)", " (3)", " (4)", " (5)", " (6)", " (7)", " (8)"].map((n) => [`Example output${n}`, liveReadme]),
    ),
  },
  "CONTRIBUTING.md": { Contributing: statements },
  "deploy/README.md": { "BTCPay Server": statements, Alerts: statements, "Home Assistant": statements },
  "deploy/start9/README.md": { "StartOS 0.4 package": statements },
  "docs/accuracy.md": { "Run it yourself": statements },
  "docs/captures.md": {
    Captures: statements,
    "A reader in Python": "packages/zmq-source/test/capture-document.test.ts",
  },
  "docs/confirmed.md": { "The confirmed price": commands, Output: statements },
  "docs/many-clients.md": {
    "Many clients: one analyzer, many edges": manyClients,
    "Many clients: one analyzer, many edges (2)": manyClients,
  },
  "docs/monitoring/README.md": { Monitoring: statements },
  "docs/node-boxes.md": Object.fromEntries(
    ["", " (2)", " (3)", " (4)", " (5)", " (6)"].map((n) => [
      `On a RaspiBlitz, RaspiBolt or another Debian node${n}`,
      statements,
    ]),
  ),
  "docs/operating.md": {
    Requirements: statements,
    systemd: statements,
    Containers: statements,
    "Containers (2)": statements,
    "Other currencies": "apps/live/test/fx.test.ts",
  },
  "docs/releasing.md": {
    "Once, before the first release": "release/test/publish.slow.test.ts",
    "Once, before the first release (2)": statements,
  },
  "docs/security.md": { "The node's credentials": "release/test/documents.slow.test.ts" },
  "docs/trust.md": { "Check it yourself": statements, "Check it yourself (2)": statements },
  "examples/README.md": {
    "A price from a CSV file": programs,
    "A price from a CSV file (2)": programs,
    "A webhook for the price": programs,
    "A custom page with the chart": pages,
    "A price inside another process": programs,
    "A page that decodes transactions": pages,
  },
  "packages/simulator/README.md": { "@utxoracle/simulator": commands },
  "packages/testkit/README.md": {
    "A real node on regtest": commands,
    "Real browsers": statements,
    "Real browsers (2)": commands,
  },
  "packages/tx-parser/README.md": {
    "Decode a transaction": parserPackage,
    "Read a block from a block file": parserPackage,
    "Read a block while it arrives": parserPackage,
    "Fees, JSON and workers": parserPackage,
    Addresses: parserPackage,
    "Ids only": parserPackage,
    "Stream amounts": parserPackage,
    "In a browser": parserPackage,
  },
  "packages/viz/README.md": {
    "A chart on a page": "packages/viz/test/readme.test.ts",
    "The history": "packages/viz/test/readme.test.ts",
  },
  "packages/zmq-source/README.md": {
    "The capture format, version 1": statements,
    "The capture format, version 1 (2)": statements,
  },
};
