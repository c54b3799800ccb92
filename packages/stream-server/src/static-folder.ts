import { lstat, readdir, readFile } from "node:fs/promises";
import { extname, join } from "node:path";
import { checkOptions, checkText } from "./argument.ts";
import { completedPage } from "./completed-page.ts";
import { type ContentCoding, negotiatedResponse, tagOf } from "./encoded-variants.ts";
import { isHashedName } from "./hashed-name.ts";
import { NEVER_CACHED, type RouteHandler, type RouteRequest, type Routes } from "./http-response.ts";
import { StreamServerError } from "./stream-server-error.ts";

/** Options of `addStaticFolder`. */
export interface StaticFolderOptions {
  /**
   * The folder; its `index.html` is also served at `/`. Read once, when added: later changes have
   * no effect.
   */
  readonly directory: string;
  /** Content-Security-Policy of the page; default {@link STRICT_CONTENT_SECURITY_POLICY}. */
  readonly contentSecurityPolicy?: string;
  /** Whether other sites may frame the page; default false. Only safe if a click can do no harm. */
  readonly embeddable?: boolean;
  /** Maximum bytes in memory; default 64 MiB. */
  readonly maxTotalBytes?: number;
  /**
   * Completes `index.html` for a request, e.g. with the latest price. The result is compressed once
   * for all requests with the same result. It may depend on headers of the request: of more than
   * eight different results in a second, the others are sent uncompressed.
   *
   * @param page the file's text
   */
  readonly completePage?: (page: string, request: RouteRequest) => string;
}

/** Allows only resources of the server itself: no inline code, other origins, frames or forms. */
export const STRICT_CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "manifest-src 'self'",
  "worker-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

const DEFAULT_MAX_TOTAL_BYTES = 64 * 1024 * 1024;

const contentTypes: Readonly<Record<string, string>> = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".ico": "image/x-icon",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json; charset=utf-8",
  ".map": "application/json; charset=utf-8",
  ".mjs": "text/javascript; charset=utf-8",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".txt": "text/plain; charset=utf-8",
  ".wasm": "application/wasm",
  ".webmanifest": "application/manifest+json",
  ".webp": "image/webp",
  ".woff2": "font/woff2",
};

const FOREVER = "public, max-age=31536000, immutable, no-transform";
const REVALIDATED = "no-cache, no-transform";

/** Precompressed variants of a file, in order of preference. */
const precompressed = [
  { encoding: "br", ending: ".br" },
  { encoding: "gzip", ending: ".gz" },
] as const;

/**
 * Creates routes for the files of a folder. All files are read into memory, so path traversal is
 * impossible.
 *
 * @throws StreamServerError `folder_unreadable`
 */
export async function staticRoutes(options: StaticFolderOptions): Promise<Routes> {
  checkOptions(options, {
    directory: "string",
    contentSecurityPolicy: "string",
    embeddable: "boolean",
    maxTotalBytes: "any",
    completePage: "function",
  });
  checkText(options.directory, "directory");
  const files = await readFolder(options.directory, options.maxTotalBytes ?? DEFAULT_MAX_TOTAL_BYTES);
  if (!files.has("index.html")) throw new StreamServerError("folder_unreadable", `${options.directory}: no index.html`);
  const { embeddable = false } = options;
  const strict = options.contentSecurityPolicy ?? STRICT_CONTENT_SECURITY_POLICY;
  const policy = embeddable ? withoutFrameAncestors(strict) : strict;
  const routes: Record<string, RouteHandler> = {};
  for (const [name, content] of files) {
    if (precompressed.some(({ ending }) => name.endsWith(ending) && files.has(name.slice(0, -ending.length)))) continue;
    const rules = { policy, embeddable };
    const { completePage } = options;
    const handler =
      name === "index.html" && completePage !== undefined
        ? completedPage(content.toString("utf8"), completePage, pageHeaders(rules))
        : fileHandler(name, content, files, rules);
    routes[`/${name.split("/").map(encodeURIComponent).join("/")}`] = handler;
    if (name === "index.html") routes["/"] = handler;
  }
  return routes;
}

/**
 * Removes `frame-ancestors`, so that any page may frame it. `frame-ancestors *` would exclude
 * `file:` and `data:` pages.
 */
function withoutFrameAncestors(policy: string): string {
  const directives = policy.split(";").map((directive) => directive.trim());
  return directives.filter((directive) => directive !== "frame-ancestors 'none'").join("; ");
}

interface PageRules {
  readonly policy: string;
  readonly embeddable: boolean;
}

function fileHandler(name: string, body: Buffer, files: Map<string, Buffer>, rules: PageRules): RouteHandler {
  const contentType = contentTypes[extname(name)] ?? "application/octet-stream";
  const isPage = contentType.startsWith("text/html");
  const variants = new Map<ContentCoding, Buffer>();
  for (const { encoding, ending } of precompressed) {
    const compressed = files.get(name + ending);
    if (compressed !== undefined) variants.set(encoding, compressed);
  }
  const headers: Record<string, string> = {
    "Cache-Control": isHashedName(name) ? FOREVER : REVALIDATED,
    ...(isPage && pageHeaders(rules)),
  };
  const content = { contentType, body, variants, tag: isPage ? null : tagOf(body), headers };
  return (request) => negotiatedResponse(content, request);
}

function pageHeaders({ policy, embeddable }: PageRules): Record<string, string> {
  return {
    "Cache-Control": NEVER_CACHED,
    "Content-Security-Policy": policy,
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    ...(!embeddable && { "X-Frame-Options": "DENY" }),
  };
}

async function readFolder(directory: string, maxTotalBytes: number): Promise<Map<string, Buffer>> {
  const files = new Map<string, Buffer>();
  let totalBytes = 0;
  /**
   * Uses only basic calls: folders inside archives, as mounted by some package managers, lack
   * others.
   */
  const read = async (folder: string, prefix: string): Promise<void> => {
    for (const name of await readdir(folder)) {
      const path = join(folder, name);
      // Skips links, which may lead outside the folder.
      const entry = await lstat(path);
      if (entry.isDirectory()) await read(path, `${prefix}${name}/`);
      if (!entry.isFile()) continue;
      totalBytes += entry.size;
      if (totalBytes > maxTotalBytes)
        throw new StreamServerError("folder_unreadable", `${directory}: more than ${maxTotalBytes} bytes`);
      files.set(prefix + name, await readFile(path));
    }
  };
  try {
    await read(directory, "");
  } catch (cause) {
    if (cause instanceof StreamServerError) throw cause;
    throw new StreamServerError("folder_unreadable", `cannot read ${directory}: ${String(cause)}`, cause);
  }
  return files;
}
