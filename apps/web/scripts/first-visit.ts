/**
 * `tsx --conditions=@utxoracle/source apps/web/scripts/first-visit.ts [URL] [KBIT_PER_S] [LATENCY_MS]`:
 * opens the page of a running service in Chromium through a proxy that counts bytes, until the
 * picture is complete. Prints bytes, requests and time.
 */
import { type AddressInfo, connect, createServer } from "node:net";
import { launchBrowser } from "@utxoracle/testkit";

const [url = "http://127.0.0.1:8000", kbitPerSecond = "0", latencyMs = "0"] = process.argv.slice(2);
const target = new URL(url);
const bytesPerMs = Number(kbitPerSecond) / 8;
let received = 0;
let sent = 0;
let requests = 0;

const proxy = createServer((client) => {
  const server = connect(Number(target.port), target.hostname);
  client.on("data", (data) => {
    sent += data.length;
    requests += data.toString("latin1").match(/^GET /gm)?.length ?? 0;
    setTimeout(() => server.write(data), Number(latencyMs));
  });
  let busyUntil = 0;
  server.on("data", (data) => {
    const now = performance.now();
    busyUntil = Math.max(busyUntil, now) + (bytesPerMs > 0 ? data.length / bytesPerMs : 0);
    setTimeout(
      () => {
        received += data.length;
        client.write(data);
      },
      busyUntil - now + Number(latencyMs),
    );
  });
  for (const [from, to] of [
    [client, server],
    [server, client],
  ] as const)
    from.on("error", () => to.destroy()).on("close", () => setTimeout(() => to.destroy(), Number(latencyMs) + 100));
});
await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
const { port } = proxy.address() as AddressInfo;
const browser = await launchBrowser("chromium");
const page = await browser.open({ width: 1000, height: 660 });
const started = performance.now();
await page.goto(`http://127.0.0.1:${port}/`);
await page.waitFor(`document.getElementById("price").value !== ""`);
const priceMs = performance.now() - started;
const marks: [number, number, number][] = [];
let before = -1;
// Live updates are small: the picture is complete when nothing large has come for a second.
for (let quiet = 0; quiet < 4; ) {
  await new Promise((resolve) => setTimeout(resolve, 250));
  quiet = received - before < 4000 ? quiet + 1 : 0;
  before = received;
  marks.push([performance.now() - started, received, requests]);
}
const [completeMs, bytes, count] = marks.at(-5) ?? marks[0] ?? [0, 0, 0];
console.log(
  `price after ${Math.round(priceMs)} ms; complete after ${Math.round(completeMs)} ms: ${bytes} bytes received, ${sent} sent, ${count} requests`,
);
await browser.close();
proxy.close();
process.exit(0);
