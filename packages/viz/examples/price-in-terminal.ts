import { StreamClient } from "@utxoracle/viz/client";
import WebSocket from "ws"; // only for Node.js before 22

const client = new StreamClient({
  url: process.argv[2] ?? "ws://127.0.0.1:8000/ws/mempool",
  WebSocket,
  onMessage: ({ type, data }) => {
    if (type !== "mempool_update") return;
    const price = client.priceNoOlderThan(60, { sources: ["node", "simulation"] });
    console.log(`${price === null ? "no reliable price" : `$${price.toFixed(0)}`}  ${data.status}  (${data.source})`);
  },
});
client.connect();
