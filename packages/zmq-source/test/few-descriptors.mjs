// Opens a feed when only a number of file descriptors are left. Prints the error's code, or "open".
import { closeSync, openSync } from "node:fs";
import { streamNodeFeed } from "../src/index.ts";

const left = Number(process.argv[2]);
const opened = [];
try {
  for (;;) opened.push(openSync("/dev/null", "r"));
} catch {
  for (const descriptor of opened.splice(0, left)) closeSync(descriptor);
}
const stop = new AbortController();
const address = (port) => `tcp://127.0.0.1:${port}`;
try {
  streamNodeFeed({ endpoints: { rawtx: address(1), rawblock: address(2), sequence: address(3) }, signal: stop.signal });
  console.log("open");
} catch (error) {
  console.log(error.code, error.message);
}
for (const descriptor of opened) closeSync(descriptor);
stop.abort();
