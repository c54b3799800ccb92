import { isIPv6 } from "node:net";

/** `uri-host [ ":" port ]` (RFC 9110, section 7.2; RFC 3986, section 3.2.2). */
const HOST = /^(?:\[([^\]]*)\]|(?:[\w.~!$&'()*+,;=-]|%[\dA-F]{2})*)(?::(\d*))?$/i;
const LARGEST_PORT = 65_535;

/** Whether a text is a valid `Host` header: host with optional port. May be empty. */
export function isHost(text: string): boolean {
  const match = HOST.exec(text);
  if (match === null) return false;
  const [, ipv6, port = ""] = match;
  return (ipv6 === undefined || isIPv6(ipv6)) && Number(port) <= LARGEST_PORT;
}
