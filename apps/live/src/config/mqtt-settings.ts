import { FormatRegistry, Type } from "@sinclair/typebox";
import { secretSetting } from "./setting-types.ts";

const publishing = ["serve", "demo", "replay"] as const;

/** Rejects a URL with user and password: the URL appears in logs. */
function isMqttUrl(text: string): boolean {
  const match = /^mqtts?:\/\/(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]+)(?::(\d{1,5}))?$/.exec(text);
  if (match === null) return false;
  const port = match[2] === undefined ? 1883 : Number(match[2]);
  return port >= 1 && port <= 65535;
}

FormatRegistry.Set("mqtt-url", isMqttUrl);

/** Settings of the MQTT broker, for Home Assistant. */
export const mqttSettings = {
  mqtt: Type.Optional(
    Type.String({
      format: "mqtt-url",
      metavar: "URL",
      expected:
        "an MQTT URL such as mqtt://127.0.0.1:1883 (mqtts:// requires TLS; credentials have their own settings)",
      description: "MQTT broker to publish the price to, with Home Assistant's discovery",
      commands: publishing,
    }),
  ),
  "mqtt-name": Type.String({
    format: "bus-name",
    metavar: "NAME",
    expected: "1 to 32 letters, digits, - or _",
    default: "utxoracle",
    description: "prefix of the MQTT topics and entity ids; different for each service on a broker",
    commands: publishing,
  }),
  "mqtt-user": Type.Optional(
    Type.String({
      minLength: 1,
      metavar: "NAME",
      expected: "a user name",
      description: "MQTT user",
      commands: publishing,
    }),
  ),
  "mqtt-password": secretSetting({
    metavar: "PASSWORD",
    expected: "a password",
    description: "MQTT password (prefer UTXORACLE_MQTT_PASSWORD: flags are visible in ps)",
    commands: publishing,
  }),
};
