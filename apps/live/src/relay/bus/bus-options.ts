import type { ConnectionOptions, TlsOptions } from "@nats-io/transport-node";
import { budgets } from "../../config/budgets.ts";
import type { Settings } from "../../config/schema.ts";
import { readSmallFile } from "../../config/small-file.ts";
import { UserError } from "../../config/user-error.ts";
import type { NatsPackages } from "./nats-packages.ts";

// A dead connection is detected within 6 s.
const RECONNECT_WAIT_MS = 500;
const PING_INTERVAL_MS = 2000;
const UNANSWERED_PINGS_MAX = 2;
const CONNECT_TIMEOUT_MS = 2000;

/**
 * Options of the NATS connection: servers, credentials, TLS.
 * @param clientName name of the connection in the NATS server's monitoring.
 * @throws {UserError} for a file that cannot be read, or more than one kind of credentials.
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
  if (given.length > 1) throw new UserError(`${given.join(" and ")} cannot be combined; use one kind of credentials`);
  const { "bus-user": user, "bus-password": pass, "bus-token": token } = settings;
  const { "bus-creds": creds, "bus-nkey": nkey } = settings;
  if ((user === undefined) !== (pass === undefined))
    throw new UserError("bus-user and bus-password must both be set (UTXORACLE_BUS_PASSWORD), or neither");
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

/** @returns null without a tls:// URL or certificate setting: then the server decides about TLS. */
function tlsOptions(settings: Settings, servers: readonly string[]): TlsOptions | null {
  const { "bus-tls-ca": ca, "bus-tls-cert": cert, "bus-tls-key": key } = settings;
  if ((cert === undefined) !== (key === undefined))
    throw new UserError("bus-tls-cert and bus-tls-key must both be set, or neither");
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
