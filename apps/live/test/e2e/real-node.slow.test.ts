import { type CoinTransaction, needs, RegtestNode } from "@utxoracle/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually, ServiceProcess } from "./service-process.ts";
import { WebSocketClient } from "./websocket-client.ts";

describe("a real node on regtest", needs("bitcoind"), () => {
  let node: RegtestNode;
  let service: ServiceProcess;
  let payment: CoinTransaction;

  beforeAll(async () => {
    node = await RegtestNode.start();
    // The spent coin must be older than the service: a payment that spends a transaction of the
    // window does not count.
    [payment] = (await node.preparePayments([[50_000, 123_456]])) as [CoinTransaction];
    service = await ServiceProcess.listening([
      "--zmq-rawtx",
      node.endpoints.rawtx,
      "--zmq-rawblock",
      node.endpoints.rawblock,
      "--zmq-sequence",
      node.endpoints.sequence,
      "--rpc-url",
      node.rpcUrl,
      "--rpc-cookie",
      node.cookiePath,
    ]);
  });

  afterAll(async () => {
    await service?.stop("SIGKILL");
    await node?.remove();
  });

  it("has a payment counted within 1 s", async () => {
    await eventually(
      "readiness",
      () => service.ready(),
      ({ status }) => status === 200,
    );
    const before = await service.price();
    const stream = await WebSocketClient.open(service.url);
    await node.send([payment]);
    const sentAt = Date.now() / 1000;
    const { answer } = await eventually(
      "the payment",
      () => stream.updates.find(({ stats }) => stats.active_in_window === before.active_in_window + 1),
      (update) => update !== undefined,
    );
    await stream.close();
    // By the time in the update, not the time of reading.
    expect((answer?.timestamp ?? Number.NaN) - sentAt).toBeLessThan(1);
    expect(await service.price()).toMatchObject({
      chain: "regtest",
      source: "node",
      active_in_window: before.active_in_window + 1,
    });
  });

  it("that stops is reported by all outputs within 5 s; the service recovers", async () => {
    await eventually(
      "readiness",
      () => service.ready(),
      ({ status }) => status === 200,
    );
    const stream = await WebSocketClient.open(service.url);
    const connected = (): boolean | null | undefined => stream.updates.at(-1)?.node.connected;
    await eventually("the stream's word", connected, (word) => word === true);

    await node.daemon.kill();
    const gone = await eventually(
      "the loss",
      async () => ({ ready: await service.ready(), connected: connected() }),
      ({ ready, connected: word }) => ready.status === 503 && word === false,
    );
    expect(gone.elapsedMs).toBeLessThan(5000);
    expect(gone.answer.ready.answer.reasons.map((reason) => reason.code)).toContain("node_disconnected");

    await node.daemon.start();
    await eventually(
      "healing",
      async () => ({ ready: await service.ready(), connected: connected() }),
      ({ ready, connected: word }) => ready.status === 200 && word === true,
    );
    await stream.close();
  });

  it("that is missing at the start is connected to later", async () => {
    await node.daemon.stop();
    await service.stop();
    service = await ServiceProcess.listening([
      "--zmq-rawtx",
      node.endpoints.rawtx,
      "--zmq-rawblock",
      node.endpoints.rawblock,
      "--rpc-url",
      node.rpcUrl,
      "--rpc-cookie",
      node.cookiePath,
    ]);
    await eventually(
      "the first tick",
      () => service.price(),
      (price) => price.status === "warming_up",
    );
    expect((await service.ready()).status).toBe(503);
    await node.daemon.start();
    await eventually(
      "readiness",
      () => service.ready(),
      ({ status }) => status === 200,
    );
  });
});
