import { createStreamServer, jsonResponse, type StreamEvent, StreamServerError } from "@utxoracle/stream-server";

const events: StreamEvent[] = [];
const server = createStreamServer({ host: "127.0.0.1", port: 0, onEvent: (event) => events.push(event) });
const channel = server.channel({ webSocketPath: "/ws", ssePath: "/events" });
channel.topic("score").publish({ delta: '{"goal":1}', snapshot: () => '{"score":4}' });
server.addRoute("/score", () => jsonResponse({ score: 3 }));
const { url } = await server.listen();
const answer = (await (await fetch(`${url}/score`)).json()) as { score: number };
if (answer.score !== 3) throw new Error("the route does not respond");
const aborted = new AbortController();
const stream = await fetch(`${url}/events`, { signal: aborted.signal });
const reader = stream.body?.getReader();
let text = "";
while (!text.includes("score")) text += new TextDecoder().decode((await reader?.read())?.value);
aborted.abort();
await server.close();
try {
  await server.listen();
} catch (error) {
  if (!(error instanceof StreamServerError)) throw error;
  console.log("stream-server:", error.code);
}
