import { sdk } from "./sdk";

/** The node must run, and publish over ZMQ (a switch in the Bitcoin service's configuration). */
export const setDependencies = sdk.setupDependencies(async () => ({
  bitcoind: { kind: "running", versionRange: ">=28.0:0", healthChecks: ["primary"] },
}));
