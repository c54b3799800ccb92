import { StreamClient } from "@utxoracle/viz/client";
import WebSocket from "ws"; // only for Node.js before 22

const client = new StreamClient({
  url: process.argv[2] ?? "ws://127.0.0.1:8000/ws/mempool",
  WebSocket,
  onMessage: ({ type, data }) => {
    if (type !== "mempool_update") return;
    const price = data.price === null ? "no price" : `$${data.price.toFixed(0)}`;
    console.log(`${price}  ${data.status}  (${data.source})`);
  },
});
client.connect();
