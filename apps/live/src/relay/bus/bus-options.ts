import type { ConnectionOptions, TlsOptions } from "@nats-io/transport-node";
import { budgets } from "../../config/budgets.ts";
import type { Settings } from "../../config/schema.ts";
import { readSmallFile } from "../../config/small-file.ts";
import { UserError } from "../../config/user-error.ts";
import type { NatsPackages } from "./nats-packages.ts";

/** Between two attempts to connect, and between two signs of life, ms: a dead connection is noticed within 6 s. */
const RECONNECT_WAIT_MS = 500;
const PING_INTERVAL_MS = 2000;
const UNANSWERED_PINGS_MAX = 2;
const CONNECT_TIMEOUT_MS = 2000;

/**
 * How to connect to the bus: servers, credentials, TLS.
 * @param clientName how the NATS server names this connection to its operator.
 * @throws {UserError} for a file that cannot be read, and for credentials of two kinds at once.
 */
export function busConnectionOptions(
  settings: Settings,
  clientName: string,
  { transport }: Pick<NatsPackages, "transport">,
): ConnectionOptions {
  const servers = settings.bus ?? [];
  const tls = tlsOptions(settings, servers);
  return {
    servers: [...servers],
    name: clientName,
    ...credentials(settings, transport),
    ...(tls !== null && { tls }),
    maxReconnectAttempts: -1,
    reconnectTimeWait: RECONNECT_WAIT_MS,
    pingInterval: PING_INTERVAL_MS,
    maxPingOut: UNANSWERED_PINGS_MAX,
    timeout: CONNECT_TIMEOUT_MS,
  };
}

function credentials(settings: Settings, transport: NatsPackages["transport"]): ConnectionOptions {
  const given = (["bus-user", "bus-token", "bus-creds", "bus-nkey"] as const).filter(
    (name) => settings[name] !== undefined,
  );
  if (given.length > 1) throw new UserError(`${given.join(" and ")} are set: one kind of credentials at a time`);
  const { "bus-user": user, "bus-password": pass, "bus-token": token } = settings;
  const { "bus-creds": creds, "bus-nkey": nkey } = settings;
  if ((user === undefined) !== (pass === undefined))
    throw new UserError("bus-user and bus-password belong together: set both (UTXORACLE_BUS_PASSWORD), or neither");
  if (user !== undefined && pass !== undefined)
    return { authenticator: transport.usernamePasswordAuthenticator(user, () => pass.reveal()) };
  if (token !== undefined) return { authenticator: transport.tokenAuthenticator(() => token.reveal()) };
  if (creds !== undefined) return { authenticator: transport.credsAuthenticator(fileOf("bus-creds", creds)) };
  if (nkey !== undefined) {
    const seed = new TextEncoder().encode(new TextDecoder().decode(fileOf("bus-nkey", nkey)).trim());
    return { authenticator: transport.nkeyAuthenticator(seed) };
  }
  return {};
}

/** TLS where an address or a certificate asks for it; null leaves it to the servers. */
function tlsOptions(settings: Settings, servers: readonly string[]): TlsOptions | null {
  const { "bus-tls-ca": ca, "bus-tls-cert": cert, "bus-tls-key": key } = settings;
  if ((cert === undefined) !== (key === undefined))
    throw new UserError("bus-tls-cert and bus-tls-key belong together: set both, or neither");
  const wanted = servers.some((server) => server.startsWith("tls://"));
  if (!wanted && ca === undefined && cert === undefined) return null;
  const text = (name: string, file: string): string => new TextDecoder().decode(fileOf(name, file));
  return {
    ...(ca !== undefined && { ca: text("bus-tls-ca", ca) }),
    ...(cert !== undefined && { cert: text("bus-tls-cert", cert) }),
    ...(key !== undefined && { key: text("bus-tls-key", key) }),
  };
}

const fileOf = (name: string, path: string): Uint8Array => readSmallFile(name, path, budgets.credentialsFile.bytes);
