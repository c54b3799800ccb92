// Prints what a node publishes: node listen.mts tcp://127.0.0.1:28332
import { streamNodeFeed } from "@utxoracle/zmq-source";

const [endpoint = "tcp://127.0.0.1:28332"] = process.argv.slice(2);
const ending = new AbortController();
process.once("SIGINT", () => ending.abort());

const feed = streamNodeFeed({
  endpoints: { rawtx: endpoint, sequence: endpoint },
  signal: ending.signal,
  onEvent: (event) => console.error(event.type, "message" in event ? event.message : event),
});
for await (const message of feed) {
  if (message.topic === "rawtx") console.log(`transaction of ${message.rawBytes.length} bytes`);
  else if (message.topic === "sequence" && message.label === "R") console.log(`replaced or evicted: ${message.hash}`);
}
console.log("missed:", feed.status().missed.rawtx);
