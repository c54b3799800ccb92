import { FormatRegistry, Type } from "@sinclair/typebox";
import { pathSetting, secretSetting } from "./setting-types.ts";

const analyzing = ["service", "demo", "replay"] as const;
const onTheBus = [...analyzing, "edge"] as const;

/** Address of a NATS server; a name and password in it would end up in logs and are refused. */
function isNatsUrl(text: string): boolean {
  const match = /^(nats|tls):\/\/(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]+)(?::(\d{1,5}))?$/.exec(text);
  if (match === null) return false;
  const port = match[3] === undefined ? 4222 : Number(match[3]);
  return port >= 1 && port <= 65535;
}

FormatRegistry.Set("nats-url", isNatsUrl);
FormatRegistry.Set("bus-name", (text) => /^[A-Za-z0-9_-]{1,32}$/.test(text));

const file = (description: string) => pathSetting({ metavar: "FILE", description, commands: onTheBus });

/** The settings of the bus between an analyzer and its edges; part of the settings' schema. */
export const busSettings = {
  bus: Type.Optional(
    Type.Array(Type.String({ format: "nats-url" }), {
      minItems: 1,
      metavar: "URL,…",
      expected:
        "a list of NATS servers such as nats://10.0.0.5:4222 (tls:// insists on TLS; credentials are settings of their own)",
      description: "publish what is streamed on these NATS servers, for edges; edge: read it from there",
      defaultText: "none: one machine needs no bus",
      commands: onTheBus,
    }),
  ),
  "bus-name": Type.String({
    format: "bus-name",
    metavar: "NAME",
    expected: "a word of letters, digits, - and _, at most 32",
    default: "utxoracle",
    description: "begin of the subject's and the bucket's name: analyzers and edges of one name belong together",
    commands: onTheBus,
  }),
  "bus-user": Type.Optional(
    Type.String({
      minLength: 1,
      metavar: "NAME",
      expected: "a user name",
      description: "user at the NATS servers",
      commands: onTheBus,
    }),
  ),
  "bus-password": secretSetting({
    metavar: "WORD",
    expected: "a password",
    description: "NATS password (prefer UTXORACLE_BUS_PASSWORD: flags are visible in ps)",
    commands: onTheBus,
  }),
  "bus-token": secretSetting({
    metavar: "WORD",
    expected: "a token",
    description: "NATS token (prefer UTXORACLE_BUS_TOKEN: flags are visible in ps)",
    commands: onTheBus,
  }),
  "bus-creds": file("credentials file for the NATS servers: a JWT and its seed"),
  "bus-nkey": file("file with the seed of an nkey for the NATS servers"),
  "bus-tls-ca": file("certificates to trust the NATS servers by; insists on TLS"),
  "bus-tls-cert": file("certificate to show to the NATS servers"),
  "bus-tls-key": file("its key"),
  "bus-replicas": Type.Integer({
    minimum: 1,
    maximum: 5,
    metavar: "N",
    expected: "a whole number from 1 to 5",
    default: 1,
    description: "on how many servers of a NATS cluster the bucket is kept, when it is made",
    commands: analyzing,
  }),
  "analyzer-name": Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 64,
      pattern: "^[!-~]+$",
      metavar: "NAME",
      expected: "a word of at most 64 printable characters",
      description: "name under which edges show this analyzer",
      defaultText: "this machine's",
      commands: analyzing,
    }),
  ),
};
