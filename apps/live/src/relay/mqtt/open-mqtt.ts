import { randomBytes } from "node:crypto";
import type * as mqttPackage from "mqtt";
import type { Logger } from "pino";
import type { Settings } from "../../config/schema.ts";
import { UserError } from "../../config/user-error.ts";
import { optionalPackages } from "../../program-manifest.ts";
import type { OutputPort } from "../../serve/output-port.ts";
import { limitBroker } from "./limit-broker.ts";
import { discoveryMessages, mqttTopics, stateMessage } from "./mqtt-messages.ts";

/** Time between two states, ms. A new status is published at once. */
const STATE_PERIOD_MS = 10_000;
const RECONNECT_MS = 5_000;
/** Time for the last message and the disconnection, ms. */
const CLOSE_MS = 2_000;

/** Output to an MQTT broker. */
export interface MqttRelay extends OutputPort {
  /** Publishes `offline` and disconnects. */
  close(): Promise<void>;
}

export interface MqttOptions {
  readonly settings: Settings;
  readonly log: Logger;
  /** Program version. */
  readonly version: string;
  /** Milliseconds. */
  readonly now?: () => number;
}

/**
 * Connects to the broker of `--mqtt`, and reconnects when the connection is lost.
 * @returns null without `--mqtt`.
 * @throws {UserError} if the MQTT client is not installed, or a password has no user.
 */
export async function openMqtt({
  settings,
  log,
  version,
  now = () => performance.now(),
}: MqttOptions): Promise<MqttRelay | null> {
  const { mqtt: url, "mqtt-name": name, "mqtt-user": user, "mqtt-password": password } = settings;
  if (url === undefined) return null;
  if (password !== undefined && user === undefined) throw new UserError("mqtt-password is set but mqtt-user is not");
  const { connect } = await loadMqtt();
  const { availability } = mqttTopics(name);
  const client = connect(url, {
    clientId: `utxoracle-${randomBytes(6).toString("hex")}`,
    ...(user === undefined ? {} : { username: user }),
    ...(password === undefined ? {} : { password: password.reveal() }),
    will: { topic: availability, payload: Buffer.from("offline"), retain: true, qos: 1 },
    reconnectPeriod: RECONNECT_MS,
    // A broker that rejects the password may accept it later.
    reconnectOnConnackError: true,
    // Old states are worthless after a reconnect, and a queue would grow without bound.
    queueQoSZero: false,
    // The limit must be in place before the first byte.
    manualConnect: true,
  });
  let lastProblem: string | null = null;
  const report = (problem: string): void => {
    if (problem !== lastProblem) log.warn({ url, problem }, "no connection to the MQTT broker; retrying");
    lastProblem = problem;
  };
  let isSending = false;
  let sentAtMs = Number.NEGATIVE_INFINITY;
  let sentStatus: string | null = null;
  client.on("connect", () => {
    lastProblem = null;
    log.info({ url, name }, "connected to the MQTT broker");
    for (const { topic, payload } of discoveryMessages(name, version)) client.publish(topic, payload, { retain: true });
    client.publish(availability, "online", { retain: true });
    isSending = false;
    sentAtMs = Number.NEGATIVE_INFINITY;
  });
  // After an error the connection closes too: one line for both.
  let isExplained = false;
  const explain = (problem: string): void => {
    report(problem);
    isExplained = true;
  };
  // Errors of the system have a name as their code, refusals of the broker a number.
  client.on("error", (error) =>
    explain("code" in error && typeof error.code === "string" ? error.code : error.message),
  );
  client.on("close", () => {
    if (!isExplained) report("connection closed");
    isExplained = false;
  });
  limitBroker(client, now, () => explain("the broker sends more than acknowledgements"));
  client.connect();
  return {
    live: ({ snapshot: { data } }): void => {
      const isDue = now() - sentAtMs >= STATE_PERIOD_MS || data.status !== sentStatus;
      // One state at a time: a broker that does not read gets no more.
      if (!client.connected || isSending || !isDue) return;
      const { topic, payload } = stateMessage(name, data);
      isSending = true;
      sentAtMs = now();
      sentStatus = data.status;
      client.publish(topic, payload, () => {
        isSending = false;
      });
    },
    confirmed: () => undefined,
    close: async () => {
      client.removeAllListeners("close");
      const ended = client.connected
        ? client.publishAsync(availability, "offline", { retain: true, qos: 1 }).then(() => client.endAsync())
        : client.endAsync(true);
      const timeout = new Promise<void>((resolve) => setTimeout(resolve, CLOSE_MS).unref());
      await Promise.race([ended.then(() => undefined).catch(() => undefined), timeout]);
      client.end(true);
    },
  };
}

/** Loads the MQTT client, an optional dependency that only `--mqtt` needs. */
async function loadMqtt(): Promise<Pick<typeof mqttPackage, "connect">> {
  try {
    const loaded = await import("mqtt");
    return loaded.connect === undefined ? loaded.default : loaded;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "ERR_MODULE_NOT_FOUND" && code !== "MODULE_NOT_FOUND") throw error;
    throw new UserError(
      `--mqtt needs the MQTT client, an optional dependency that is not installed: npm install ${optionalPackages("mqtt").join(" ")} (add -g for a global install)`,
      undefined,
      { cause: error },
    );
  }
}
