// A client that reconnects names the last update it has and gets what it missed, compressed, in one
// message.
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createStreamServer } from "@utxoracle/stream-server";
import WebSocket from "ws";

const server = createStreamServer();
const scores = server.channel({ webSocketPath: "/ws/scores", ssePath: "/scores" }).topic("score", {
  // The goals of the missed deltas add up.
  merge: (deltas) => JSON.stringify({ goals: deltas.reduce((sum, delta) => sum + JSON.parse(`${delta}`).goals, 0) }),
});
const { url } = await server.listen();

/** This run of the publisher. */
const epoch = randomUUID();
for (let seq = 1; seq <= 4; seq++)
  scores.publish({
    delta: JSON.stringify({ goals: 1 }),
    snapshot: () => JSON.stringify({ score: seq }),
    position: { epoch, seq },
  });

const reader = new WebSocket(`${url.replace("http", "ws")}/ws/scores?epoch=${epoch}&seq=2`);
const [missed] = await once(reader, "message");
console.log(`WebSocket: ${missed} ${reader.extensions}`);

// EventSource sends this header by itself when it reconnects.
const headers = { "Last-Event-ID": `${epoch}:3` };
const events = (await fetch(`${url}/scores`, { headers })).body?.pipeThrough(new TextDecoderStream()).getReader();
console.log(`events: ${(await events?.read())?.value?.replace(`id: ${epoch}:4\n`, "").trim()}`);
await server.close();
