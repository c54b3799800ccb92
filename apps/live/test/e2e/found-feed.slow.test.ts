import { needs, RegtestNode } from "@utxoracle/testkit";
import { describe, expect, it, onTestFinished } from "vitest";
import { eventually, ServiceProcess } from "./service-process.ts";

describe("a node whose addresses are not given", needs("bitcoind"), () => {
  it("is found when it starts after the service", async () => {
    const node = await RegtestNode.start({ topics: ["rawtx", "rawblock", "sequence"], highWaterMark: 0 });
    onTestFinished(() => node.remove());
    await node.daemon.stop();
    const service = await ServiceProcess.listening(["--rpc-url", node.rpcUrl, "--rpc-cookie", node.cookiePath]);
    onTestFinished(async () => void (await service.stop("SIGKILL")));
    expect((await service.ready()).status).toBe(503);
    await node.daemon.start();
    const found = await service.logLine(({ msg }) => msg?.includes("publishes at other addresses") === true);
    expect(found["endpoints"]).toEqual(node.endpoints);
    const isConnected = async () => JSON.parse((await service.get("/health/ready")).text) as { reasons: object[] };
    await eventually("a connection", isConnected, ({ reasons }) => !JSON.stringify(reasons).includes("disconnected"));
  });
});
