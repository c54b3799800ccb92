// A node with a large mempool and a full block. A separate process, so that it does not slow down
// the measured client.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

const count = Number(process.argv[2]);
const id = (number: number): string => number.toString(16).padStart(64, "0");
const entry = JSON.stringify({
  vsize: 141,
  weight: 561,
  time: 1_700_000_000,
  height: 800_000,
  descendantcount: 1,
  descendantsize: 141,
  ancestorcount: 1,
  ancestorsize: 141,
  wtxid: id(7),
  fees: { base: 0.00001, modified: 0.00001, ancestor: 0.00001, descendant: 0.00001 },
  depends: [id(9)],
  spentby: [],
  "bip125-replaceable": true,
  unbroadcast: false,
});
const each = (write: (number: number) => string): string => Array.from({ length: count }, (_, n) => write(n)).join(",");
const answers = {
  entries: Buffer.from(`{"result":{${each((n) => `"${id(n)}":${entry}`)}},"error":null,"id":0}`),
  ids: Buffer.from(`{"result":{"txids":[${each((n) => `"${id(n)}"`)}],"mempool_sequence":5},"error":null,"id":0}`),
  block: Buffer.from(`{"result":"${"ab".repeat(4e6)}","error":null,"id":0}`),
};

const server = createServer(async (request, response) => {
  let text = "";
  for await (const chunk of request) text += chunk;
  const { method, params } = JSON.parse(text) as { method: string; params: unknown[] };
  response.end(method === "getblock" ? answers.block : params[0] === true ? answers.entries : answers.ids);
});
server.listen(0, "127.0.0.1", () => process.send?.((server.address() as AddressInfo).port));
process.on("disconnect", () => process.exit());
