import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { freePort, needs } from "@utxoracle/testkit";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parseCommandLine } from "../../src/commands/cli/parse.ts";
import { loadSettings } from "../../src/config/load.ts";
import type { Settings } from "../../src/config/schema.ts";
import { createLogger } from "../../src/logging/create-logger.ts";
import { NatsBucket } from "../../src/relay/bus/bus-bucket.ts";
import { BusLink } from "../../src/relay/bus/bus-link.ts";
import { busConnectionOptions } from "../../src/relay/bus/bus-options.ts";
import { loadNatsPackages } from "../../src/relay/bus/nats-packages.ts";
import { eventually, nodeless, programPath, ServiceProcess, smallDemo } from "../e2e/service-process.ts";
import { nkeyUser, operatorCredentials } from "./nats-credentials.ts";

import { type NatsOptions, NatsProcess } from "./nats-process.ts";

const appFolder = fileURLToPath(new URL("../..", import.meta.url));

let folder: string;
const ends: (() => Promise<void>)[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "bus-"));
});

afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
  rmSync(folder, { recursive: true, force: true });
});

function settingsOf(words: string[], env: NodeJS.ProcessEnv = {}): Settings {
  const line = parseCommandLine(words, env);
  return loadSettings(line.command, line.flags, env, line.configPath).settings;
}

function file(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

async function server(configuration: string, options: Omit<NatsOptions, "configuration"> = {}): Promise<NatsProcess> {
  const nats = await NatsProcess.start({ configuration, ...options });
  ends.push(() => nats.dispose());
  return nats;
}

async function link(words: string[], env: NodeJS.ProcessEnv = {}): Promise<BusLink> {
  const packages = await loadNatsPackages();
  const options = busConnectionOptions(settingsOf(words, env), "test", packages);
  const made = new BusLink({ packages, options, log: createLogger({ format: "json", level: "error" }) });
  ends.push(() => made.close());
  made.start();
  return made;
}

const connected = (made: BusLink) =>
  eventually(
    "a connection",
    () => ({ connected: made.connection !== null, problem: made.problem }),
    (state) => state.connected,
  );

const refused = (made: BusLink) =>
  eventually(
    "a refusal",
    () => made.problem,
    (problem) => problem !== null,
  );

describe("the NATS connection", needs("nats-server"), () => {
  it("authenticates with user and password, and reports the reason of a failure", async () => {
    const { url } = await server("authorization { user: edge, password: pw1 }");
    await connected(await link(["edge", "--bus", url, "--bus-user", "edge"], { UTXORACLE_BUS_PASSWORD: "pw1" }));
    const { answer } = await refused(await link(["edge", "--bus", url, "--bus-user", "edge", "--bus-password", "pw2"]));
    expect(answer).toMatch(/authoriz/i);
    expect(answer).not.toContain("pw2");
  });

  it("authenticates with a token", async () => {
    const { url } = await server("authorization { token: t1 }");
    await connected(await link(["edge", "--bus", url], { UTXORACLE_BUS_TOKEN: "t1" }));
    await refused(await link(["edge", "--bus", url]));
  });

  it("authenticates with an nkey seed", async () => {
    const { seed, publicKey } = nkeyUser();
    const { url } = await server(`authorization { users = [ { nkey: ${publicKey} } ] }`);
    await connected(await link(["edge", "--bus", url, "--bus-nkey", file("seed.nk", `${seed}\n`)]));
    await refused(await link(["edge", "--bus", url, "--bus-nkey", file("other.nk", nkeyUser().seed)]));
  });

  it("authenticates with a credentials file", async () => {
    const { configuration, credsFile } = operatorCredentials();
    const { url } = await server(configuration, { jetStream: false });
    await connected(await link(["edge", "--bus", url, "--bus-creds", file("edge.creds", credsFile)]));
    await refused(await link(["edge", "--bus", url]));
  });

  it("uses mutual TLS, and rejects a server with an untrusted certificate", needs("openssl"), async () => {
    const { ca, cert, key } = certificates();
    const { port } = await server(
      `tls { cert_file: "${cert}", key_file: "${key}", ca_file: "${ca}", verify: true, timeout: 5 }`,
    );
    const words = ["edge", "--bus", `tls://localhost:${port}`];
    await connected(await link([...words, "--bus-tls-ca", ca, "--bus-tls-cert", cert, "--bus-tls-key", key]));
    const { answer } = await refused(await link(words));
    expect(answer).toMatch(/certificate/i);
  });

  it("fails at a server without TLS for a tls:// URL", async () => {
    const { port } = await server("");
    const { answer } = await refused(await link(["edge", "--bus", `tls://127.0.0.1:${port}`]));
    expect(answer).toMatch(/tls/i);
  });

  it("fails over to another server of the list, and back", async () => {
    const [first, second] = [await server(""), await server("")];
    await first.kill();
    const made = await link(["edge", "--bus", `${first.url},${second.url}`]);
    await connected(made);
    expect(made.connection?.getServer()).toBe(`127.0.0.1:${second.port}`);
    await second.kill();
    await first.run();
    await eventually(
      "the first server",
      () => made.connection?.getServer(),
      (at) => at === `127.0.0.1:${first.port}`,
    );
  });

  it("reports a server without JetStream", async () => {
    const { url } = await server("", { jetStream: false });
    const made = await link(["edge", "--bus", url]);
    await connected(made);
    const bucket = new NatsBucket({ packages: await loadNatsPackages(), link: made, name: "test", replicas: 1 });
    await expect(bucket.write("lease", Uint8Array.of(1), 0)).rejects.toMatchObject({ code: "no_jetstream" });
    await expect(bucket.read("lease")).rejects.toMatchObject({ code: "no_jetstream" });
  });

  it("reports full storage, a timeout and a missing permission", async () => {
    const nats = await server(
      `authorization { users = [
        { user: a, password: pw }
        { user: b, password: pw, permissions: { publish: ["nothing"], subscribe: [">"] } }
      ] }`,
      { maxFileStore: "64KB" },
    );
    const as = async (user: string): Promise<NatsBucket> => {
      const made = await link(["edge", "--bus", nats.url, "--bus-user", user, "--bus-password", "pw"]);
      await connected(made);
      return new NatsBucket({ packages: await loadNatsPackages(), link: made, name: "test", replicas: 1 });
    };
    await expect((await as("b")).read("lease")).rejects.toMatchObject({ code: "not_permitted" });
    const bucket = await as("a");
    await bucket.write("lease", Uint8Array.of(1), 0);
    // The server detects it after the write that exceeds the limit.
    await bucket.write("live", new Uint8Array(100_000), 0);
    await expect(bucket.write("history", Uint8Array.of(1), 0)).rejects.toMatchObject({ code: "storage_full" });
    nats.signal("SIGSTOP");
    await expect(bucket.write("live", Uint8Array.of(1), 0)).rejects.toMatchObject({ code: "write_timeout" });
    await expect(bucket.read("lease")).rejects.toMatchObject({ code: "read_timeout" });
    nats.signal("SIGCONT");
  });

  it("writes a deleted key again, and reads values with their revision", async () => {
    const { url } = await server("");
    const made = await link(["edge", "--bus", url]);
    await connected(made);
    const packages = await loadNatsPackages();
    const bucket = new NatsBucket({ packages, link: made, name: "test", replicas: 1 });
    await bucket.write("lease", Uint8Array.of(1), 0);
    const manager = new packages.kv.Kvm(made.connection as never);
    await (await manager.open("test")).delete("lease");
    const deleted = await bucket.read("lease");
    expect(deleted?.value).toBeNull();
    await bucket.write("lease", Uint8Array.of(2), deleted?.revision ?? 0);
    expect([...((await bucket.read("lease"))?.value ?? [])]).toEqual([2]);
  });

  it("reports an invalid JetStream response as a NATS failure", async () => {
    const { url } = await server("", { jetStream: false });
    const made = await link(["edge", "--bus", url]);
    await connected(made);
    made.connection?.subscribe("$JS.API.>", { callback: (_, message) => void message.respond("]") });
    const bucket = new NatsBucket({ packages: await loadNatsPackages(), link: made, name: "test", replicas: null });
    await expect(bucket.read("lease")).rejects.toMatchObject({ code: "failed" });
  });

  it("rejects a value above max_payload, and a write with an outdated revision", async () => {
    const { url } = await server("max_payload: 4096");
    const made = await link(["edge", "--bus", url]);
    await connected(made);
    const bucket = new NatsBucket({ packages: await loadNatsPackages(), link: made, name: "test", replicas: 1 });
    await expect(bucket.write("live", new Uint8Array(4000), 0)).rejects.toMatchObject({ code: "too_large" });
    const revision = await bucket.write("live", Uint8Array.of(1), 0);
    await expect(bucket.write("live", Uint8Array.of(2), 0)).rejects.toMatchObject({ code: "revision_conflict" });
    await bucket.write("live", Uint8Array.of(3), revision);
    expect([...((await bucket.read("live"))?.value ?? [])]).toEqual([3]);
    expect(await bucket.read("history")).toBeNull();
  });
});

describe("the NATS settings", () => {
  it.each([
    [["--bus", "nats://127.0.0.1:99999"], "--bus:"],
    [["--bus", "http://127.0.0.1"], "is not a list of NATS URLs"],
    [["--bus", "nats://a:pw1@x,nats://b:pw1@y"], "--bus: the value is not a list of NATS URLs"],
    [["--bus-name", "a.b"], "--bus-name: the value is not 1 to 32 letters"],
    [["edge", "--window", "60"], "--window is not a flag of edge"],
  ] as const)("are rejected by commands that cannot use them: %j", (words, message) => {
    expect(() => settingsOf([...words])).toThrow(message);
    expect(() => settingsOf([...words])).not.toThrow("pw1");
  });

  it.each([
    [["--bus-user", "a"], "bus-user and bus-password must both be set"],
    [["--bus-token", "t", "--bus-nkey", "f"], "bus-token and bus-nkey cannot be combined"],
    [["--bus-creds", "/nowhere/x"], "--bus-creds: /nowhere/x cannot be read"],
    [["--bus-tls-cert", "/nowhere/x"], "bus-tls-cert and bus-tls-key must both be set"],
  ])("are rejected if they cannot be combined: %j", async (words, message) => {
    const packages = await loadNatsPackages();
    const settings = settingsOf(["edge", "--bus", "nats://127.0.0.1:4222", ...words]);
    expect(() => busConnectionOptions(settings, "test", packages)).toThrow(message);
  });
});

describe("without the NATS client packages", () => {
  const VERSION = "3.4.0";

  /** Installs the program without its optional dependencies. */
  function program(): string {
    cpSync(dirname(programPath), join(folder, "dist"), { recursive: true });
    // With versions instead of the workspace's catalog, as in the packed manifest.
    const manifest = readFileSync(join(appFolder, "package.json"), "utf8").replaceAll("catalog:", VERSION);
    writeFileSync(join(folder, "package.json"), manifest);
    for (const name of Object.keys((JSON.parse(manifest) as { dependencies: object }).dependencies)) {
      mkdirSync(dirname(join(folder, "node_modules", name)), { recursive: true });
      symlinkSync(join(appFolder, "node_modules", name), join(folder, "node_modules", name));
    }
    return join(folder, "dist", "main.js");
  }

  it("--bus fails with the install command, and the program runs without --bus", async () => {
    const main = program();
    for (const words of [["edge"], []]) {
      const end = await new ServiceProcess([...words, "--bus", "nats://127.0.0.1:4222"], {}, main).ended;
      expect(end.exitCode).toBe(2);
      const names = ["jetstream", "kv", "transport-node"].map((name) => `@nats-io/${name}@${VERSION}`);
      expect(end.stderr).toContain(
        `--bus needs the NATS client, an optional dependency that is not installed: npm install ${names.join(" ")} `,
      );
    }
    const service = new ServiceProcess([...nodeless, "--port", "0"], {}, main);
    await service.logLine(({ msg }) => msg === "listening");
    expect(await service.stop()).toMatchObject({ exitCode: 0 });
  });

  it("edge fails without --bus", async () => {
    const end = await new ServiceProcess(["edge"]).ended;
    expect(end).toMatchObject({ exitCode: 2, stderr: expect.stringContaining("edge: missing --bus") });
  });
});

describe("a NATS server that cannot store values", needs("nats-server"), () => {
  const started = async (words: string[]): Promise<ServiceProcess> => {
    const service = await ServiceProcess.listening(words);
    ends.push(async () => void (await service.stop()));
    return service;
  };
  const remarks = async (service: ServiceProcess) => {
    const { answer } = await service.ready();
    return [...answer.reasons, ...(answer.notices ?? [])];
  };

  it("makes analyzer and edge report that JetStream is missing", async () => {
    const { url } = await server("", { jetStream: false });
    const services = [await started([...nodeless, "--bus", url]), await started(["edge", "--bus", url])];
    for (const service of services) {
      const { answer } = await eventually(
        "the cause",
        () => remarks(service),
        (all) => all.some(({ code }) => code === "bus_no_jetstream"),
      );
      expect(answer.map(({ code }) => code)).not.toContain("no_analyzer");
      expect(answer.map(({ code }) => code)).not.toContain("bus_standby");
    }
  });

  it("with full storage is reported as such by the analyzer", async () => {
    const { url } = await server("", { maxFileStore: "16KB" });
    const analyzer = await started([...smallDemo, "--bus", url, "--analyzer-name", "vienna"]);
    await eventually(
      "the cause",
      () => remarks(analyzer),
      (all) => all.some(({ code }) => code === "bus_storage_full"),
    );
    for (let look = 0; look < 20; look++) expect(JSON.stringify(await remarks(analyzer))).not.toContain("vienna");
  });
});

describe("an edge without a reachable NATS server", () => {
  it("serves the page, reports why it is not ready, and exits with 0", async () => {
    const edge = await ServiceProcess.listening(["edge", "--bus", `nats://127.0.0.1:${await freePort()}`]);
    try {
      await edge.logLine(({ msg }) => msg?.includes("not connected to NATS") === true);
      expect((await edge.ready()).answer.reasons.map(({ code }) => code)).toEqual(["bus_disconnected", "starting"]);
      expect((await edge.get("/api/v1/price")).status).toBe(503);
      expect((await edge.get("/price.txt")).text).not.toMatch(/\d/);
      expect((await edge.get("/")).text).toContain("<!doctype html>");
    } finally {
      expect(await edge.stop()).toMatchObject({ exitCode: 0 });
    }
  });
});

/** Certificates of localhost and a client, and their CA. */
function certificates(): { readonly ca: string; readonly cert: string; readonly key: string } {
  const at = (name: string): string => join(folder, name);
  const openssl = (...words: string[]): unknown => execFileSync("openssl", words, { stdio: "pipe" });
  const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  openssl(
    "req",
    "-x509",
    ...curve,
    "-keyout",
    at("ca.key"),
    "-out",
    at("ca.pem"),
    "-days",
    "2",
    "-subj",
    "/CN=test ca",
  );
  openssl("req", ...curve, "-keyout", at("bus.key"), "-out", at("bus.csr"), "-subj", "/CN=bus");
  writeFileSync(at("bus.ext"), "subjectAltName=DNS:localhost\nextendedKeyUsage=serverAuth,clientAuth\n");
  openssl(
    ...["x509", "-req", "-in", at("bus.csr"), "-CA", at("ca.pem"), "-CAkey", at("ca.key"), "-CAcreateserial"],
    ...["-days", "2", "-extfile", at("bus.ext"), "-out", at("bus.pem")],
  );
  return { ca: at("ca.pem"), cert: at("bus.pem"), key: at("bus.key") };
}
