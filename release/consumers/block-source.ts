import { BlockSourceError, type ChainTip, openBlocks } from "@utxoracle/block-source";

try {
  const { tip } = await openBlocks({ directory: "/no/such/folder" });
  const { height }: ChainTip = tip;
  throw new Error(`unexpected block height: ${height}`);
} catch (error) {
  if (!(error instanceof BlockSourceError)) throw error;
  console.log("block-source:", error.code);
}
