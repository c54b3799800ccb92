import type { IncomingMessage } from "node:http";
import { isHost } from "./host.ts";

/** A parsed request target (RFC 9112, section 3.2). */
export interface RequestTarget {
  /** Percent-decoded as by {@link decodedPath}; `*` for the whole server. */
  readonly path: string;
  /** Text after the question mark; may be empty. */
  readonly query: string;
  /**
   * Host and port of a target in absolute form, which replace the `Host` header; null in the other
   * forms.
   */
  readonly host: string | null;
}

const ABSOLUTE_FORM = /^https?:\/\/([^/?]*)(.*)$/i;

/**
 * Parses the target of a request line: origin form (`/path?query`), absolute form
 * (`http://host/path?query`, sent to proxies), or `*`.
 *
 * @returns null if it is malformed
 */
export function parseRequestTarget(target: string, method = "GET"): RequestTarget | null {
  if (target === "*") return { path: "*", query: "", host: null };
  if (target.startsWith("/")) return resource(target, null);
  const [, host, rest = ""] = ABSOLUTE_FORM.exec(target) ?? [];
  if (host === undefined || host === "" || host.startsWith(":") || !isHost(host)) return null;
  // A proxy would forward this as `*` (RFC 9112, section 3.2.4).
  if (rest === "" && method === "OPTIONS") return { path: "*", query: "", host };
  return resource(rest.startsWith("/") ? rest : `/${rest}`, host);
}

/** The query of a request; empty if its target is malformed. */
export function queryOf({ url = "", method }: IncomingMessage): URLSearchParams {
  return new URLSearchParams(parseRequestTarget(url, method)?.query ?? "");
}

function resource(pathAndQuery: string, host: string | null): RequestTarget | null {
  const [withoutFragment = ""] = pathAndQuery.split("#", 1);
  const queryAt = withoutFragment.indexOf("?");
  const path = decodedPath(queryAt === -1 ? withoutFragment : withoutFragment.slice(0, queryAt));
  return path === null ? null : { path, query: queryAt === -1 ? "" : withoutFragment.slice(queryAt + 1), host };
}

/**
 * Percent-decodes a path, so that `/%70rice` equals `/price` (RFC 9110, section 4.2.3). An encoded
 * slash stays `%2F` and an encoded percent sign `%25`, so that decoding does not change the path's
 * structure.
 *
 * @returns null if an encoding is malformed
 */
export function decodedPath(path: string): string | null {
  if (!path.includes("%")) return path;
  try {
    const segments = path.split("/").map((segment) => decodeURIComponent(segment));
    return segments.map((segment) => segment.replaceAll("%", "%25").replaceAll("/", "%2F")).join("/");
  } catch {
    return null;
  }
}
