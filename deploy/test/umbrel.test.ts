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
 * The published rules for a manifest, as the linter of Umbrel's app store applies them (sharknoon/umbrel-cli, schemas/
 * umbrel-app.yml), as umbrelOS reads it (getumbrel/umbrel, modules/apps/schema.ts), and for a new package as the app
 * store's guide asks (getumbrel/umbrel-apps, the skill umbrel-package-app under .agents: "the guide" below).
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
    // The guide: 1, unless the package needs what a later umbrelOS brought (hooks: 1.1). This one needs nothing of it.
    manifestVersion: { const: 1 },
    // The guide: exactly this, in new packages; the user may then move the data to another disk.
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
    // The guide: 40000 to 49999 are for virtual machines; 80, 443 and 2000 are umbrelOS's own.
    port: { type: "integer", minimum: 1, maximum: 39999, not: { enum: [80, 443, 2000] } },
    description: { type: "string", minLength: 1, maxLength: 5000 },
    developer: { type: "string", minLength: 1, maxLength: 50 },
    submitter: { type: "string", minLength: 1, maxLength: 50 },
    website: { type: "string", pattern: "^https?://" },
    submission: { type: "string", pattern: "^https?://" },
    support: { type: "string", pattern: "^https?://" },
    repo: { type: "string", pattern: "^(https?://.*)?$" },
    // The guide: empty; Umbrel's team makes the pictures.
    gallery: { const: [] },
    // Both sources: empty for a first submission.
    releaseNotes: { const: "" },
    dependencies: { type: "array", items: { type: "string", not: { const: "utxoracle-live" } } },
    // The guide: empty for the root, else with a slash in front.
    path: { type: "string", pattern: "^(/.*)?$" },
    defaultUsername: { type: "string" },
    defaultPassword: { type: "string" },
    widgets: {
      type: "array",
      items: {
        type: "object",
        required: ["id", "type", "refresh", "endpoint", "link", "example"],
        properties: {
          // The guide: local to the app.
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

/** The guide's order of fields for new packages; widgets have no place in it. */
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
 * Whether umbrelOS lets a path through without its password. Its proxy of today takes a bare path for itself alone and
 * `/*` for what is below (getumbrel/umbrel, containers/app-proxy/utils/auth.js); the one before it was Express's
 * `app.use`, which takes what is below with the path, in any case. The broader of both.
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

  it("runs a pinned image as an ordinary user and keeps data in a folder of its own", () => {
    const { web } = compose.services;
    expect(web?.image).toBe(image);
    expect(web?.image).toMatch(/^(.+):(.+)@(.+)$/);
    expect(web?.user).toBe("1000:1000");
    // biome-ignore lint/suspicious/noTemplateCurlyInString: Compose's own variable
    expect(web?.volumes).toEqual(["${APP_DATA_DIR}/data:/data"]);
    // The guide: all that is kept lies below the data folder, whose sources are in the package; nothing of the host.
    const sources = (web?.volumes ?? []).map((volume) => volume.split(":")[0]?.replace(/^\$\{APP_DATA_DIR\}\//, ""));
    for (const source of sources) expect(existsSync(join(folder, source ?? "", ".gitkeep")), source).toBe(true);
    // The guide: no ports of its own beside the proxy's, nothing built on the machine, restarted where it fails.
    for (const field of ["ports", "build", "privileged", "network_mode", "devices", "cap_add", "container_name"])
      expect(web).not.toHaveProperty(field);
    expect(web).toMatchObject({ restart: "on-failure" });
    // Compose of older umbrelOS takes text only.
    for (const value of Object.values(web?.environment ?? {})) expect(typeof value).toBe("string");
  });

  it("is reached by Umbrel's proxy where it listens, under the name that umbrelOS gives the container", () => {
    expect(compose.services["app_proxy"]?.environment).toMatchObject({
      APP_HOST: `${manifest.id}_web_1`,
      APP_PORT: 8000,
    });
    // The guide: environment alone, and no switch that takes Umbrel's password away.
    expect(Object.keys(compose.services["app_proxy"] ?? {})).toEqual(["environment"]);
    expect(compose.services["app_proxy"]?.environment).not.toHaveProperty("PROXY_AUTH_ADD");
  });

  it("gives the price to who has no password, and nothing else: not the stream, not the evidence, not the page", () => {
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
    // The reading of rules does see what a broad one opens.
    expect(isOpen("/api/v1/stream", "/api/*")).toBe(true);
    expect(isOpen("/api/v1/stream", "*")).toBe(true);
    expect(isOpen("/api/v1/stream", "/api")).toBe(true);
  });

  it("has a widget whose endpoint the service answers, in the type that it answers with", () => {
    const [widget] = manifest.widgets;
    // As umbrelOS takes it apart: http://<service>:<port>/<path>.
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
