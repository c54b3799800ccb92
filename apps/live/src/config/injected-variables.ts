/** Names that only Kubernetes (services) and Docker (links) make; no setting's variable has such a name. */
const INJECTED_NAME = /_SERVICE_(HOST|PORT(_[A-Z0-9_]+)?)$|_PORT_\d+_(TCP|UDP|SCTP)(_[A-Z_]+)?$|_ENV_/;
/** What they write into `…_PORT`. */
const SERVICE_ADDRESS = /^(tcp|udp|sctp):\/\//;
/** What Docker writes into `…_NAME`: `/client/alias`. */
const LINK_NAME = /^\/[^/]+\/[^/]+$/;

/**
 * Whether Kubernetes or Docker has set a variable: both set `X_PORT=tcp://10.96.0.12:8000` and more in every container
 * beside a service or link named X.
 */
export function isInjected(name: string, value: string): boolean {
  if (INJECTED_NAME.test(name)) return true;
  if (name.endsWith("_PORT")) return SERVICE_ADDRESS.test(value);
  return name.endsWith("_NAME") && LINK_NAME.test(value);
}
