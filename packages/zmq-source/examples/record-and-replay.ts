// Records some messages, then replays them:
//   node record-and-replay.mts tcp://127.0.0.1:28332 feed.capture 10
import { openCaptureWriter, readCapture, replay, streamNodeFeed } from "@utxoracle/zmq-source";

const [endpoint = "tcp://127.0.0.1:28332", path = "feed.capture", count = "10"] = process.argv.slice(2);

const writer = await openCaptureWriter(path, { metadata: { chain: "main" }, ifExists: "overwrite" });
for await (const message of streamNodeFeed({ endpoints: { rawtx: endpoint } })) {
  await writer.write(message);
  if (writer.status().messages === Number(count)) break;
}
await writer.close();

for await (const message of replay(readCapture(path), { speed: "max" }))
  console.log(message.topic, message.counter, new Date(message.timestamp * 1000).toISOString());
