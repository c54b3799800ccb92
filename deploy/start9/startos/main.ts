import { sdk } from "./sdk";
import { nodeFolder, port } from "./utils";

export const main = sdk.setupMain(async ({ effects }) => {
  const mounts = sdk.Mounts.of()
    .mountVolume({ volumeId: "main", subpath: null, mountpoint: "/data", readonly: false })
    .mountDependency({
      dependencyId: "bitcoind",
      volumeId: "main",
      subpath: null,
      mountpoint: nodeFolder,
      readonly: true,
    });
  return sdk.Daemons.of(effects)
    .addDaemon("primary", {
      subcontainer: await sdk.SubContainer.of(effects, { imageId: "main" }, mounts, "utxoracle-live"),
      exec: {
        command: sdk.useEntrypoint(),
        // The node's owner may read its cookie; the mount is read-only.
        user: "root",
        env: {
          // The ZMQ addresses are those that the node reports.
          UTXORACLE_RPC_URL: "http://bitcoind.startos:8332",
          UTXORACLE_RPC_COOKIE: nodeFolder,
          UTXORACLE_DATA_DIR: "/data",
          UTXORACLE_PORT: String(port),
        },
      },
      ready: {
        display: "Web page",
        gracePeriod: 20_000,
        fn: () =>
          sdk.healthCheck.checkWebUrl(effects, `http://127.0.0.1:${port}/health/live`, {
            successMessage: "The page is ready",
            errorMessage: "The service does not respond",
          }),
      },
      requires: [],
    })
    .addHealthCheck("price", {
      ready: {
        display: "Node's feed",
        gracePeriod: 300_000,
        fn: () =>
          sdk.healthCheck.checkWebUrl(effects, `http://127.0.0.1:${port}/health/ready`, {
            successMessage: "Payments arrive from the node",
            errorMessage: "Loading, or no payments from the node: see the logs",
          }),
      },
      requires: ["primary"],
    });
});
