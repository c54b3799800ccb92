// A small shop that prices in bitcoin with its own node: node shop.mjs tcp://127.0.0.1:28332 [port]
// GET /price/25 returns the bitcoin price of $25, or an error while the price is not reliable.
import { createServer } from "node:http";
import { MempoolAnalyzer } from "@utxoracle/estimator";
import { processMempoolTransaction, TxParseError } from "@utxoracle/tx-parser";
import { streamMempoolTransactions } from "@utxoracle/zmq-source";

const [endpoint = "tcp://127.0.0.1:28332", port = "8080"] = process.argv.slice(2);
const ending = new AbortController();
const analyzer = new MempoolAnalyzer();

/** Reads the node's feed until the shop closes. */
async function listen() {
  const feed = streamMempoolTransactions({
    endpoint,
    signal: ending.signal,
    onEvent: (event) => console.error(event.type, "message" in event ? event.message : ""),
  });
  for await (const raw of feed) {
    try {
      const payment = processMempoolTransaction(raw, analyzer.seenTxids);
      if (payment !== null) analyzer.addTransaction(payment);
    } catch (error) {
      if (!(error instanceof TxParseError)) throw error;
      console.error(`not a transaction: ${error.message}`);
    }
  }
}

const shop = createServer((request, response) => {
  const usd = Number(/^\/price\/(\d+(?:\.\d+)?)$/.exec(request.url ?? "")?.[1] ?? Number.NaN);
  const { price, status, interval } = analyzer.estimatePrice(Date.now() / 1000);
  response.setHeader("content-type", "application/json");
  if (!(usd > 0)) response.writeHead(404).end('{"error":"ask for /price/25"}');
  else if (price === null || status !== "ok")
    response.writeHead(503).end(JSON.stringify({ error: "no price", status }));
  else response.end(JSON.stringify({ usd, btc: Number((usd / price).toFixed(8)), price, interval }));
});
shop.listen(Number(port), "127.0.0.1", () => {
  const address = shop.address();
  console.log(`http://127.0.0.1:${typeof address === "object" ? address?.port : port}/price/25`);
});

for (const signal of ["SIGINT", "SIGTERM"])
  process.once(signal, () => {
    ending.abort();
    shop.close();
    shop.closeAllConnections();
  });
await listen();
