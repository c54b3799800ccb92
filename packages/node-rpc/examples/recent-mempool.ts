// Fetches the transactions that entered the node's mempool within the last three hours:
// node recent-mempool.mts http://127.0.0.1:8332 ~/.bitcoin/.cookie
import { homedir, platform } from "node:os";
import { createNodeRpc, defaultCookiePath, NodeRpcError } from "@utxoracle/node-rpc";

const defaultCookie = defaultCookiePath({ platform: platform(), home: homedir() });
const [url = "http://127.0.0.1:8332", cookiePath = defaultCookie] = process.argv.slice(2);
const rpc = createNodeRpc({ url, auth: { cookiePath } });
try {
  const { chain, blocks } = await rpc.getBlockchainInfo();
  const oldest = Date.now() / 1000 - 3 * 3600;
  const recent: string[] = [];
  for await (const { txid, time } of rpc.getMempoolEntries()) if (time >= oldest) recent.push(txid);
  let bytes = 0;
  for await (const { rawBytes } of rpc.getRawTransactions(recent)) bytes += rawBytes?.length ?? 0;
  console.log(`${chain}, block ${blocks}: ${recent.length} recent transactions, ${bytes} bytes`);
} catch (error) {
  if (!(error instanceof NodeRpcError)) throw error;
  console.error(`${error.code}: ${error.message}`);
  process.exitCode = 1;
} finally {
  rpc.close();
}
