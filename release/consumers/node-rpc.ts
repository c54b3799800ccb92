import { createNodeRpc, defaultCookiePath, type NodeRpc, NodeRpcError } from "@utxoracle/node-rpc";

const usual: string = defaultCookiePath({ platform: "linux", home: "/home/somebody" });
if (usual !== "/home/somebody/.bitcoin/.cookie") throw new Error(`unexpected default path: ${usual}`);

// Port 9 (discard) has no node.
const rpc: NodeRpc = createNodeRpc({ url: "http://127.0.0.1:9", auth: { user: "somebody", password: "secret" } });
try {
  const { blocks } = await rpc.getBlockchainInfo();
  const height: number = blocks;
  throw new Error(`unexpected block height: ${height}`);
} catch (error) {
  if (!(error instanceof NodeRpcError)) throw error;
  console.log("node-rpc:", error.code);
} finally {
  rpc.close();
}
