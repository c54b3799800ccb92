import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { openApiDocument } from "@utxoracle/models";
import { Ajv } from "ajv";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { routes } from "../../apps/live/src/serve/http/routes.ts";

/**
 * Umbrel's published rules for a manifest: the app store's linter (sharknoon/umbrel-cli,
 * schemas/umbrel-app.yml), umbrelOS (getumbrel/umbrel, modules/apps/schema.ts) and the app store's
 * guide for new packages (getumbrel/umbrel-apps, .agents: "the guide" below).
 */
const manifestRules = {
  type: "object",
  required: [
    "manifestVersion",
    "id",
    "name",
    "tagline",
    "category",
    "version",
    "port",
    "description",
    "developer",
    "website",
    "submitter",
    "submission",
    "support",
    "gallery",
    "dependencies",
    "path",
    "storage",
    "releaseNotes",
  ],
  additionalProperties: true,
  properties: {
    // The guide: 1, unless the package uses a newer feature (hooks: 1.1).
    manifestVersion: { const: 1 },
    // The guide: exactly this in new packages; it lets users move the data to another disk.
    storage: { const: { dataRoot: "data" } },
    // The guide: not in the official store.
    icon: false,
    id: { type: "string", pattern: "^(?!umbrel-app-store)[a-z]+(-[a-z]+)*$" },
    name: { type: "string", minLength: 1, maxLength: 50 },
    tagline: { type: "string", minLength: 1, maxLength: 100, pattern: "[^.]$" },
    category: {
      enum: ["files", "bitcoin", "media", "networking", "social", "automation", "finance", "ai", "developer"],
    },
    version: { type: "string", minLength: 1 },
    // The guide: 40000 to 49999 are for virtual machines; 80, 443 and 2000 are reserved.
    port: { type: "integer", minimum: 1, maximum: 39999, not: { enum: [80, 443, 2000] } },
    description: { type: "string", minLength: 1, maxLength: 5000 },
    developer: { type: "string", minLength: 1, maxLength: 50 },
    submitter: { type: "string", minLength: 1, maxLength: 50 },
    website: { type: "string", pattern: "^https?://" },
    submission: { type: "string", pattern: "^https?://" },
    support: { type: "string", pattern: "^https?://" },
    repo: { type: "string", pattern: "^(https?://.*)?$" },
    // The guide: empty; Umbrel's team makes the screenshots.
    gallery: { const: [] },
    // Both sources: empty for a first submission.
    releaseNotes: { const: "" },
    dependencies: { type: "array", items: { type: "string", not: { const: "utxoracle-live" } } },
    // The guide: empty for the root, otherwise with a leading slash.
    path: { type: "string", pattern: "^(/.*)?$" },
    defaultUsername: { type: "string" },
    defaultPassword: { type: "string" },
    widgets: {
      type: "array",
      items: {
        type: "object",
        required: ["id", "type", "refresh", "endpoint", "link", "example"],
        properties: {
          // The guide: unique within the app.
          id: { type: "string", pattern: "^[a-z-]+$" },
          // The guide's list.
          type: {
            enum: [
              "text-with-buttons",
              "text-with-progress",
              "two-stats-with-guage",
              "three-stats",
              "four-stats",
              "list",
              "list-emoji",
            ],
          },
          refresh: { type: "string", pattern: "^\\d+[sm]$" },
          endpoint: { type: "string", pattern: "^[a-z]+:\\d+/[^/]" },
        },
      },
    },
  },
};

/** The guide's order of fields for new packages; widgets are not mentioned. */
const fieldOrder = [
  "manifestVersion",
  "id",
  "storage",
  "category",
  "name",
  "version",
  "tagline",
  "description",
  "releaseNotes",
  "developer",
  "website",
  "dependencies",
  "repo",
  "support",
  "port",
  "gallery",
  "path",
  "defaultUsername",
  "defaultPassword",
  "submitter",
  "submission",
  "widgets",
];

interface Widget {
  readonly id: string;
  readonly type: string;
  readonly refresh: string;
  readonly endpoint: string;
  readonly example: unknown;
}
interface Manifest {
  readonly id: string;
  readonly widgets: readonly Widget[];
}
interface Service {
  readonly image?: string;
  readonly user?: string;
  readonly volumes?: readonly string[];
  readonly environment: Readonly<Record<string, unknown>>;
}
interface Compose {
  readonly services: Readonly<Record<string, Service>>;
}

/**
 * Whether umbrelOS serves a path without its password. Its current proxy matches a bare path
 * exactly and `/*` below it (getumbrel/umbrel, containers/app-proxy/utils/auth.js). The previous
 * one (Express's `app.use`) matched everything below, ignoring case. This is the broader of both.
 */
function isOpen(path: string, rule: string): boolean {
  if (rule === "*") return true;
  const beginning = rule.replace(/\/?\*$/, "").toLowerCase();
  const asked = path.toLowerCase();
  return rule.endsWith("*") && !rule.endsWith("/*")
    ? asked.startsWith(beginning)
    : asked === beginning || asked.startsWith(`${beginning}/`);
}

const script = fileURLToPath(new URL("../umbrel/render.mjs", import.meta.url));
const image = `registry.example/utxoracle-live:0.1.0@sha256:${"0f".repeat(32)}`;
const arguments_ = {
  image,
  version: "0.1.0",
  repository: "https://git.example/utxoracle-live",
  developer: "UTXOracle Live",
  submission: "https://git.example/store/pull/1",
};

describe("the app for umbrelOS", () => {
  const folder = mkdtempSync(join(tmpdir(), "umbrel-"));
  let manifest: Manifest;
  let compose: Compose;

  const render = (changes: Partial<typeof arguments_> = {}) =>
    spawnSync(
      process.execPath,
      [
        script,
        ...Object.entries({ ...arguments_, ...changes }).flatMap(([name, value]) => [`--${name}`, value]),
        "--out",
        folder,
      ],
      { encoding: "utf8" },
    );

  beforeAll(() => {
    const { status, stderr } = render();
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    const read = (name: string): unknown => parse(readFileSync(join(folder, name), "utf8"));
    manifest = read("umbrel-app.yml") as Manifest;
    compose = read("docker-compose.yml") as Compose;
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it("has a manifest by Umbrel's published rules", () => {
    const validate = new Ajv().compile(manifestRules);
    expect(validate(manifest), JSON.stringify(validate.errors)).toBe(true);
    expect(validate({ ...manifest, tagline: "Ends with a period." })).toBe(false);
    expect(validate({ ...manifest, category: "Explorers" })).toBe(false);
    expect(validate({ ...manifest, gallery: ["1.jpg"] })).toBe(false);
    expect(validate({ ...manifest, storage: { dataRoot: "." } })).toBe(false);
    expect(Object.keys(manifest)).toEqual(fieldOrder);
    expect(readdirSync(folder).sort()).toEqual(["data", "docker-compose.yml", "umbrel-app.yml"]);
  });

  it("runs a pinned image as an ordinary user with its own data folder", () => {
    const { web } = compose.services;
    expect(web?.image).toBe(image);
    expect(web?.image).toMatch(/^(.+):(.+)@(.+)$/);
    expect(web?.user).toBe("1000:1000");
    // biome-ignore lint/suspicious/noTemplateCurlyInString: Compose's own variable
    expect(web?.volumes).toEqual(["${APP_DATA_DIR}/data:/data"]);
    // The guide: all data below the data folder, whose folders are in the package; nothing of the
    // host.
    const sources = (web?.volumes ?? []).map((volume) => volume.split(":")[0]?.replace(/^\$\{APP_DATA_DIR\}\//, ""));
    for (const source of sources) expect(existsSync(join(folder, source ?? "", ".gitkeep")), source).toBe(true);
    // The guide: no own ports, nothing built on the machine, restart on failure.
    for (const field of ["ports", "build", "privileged", "network_mode", "devices", "cap_add", "container_name"])
      expect(web).not.toHaveProperty(field);
    expect(web).toMatchObject({ restart: "on-failure" });
    // Compose of older umbrelOS accepts text only.
    for (const value of Object.values(web?.environment ?? {})) expect(typeof value).toBe("string");
  });

  it("is reachable by Umbrel's proxy under its container name", () => {
    expect(compose.services["app_proxy"]?.environment).toMatchObject({
      APP_HOST: `${manifest.id}_web_1`,
      APP_PORT: 8000,
    });
    // The guide: variables only, and no switch that disables Umbrel's password.
    expect(Object.keys(compose.services["app_proxy"] ?? {})).toEqual(["environment"]);
    expect(compose.services["app_proxy"]?.environment).not.toHaveProperty("PROXY_AUTH_ADD");
  });

  it("serves the price without a password, and nothing else", () => {
    const rules = String(compose.services["app_proxy"]?.environment["PROXY_AUTH_WHITELIST"]).split(",");
    const served = [...routes.map(({ path }) => path), "/", "/index.html", "/assets/page.js"];
    expect(served).toEqual(expect.arrayContaining(["/api/v1/stream", "/api/v1/evidence", "/metrics"]));
    const open = served.filter((path) => rules.some((rule) => isOpen(path, rule)));
    expect(open.sort()).toEqual([
      "/api/rates",
      "/api/v1/historical-price",
      "/api/v1/price",
      "/api/v1/prices",
      "/price.txt",
      "/rates",
    ]);
    // Check of the check itself.
    expect(isOpen("/api/v1/stream", "/api/*")).toBe(true);
    expect(isOpen("/api/v1/stream", "*")).toBe(true);
    expect(isOpen("/api/v1/stream", "/api")).toBe(true);
  });

  it("has a widget with an existing endpoint of the same type", () => {
    const [widget] = manifest.widgets;
    // umbrelOS splits it as http://<service>:<port>/<path>.
    const { hostname, port, pathname } = new URL(`http://${widget?.endpoint}`);
    expect({ hostname, port }).toEqual({ hostname: "web", port: "8000" });
    const { paths, components } = openApiDocument({ version: "0.1.0", operations: routes });
    expect(Object.keys(paths)).toContain(pathname);
    const { schemas } = components as { schemas: Record<string, object> };
    const validate = new Ajv({ strict: false }).compile(schemas["UmbrelWidgetResponse"] ?? false);
    const example = { refresh: widget?.refresh, ...(widget?.example as object) };
    expect(validate(example), JSON.stringify(validate.errors)).toBe(true);
    expect((example as unknown as Widget).type).toBe(widget?.type);
  });

  it.each([
    ["image", "utxoracle-live:latest"],
    ["image", "utxoracle-live:0.1.0"],
    ["version", "next"],
    ["repository", "github"],
  ] as const)("is not made with %s %s", (name, value) => {
    const { status, stderr } = render({ [name]: value });
    expect(status).toBe(2);
    expect(stderr).toContain(`--${name}`);
  });
});
