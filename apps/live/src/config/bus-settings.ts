import { FormatRegistry, Type } from "@sinclair/typebox";
import { pathSetting, secretSetting } from "./setting-types.ts";

const analyzing = ["serve", "demo", "replay"] as const;
const withBus = [...analyzing, "edge"] as const;

/** Rejects a URL with user and password: the URL appears in logs. */
function isNatsUrl(text: string): boolean {
  const match = /^(nats|tls):\/\/(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]+)(?::(\d{1,5}))?$/.exec(text);
  if (match === null) return false;
  const port = match[3] === undefined ? 4222 : Number(match[3]);
  return port >= 1 && port <= 65535;
}

FormatRegistry.Set("nats-url", isNatsUrl);
FormatRegistry.Set("bus-name", (text) => /^[A-Za-z0-9_-]{1,32}$/.test(text));

const file = (description: string) => pathSetting({ metavar: "FILE", description, commands: withBus });

/** Settings of the NATS bus between an analyzer and its edges. */
export const busSettings = {
  bus: Type.Optional(
    Type.Array(Type.String({ format: "nats-url" }), {
      minItems: 1,
      metavar: "URL,…",
      expected:
        "a list of NATS URLs such as nats://10.0.0.5:4222 (tls:// requires TLS; credentials have their own settings)",
      description: "NATS servers to publish to; edge: to read from",
      commands: withBus,
    }),
  ),
  "bus-name": Type.String({
    format: "bus-name",
    metavar: "NAME",
    expected: "1 to 32 letters, digits, - or _",
    default: "utxoracle",
    description: "prefix of the NATS subject and bucket names, equal on an analyzer and its edges",
    commands: withBus,
  }),
  "bus-user": Type.Optional(
    Type.String({
      minLength: 1,
      metavar: "NAME",
      expected: "a user name",
      description: "NATS user",
      commands: withBus,
    }),
  ),
  "bus-password": secretSetting({
    metavar: "PASSWORD",
    expected: "a password",
    description: "NATS password (prefer UTXORACLE_BUS_PASSWORD: flags are visible in ps)",
    commands: withBus,
  }),
  "bus-token": secretSetting({
    metavar: "TOKEN",
    expected: "a token",
    description: "NATS token (prefer UTXORACLE_BUS_TOKEN: flags are visible in ps)",
    commands: withBus,
  }),
  "bus-creds": file("NATS credentials file (JWT and seed)"),
  "bus-nkey": file("file with a NATS nkey seed"),
  "bus-tls-ca": file("CA certificates of the NATS servers; requires TLS"),
  "bus-tls-cert": file("TLS client certificate for NATS"),
  "bus-tls-key": file("private key of --bus-tls-cert"),
  "bus-replicas": Type.Integer({
    minimum: 1,
    maximum: 5,
    metavar: "N",
    expected: "a whole number from 1 to 5",
    default: 1,
    description: "replicas of the NATS bucket, set when it is created",
    commands: analyzing,
  }),
  "analyzer-name": Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 64,
      pattern: "^[!-~]+$",
      metavar: "NAME",
      expected: "1 to 64 printable ASCII characters without spaces",
      description: "name that edges show for this analyzer",
      defaultText: "host name",
      commands: analyzing,
    }),
  ),
};
