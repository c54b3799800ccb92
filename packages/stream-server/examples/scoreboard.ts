// A scoreboard with two clients, one on WebSocket and one on Server-Sent Events, that join during
// the game.
import { once } from "node:events";
import { createStreamServer } from "@utxoracle/stream-server";
import WebSocket from "ws";

const server = createStreamServer();
const scores = server.channel({ webSocketPath: "/ws/scores", ssePath: "/scores" }).topic("score");
const { url } = await server.listen();

let score = 0;
function goal(): void {
  score += 1;
  // The snapshot must be the state at this update, whenever it is called.
  const state = { score };
  scores.publish({ delta: JSON.stringify({ goals: 1 }), snapshot: () => JSON.stringify(state) });
}

goal();
goal();

const reader = new WebSocket(`${url.replace("http", "ws")}/ws/scores`);
const [snapshot] = await once(reader, "message");
console.log(`WebSocket: ${snapshot}`);

const events = (await fetch(`${url}/scores`)).body?.pipeThrough(new TextDecoderStream()).getReader();
console.log(`events: ${(await events?.read())?.value?.trim()}`);

goal();
const [delta] = await once(reader, "message");
console.log(`WebSocket: ${delta}`);
console.log(`events: ${(await events?.read())?.value?.trim()}`);

const closed = once(reader, "close");
await server.close();
const [code] = await closed;
console.log(`closed with ${code}`);
