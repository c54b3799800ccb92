/** Variables that only Kubernetes (services) and Docker (links) set; no setting has such a name. */
const INJECTED_NAME = /_SERVICE_(HOST|PORT(_[A-Z0-9_]+)?)$|_PORT_\d+_(TCP|UDP|SCTP)(_[A-Z_]+)?$|_ENV_/;
/** Value of a `…_PORT` variable. */
const SERVICE_ADDRESS = /^(tcp|udp|sctp):\/\//i;
/** Value of a `…_NAME` variable, set by Docker: `/client/alias`. */
const LINK_NAME = /^\/[^/]+\/[^/]+$/;

/**
 * Whether Kubernetes or Docker set the variable. For a service or link named X, both set
 * `X_PORT=tcp://10.96.0.12:8000` and similar variables in every container.
 */
export function isInjected(name: string, value: string): boolean {
  if (INJECTED_NAME.test(name)) return true;
  if (name.endsWith("_PORT")) return SERVICE_ADDRESS.test(value);
  return name.endsWith("_NAME") && LINK_NAME.test(value);
}
