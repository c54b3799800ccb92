import { setupManifest } from "@start9labs/start-sdk";

/** Set by the build: the repository and the published image with its digest. */
const repository = process.env["REPOSITORY"] ?? "https://github.com/OWNER/NAME";
const image = process.env["UTXORACLE_IMAGE"] ?? "ghcr.io/OWNER/utxoracle-live:0.1.0";

export const manifest = setupManifest({
  id: "utxoracle-live",
  title: "UTXOracle Live",
  license: "MIT",
  packageRepo: repository,
  upstreamRepo: repository,
  marketingUrl: repository,
  donationUrl: null,
  description: {
    short: "The price of bitcoin from your own node, and from nothing else",
    long: "A live US dollar price of bitcoin without any exchange. It reads the mempool and blocks of your node only. The estimate can be wrong and can be fooled; it is no financial advice.",
  },
  volumes: ["main"],
  images: {
    main: { source: { dockerTag: image }, arch: ["x86_64", "aarch64"] },
  },
  alerts: { install: null, update: null, uninstall: null, restore: null, start: null, stop: null },
  dependencies: {
    bitcoind: {
      description: "The node whose payments the price is read from",
      optional: false,
      s9pk: null,
    },
  },
});
