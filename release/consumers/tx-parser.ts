import {
  bytesToHex,
  hexToBytes,
  parseTransaction,
  processMempoolTransaction,
  type ScriptType,
  TxParseError,
} from "@utxoracle/tx-parser";
import { scriptToAddress } from "@utxoracle/tx-parser/address";

const coinbase = hexToBytes(
  "01000000010000000000000000000000000000000000000000000000000000000000000000ffffffff4d04ffff001d0104455468652054696d6573" +
    "2030332f4a616e2f32303039204368616e63656c6c6f72206f6e206272696e6b206f66207365636f6e64206261696c6f757420666f722062616e" +
    "6b73ffffffff0100f2052a01000000434104678afdb0fe5548271967f1a67130b7105cd6a828e03909a67962e0ea1f61deb649f6bc3f4cef38c4" +
    "f35504e51ec112de5c384df7ba0b8d578a4c702b6bf11d5fac00000000",
);
const { txid, outputs } = parseTransaction(coinbase);
const kind: ScriptType | undefined = outputs[0]?.scriptType;
const amounts: number[] | undefined = processMempoolTransaction(
  { rawBytes: coinbase, timestamp: 1, topic: "rawtx" },
  new Set<string>(),
)?.amounts;
if (kind !== "p2pk" || amounts !== undefined) throw new Error("the first coinbase was parsed incorrectly");

try {
  // @ts-expect-error an array is not bytes
  parseTransaction([0]);
  throw new Error("an array was accepted as bytes");
} catch (error) {
  if (!(error instanceof TypeError)) throw error;
}
if (parseTransaction(bytesToHex(coinbase)).txid !== txid) throw new Error("the same bytes in hex differ");
const genesisAddress: string | null = scriptToAddress(hexToBytes("76a91462e907b15cbf27d5425399ebf6f0fb50ebb88f1888ac"));
if (genesisAddress !== "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa") throw new Error(`wrong address: ${genesisAddress}`);
try {
  parseTransaction(coinbase.subarray(0, 100));
  throw new Error("a truncated transaction was accepted");
} catch (error) {
  if (!(error instanceof TxParseError)) throw error;
  const offset: number = error.offset;
  if (offset > 100) throw error;
}
console.log("tx-parser:", txid);
