import { sdk } from "./sdk";
import { port } from "./utils";

export const setInterfaces = sdk.setupInterfaces(async ({ effects }) => {
  const host = sdk.MultiHost.of(effects, "main");
  const origin = await host.bindPort(port, { protocol: "http" });
  const page = sdk.createInterface(effects, {
    name: "Page and API",
    id: "ui",
    description: "The price, its evidence, and the HTTP API",
    type: "ui",
    masked: false,
    schemeOverride: null,
    username: null,
    path: "",
    query: {},
  });
  return [await origin.export([page])];
});
