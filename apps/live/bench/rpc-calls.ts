// What the service asks of a node: calls in a quiet minute and for five blocks, counted by a proxy
// between the built program and a real node (BITCOIND). Fails when a block costs more than
// MAX_PER_BLOCK calls.
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { RegtestNode } from "@utxoracle/testkit";
import { ServiceProcess } from "../test/e2e/service-process.ts";

const BLOCKS = 5;
/** Two tips, the state of the mempool and its content; a fifth where a poll falls into the time. */
const MAX_PER_BLOCK = 5;

/** Passes HTTP on to a node and counts the calls by method, REST requests by their first folder. */
async function countingProxy(target: string): Promise<{ url: string; calls: Map<string, number>; close(): void }> {
  const calls = new Map<string, number>();
  const count = (name: string): void => void calls.set(name, (calls.get(name) ?? 0) + 1);
  const server = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = [];
    incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
    incoming.on("end", () => {
      const body = Buffer.concat(chunks);
      if (incoming.method === "POST") {
        const calls = [JSON.parse(body.toString())].flat() as { method: string }[];
        // A batch is one request.
        count(calls[0]?.method ?? "nothing");
      } else count(String(incoming.url).split("/").slice(0, 3).join("/"));
      const { method, headers } = incoming;
      const onward = request(new URL(String(incoming.url), target), { method, headers }, (answer) => {
        outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
        answer.pipe(outgoing);
      });
      onward.on("error", () => outgoing.destroy());
      onward.end(body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const close = (): void => {
    server.closeAllConnections();
    server.close();
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, calls, close };
}

function report(what: string, calls: Map<string, number>): number {
  const total = [...calls.values()].reduce((sum, count) => sum + count, 0);
  console.log(`${what}: ${total}`, Object.fromEntries(calls));
  calls.clear();
  return total;
}

const node = await RegtestNode.start();
const proxy = await countingProxy(node.rpcUrl);
const { rawtx, rawblock, sequence } = node.endpoints;
const service = await ServiceProcess.listening([
  ...["--zmq-rawtx", rawtx, "--zmq-rawblock", rawblock, "--zmq-sequence", sequence],
  ...["--rpc-url", proxy.url, "--rpc-cookie", node.cookiePath],
]);
try {
  await service.logLine(({ msg }) => msg === "window in sync with node");
  await sleep(5_000);
  report("the start", proxy.calls);
  await sleep(60_000);
  report("a quiet minute", proxy.calls);
  for (let block = 0; block < BLOCKS; block++) {
    await node.mine(1);
    await sleep(2_000);
  }
  const total = report(`${BLOCKS} blocks in ${2 * BLOCKS} s`, proxy.calls);
  if (total > MAX_PER_BLOCK * BLOCKS) throw new Error(`${total} calls for ${BLOCKS} blocks`);
} finally {
  await service.stop();
  proxy.close();
  await node.remove();
}
