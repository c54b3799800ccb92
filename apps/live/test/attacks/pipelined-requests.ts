import { setTimeout as pause } from "node:timers/promises";
import type { Attack } from "./attack.ts";
import { getRequest, openConnections } from "./raw-connections.ts";
import { attackDemo, expectHeld } from "./under-attack.ts";

/** Large responses of all kinds: cached, created per request, computed. */
const PATHS = ["/openapi.json", "/api/v1/historical-price", "/metrics", "/"];

/** Pipelines requests on many connections without reading responses. */
export const pipelinedRequests: Attack = {
  name: "pipelined-requests",
  soakOnly: true,
  title: "100 connections × 1,500 pipelined requests each for four large answers, nothing read (short: 40 × 300)",
  async run(size) {
    const [connections, requests] = size === "full" ? [100, 1500] : [40, 300];
    const report = await attackDemo(
      size,
      async (service) => {
        for (const path of PATHS) {
          const sockets = await openConnections(service, connections);
          const bytes = getRequest(path).repeat(requests);
          for (const socket of sockets) socket.pause().write(bytes);
          await pause(size === "full" ? 5000 : 1000);
          for (const socket of sockets) socket.destroy();
        }
      },
      { answersMatter: true },
    );
    return expectHeld(size, report, { peakRssMib: 300, longestSilenceMs: size === "full" ? 1000 : 3000 });
  },
};
