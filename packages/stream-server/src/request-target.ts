import { isHost } from "./host.ts";

/** What a request asks for (RFC 9112, section 3.2). */
export interface RequestTarget {
  /** Percent-decoded as by {@link decodedPath}; `*` for the server as a whole. */
  readonly path: string;
  /** What follows the question mark; empty without one. */
  readonly query: string;
  /** Host and port of a target in absolute form, which replace those of the `Host` header; null in the other forms. */
  readonly host: string | null;
}

const ABSOLUTE_FORM = /^https?:\/\/([^/?]*)(.*)$/i;

/**
 * Reads the target of a request line: in origin form (`/path?query`), in absolute form (`http://host/path?query`, as
 * clients send it to what they take for a proxy), or `*`.
 * @returns null when it is malformed.
 */
export function parseRequestTarget(target: string, method = "GET"): RequestTarget | null {
  if (target === "*") return { path: "*", query: "", host: null };
  if (target.startsWith("/")) return resource(target, null);
  const [, host, rest = ""] = ABSOLUTE_FORM.exec(target) ?? [];
  if (host === undefined || host === "" || host.startsWith(":") || !isHost(host)) return null;
  // A proxy would pass this on as `*` (RFC 9112, section 3.2.4).
  if (rest === "" && method === "OPTIONS") return { path: "*", query: "", host };
  return resource(rest.startsWith("/") ? rest : `/${rest}`, host);
}

function resource(pathAndQuery: string, host: string | null): RequestTarget | null {
  const [withoutFragment = ""] = pathAndQuery.split("#", 1);
  const queryAt = withoutFragment.indexOf("?");
  const path = decodedPath(queryAt === -1 ? withoutFragment : withoutFragment.slice(0, queryAt));
  return path === null ? null : { path, query: queryAt === -1 ? "" : withoutFragment.slice(queryAt + 1), host };
}

/**
 * The path with its percent-encoding undone, so that `/%70rice` and `/price` are one (RFC 9110, section 4.2.3). An
 * encoded slash stays `%2F` and an encoded percent sign `%25`: neither separates segments nor encodes again.
 * @returns null when an encoding is malformed.
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
