import { needs } from "@utxoracle/testkit";
import mqtt from "mqtt";
import { describe, it, type TestContext } from "vitest";
import { eventually, nodeless, ServiceProcess, smallDemo } from "../e2e/service-process.ts";
import { Mosquitto } from "./mosquitto.ts";

/** The last message of each topic, as Home Assistant sees them. */
async function subscriber({ onTestFinished }: TestContext, url: string): Promise<Map<string, string>> {
  const messages = new Map<string, string>();
  const client = await mqtt.connectAsync(url);
  onTestFinished(() => void client.end(true));
  client.on("message", (topic, payload) => messages.set(topic, payload.toString()));
  await client.subscribeAsync("#");
  return messages;
}

async function started(
  { onTestFinished }: TestContext,
  words: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<ServiceProcess> {
  const service = await ServiceProcess.listening(words, env);
  onTestFinished(async () => void (await service.stop("SIGKILL")));
  return service;
}

// At once: they wait for reconnections and periods most of the time.
describe.concurrent("--mqtt with a real broker", needs("mosquitto"), () => {
  it("announces the entities, publishes the state, and is offline after its end", async (test) => {
    const { expect, onTestFinished } = test;
    const broker = await Mosquitto.start();
    onTestFinished(() => broker.remove());
    const service = await started(test, [...smallDemo, "--mqtt", broker.url]);
    await service.logLine(({ msg }) => msg === "connected to the MQTT broker");
    // Subscribes later, so it gets only what the broker keeps.
    const messages = await subscriber(test, broker.url);
    await eventually(
      "a price",
      () => messages.get("utxoracle/state") ?? "{}",
      (text) => /"price":\d/.test(text),
      60_000,
    );
    expect(JSON.parse(messages.get("utxoracle/state") ?? "")).toMatchObject({ source: "simulation", reliable: false });
    expect(messages.get("utxoracle/availability")).toBe("online");
    expect(JSON.parse(messages.get("homeassistant/sensor/utxoracle/price/config") ?? "")).toMatchObject({
      unit_of_measurement: "USD",
      state_topic: "utxoracle/state",
    });
    expect((await service.stop()).exitCode).toBe(0);
    await eventually(
      "offline",
      () => messages.get("utxoracle/availability"),
      (text) => text === "offline",
    );
  });

  it("is offline after a crash, and comes back with a restarted broker", async (test) => {
    const { onTestFinished } = test;
    const broker = await Mosquitto.start();
    onTestFinished(() => broker.remove());
    const service = await started(test, [...nodeless, "--mqtt", broker.url, "--mqtt-name", "cellar"]);
    await service.logLine(({ msg }) => msg === "connected to the MQTT broker");
    await broker.stop();
    await service.logLine(({ msg }) => msg?.startsWith("no connection to the MQTT broker") === true);
    await broker.start();
    await eventually(
      "a second connection",
      () => service.log.filter(({ msg }) => msg === "connected to the MQTT broker").length,
      (count) => count === 2,
    );
    const messages = await subscriber(test, broker.url);
    await eventually(
      "online",
      () => messages.get("cellar/availability"),
      (text) => text === "online",
    );
    await service.stop("SIGKILL");
    await eventually(
      "offline",
      () => messages.get("cellar/availability"),
      (text) => text === "offline",
    );
  });

  it("sends user and password, and survives their rejection", async (test) => {
    const { expect, onTestFinished } = test;
    const broker = await Mosquitto.start({ user: "live", password: "s3cret" });
    onTestFinished(() => broker.remove());
    const words = [...nodeless, "--mqtt", broker.url, "--mqtt-user", "live"];
    const accepted = await started(test, words, { UTXORACLE_MQTT_PASSWORD: "s3cret" });
    await accepted.logLine(({ msg }) => msg === "connected to the MQTT broker");
    const rejected = await started(test, words, { UTXORACLE_MQTT_PASSWORD: "wr0ng-one" });
    await rejected.logLine(({ msg }) => msg?.startsWith("no connection to the MQTT broker") === true);
    expect((await rejected.get("/health/live")).status).toBe(200);
    expect(rejected.stderr).not.toContain("wr0ng-one");
  });
});
