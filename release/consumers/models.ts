import {
  ContractError,
  checkMempoolUpdate,
  jsonSchemas,
  type MempoolUpdate,
  openApiDocument,
  type PriceResponse,
} from "@utxoracle/models";

export const price = (answer: PriceResponse): number | null => answer.price;
export const status = (
  update: MempoolUpdate,
): "warming_up" | "no_estimate" | "ok" | "low_confidence" | "stale" | null => update.data.status ?? null;

const schemas = jsonSchemas();
if (!("price-response" in schemas) || openApiDocument === undefined) throw new Error("a contract is missing");
try {
  checkMempoolUpdate({ type: "mempool_update", data: { price: "high" } });
  throw new Error("text was accepted as a price");
} catch (error) {
  if (!(error instanceof ContractError)) throw error;
  const field: string = error.field;
  console.log("models:", field);
}
