import { IMPOSSIBLE, VersionGraph, VersionInfo } from "@start9labs/start-sdk";

const current = VersionInfo.of({
  version: "0.1.0:0",
  releaseNotes: "First version",
  migrations: { up: async () => undefined, down: IMPOSSIBLE },
});

export const versionGraph = VersionGraph.of({ current, other: [] });
