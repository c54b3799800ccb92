// Reads the last three blocks of a node:
//   node last-blocks.mts http://127.0.0.1:8332 ~/.bitcoin/.cookie
// or of its block files, while it is running or not:
//   node last-blocks.mts ~/.bitcoin/blocks
import { allPlacesFrom, BlockSourceError, openBlocks, readBlocks } from "@utxoracle/block-source";
import { parseBlock } from "@utxoracle/tx-parser";

const [from = "http://127.0.0.1:8332", cookiePath = ".cookie"] = process.argv.slice(2);
try {
  const { source, tip } = await openBlocks(
    from.startsWith("http") ? { url: from, auth: { cookiePath } } : { directory: from },
  );
  try {
    const places = await allPlacesFrom(source, Math.max(0, tip.height - 2), tip.height);
    for await (const { place, rawBytes } of readBlocks(source, places))
      console.log(`${tip.chain}, block ${place.height}: ${parseBlock(rawBytes).transactions.length} transaction(s)`);
  } finally {
    source.close();
  }
} catch (error) {
  if (!(error instanceof BlockSourceError)) throw error;
  console.error(`${error.code}: ${error.message}`);
  process.exitCode = 1;
}
