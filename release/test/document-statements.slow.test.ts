import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { crc32, gunzipSync, inflateRawSync } from "node:zlib";
import { needs } from "@utxoracle/testkit";
import { openCaptureWriter } from "@utxoracle/zmq-source";
import { describe, expect, it } from "vitest";
import { fencesOf } from "../src/document.ts";
import { readManifest, repositoryRoot } from "../src/published-packages.ts";

// Blocks that are not run: data, or commands for another machine. CONTRIBUTING.md,
// deploy/README.md, docs/accuracy.md, docs/confirmed.md, docs/monitoring/README.md,
// docs/operating.md, docs/trust.md, packages/testkit/README.md, packages/zmq-source/README.md.

const text = (path: string, name: string): string => {
  const found = fencesOf(path).find((fence) => fence.name === name);
  if (found === undefined) throw new Error(`${path} has no block "${name}"`);
  return found.text;
};

const scripts = Object.keys((readManifest(repositoryRoot).scripts ?? {}) as object);
const exists = (path: string): boolean => existsSync(join(repositoryRoot, path));

it("the commands of CONTRIBUTING.md exist", () => {
  const commands = text("CONTRIBUTING.md", "Contributing").trim().split("\n");
  const shown = commands.map((line) => line.split(/ {2,}/)[0]);
  expect(shown).toEqual(["npm start", "npm test", "npm run test:all", "bash .ci/run"]);
  expect(scripts).toEqual(expect.arrayContaining(["start", "test", "test:all"]));
  expect(exists(".ci/run")).toBe(true);
  // CI uses Debian too: `-bookworm`, for each Node.js of its matrix.
  expect(commands[3]).toContain("a Debian machine;");
  const workflow = readFileSync(join(repositoryRoot, ".github/workflows/ci.yml"), "utf8");
  const matrix = (/^ +node: \[(.+)\]$/m.exec(workflow)?.[1] ?? "").split(", ");
  expect(matrix.length).toBeGreaterThan(1);
  for (const node of matrix) expect(workflow).toContain(`"${node}": "node:${node}-bookworm@sha256:`);
  const [, project] = /--project (\w+)/.exec(commands.join()) ?? [];
  expect(exists(`packages/${project}/vitest.config.ts`)).toBe(true);
});

it("the commands and options of docs/accuracy.md exist", () => {
  const block = text("docs/accuracy.md", "Run it yourself");
  for (const [, script = ""] of block.matchAll(/^pnpm (\S+)/gm)) expect(scripts).toContain(script);
  const options = readFileSync(join(repositoryRoot, "packages/estimator/bench/accuracy/options.ts"), "utf8");
  const named = Array.from(block.matchAll(/--(\w+)/g), ([, name = ""]) => name);
  expect(named.length).toBeGreaterThan(4);
  for (const name of named) expect(options, name).toMatch(new RegExp(`\\b${name}\\b`));
});

it("docs/trust.md scores with flags of score and asks for a path of the API", () => {
  const help = execFileSync(process.execPath, [join(repositoryRoot, "apps/live/dist/main.js"), "score", "--help"], {
    encoding: "utf8",
  });
  const flags = [...new Set(text("docs/trust.md", "Check it yourself").match(/--[a-z-]+/g))];
  expect(flags.length).toBeGreaterThan(2);
  for (const flag of flags) expect(help).toContain(`${flag} `);
  const { pathname } = new URL(/'(http[^']+)'/.exec(text("docs/trust.md", "Check it yourself (2)"))?.[1] ?? "");
  expect(readFileSync(join(repositoryRoot, "docs/contracts.md"), "utf8")).toContain(`\`${pathname}\``);
});

it("deploy/README.md names the plugin's rate source", () => {
  const [, source = "nothing"] = /= (\w+)\(/.exec(text("deploy/README.md", "BTCPay Server")) ?? [];
  const plugin = readdirSync(join(repositoryRoot, "deploy/recipes/btcpay")).map((name) =>
    readFileSync(join(repositoryRoot, "deploy/recipes/btcpay", name), "utf8"),
  );
  expect(plugin.join("\n")).toContain(`"${source}"`);
});

describe("deploy/README.md", () => {
  const read = (path: string): string => readFileSync(join(repositoryRoot, path), "utf8");

  it("starts the alert script with its options", () => {
    const script = read("deploy/recipes/alerts/price-alert.mjs");
    const command = text("deploy/README.md", "Alerts");
    expect(command).toMatch(/^node price-alert\.mjs /);
    for (const [, option] of command.matchAll(/--(\w+)/g))
      expect(script, option).toMatch(new RegExp(`^ +${option}: \\{`, "m"));
  });

  it("starts the service with its flags for MQTT", () => {
    const help = execFileSync(process.execPath, [join(repositoryRoot, "apps/live/dist/main.js"), "--help"], {
      encoding: "utf8",
    });
    for (const [flag] of text("deploy/README.md", "Home Assistant").matchAll(/--[a-z-]+/g))
      expect(help).toContain(flag);
  });

  it("names the StartOS package's script and variables", () => {
    const commands = text("deploy/start9/README.md", "StartOS 0.4 package");
    const scripts = readManifest(join(repositoryRoot, "deploy/start9")).scripts ?? {};
    for (const [, script = ""] of commands.matchAll(/^npm run (\w+)/gm)) expect(scripts).toHaveProperty(script);
    const manifest = read("deploy/start9/startos/manifest.ts");
    for (const [, variable = ""] of commands.matchAll(/([A-Z0-9_]+)=/g)) expect(manifest).toContain(variable);
  });
});

it("docs/node-boxes.md installs the program where the systemd unit expects it", () => {
  const title = "On a RaspiBlitz, RaspiBolt or another Debian node";
  const shown = (number: number): string => text("docs/node-boxes.md", number === 1 ? title : `${title} (${number})`);
  const [, prefix, name] = /npm install --prefix (\S+) (\S+)/.exec(shown(1)) ?? [];
  const [, unit = ""] = /cp (\S+) \/etc\/systemd\/system\//.exec(shown(4)) ?? [];
  const started = /^ExecStart=(.*)$/m.exec(readFileSync(join(repositoryRoot, unit), "utf8"))?.[1];
  expect(started).toContain(`${prefix}/node_modules/${name}/dist/main.js`);
  expect(shown(2)).toContain(`${prefix}/node_modules/.bin/${name} doctor`);
  const program = join(repositoryRoot, "apps/live/dist/main.js");
  const [, variable = ""] = /^Environment=UTXORACLE_(\w+)=/m.exec(shown(5)) ?? [];
  const flag = `--${variable.toLowerCase().replaceAll("_", "-")}`;
  expect(execFileSync(process.execPath, [program, "--help"], { encoding: "utf8" })).toContain(flag);
  const served = unit.replace(/^.*\/(.*)\.service$/, "$1");
  expect([shown(4), shown(6)].every((block) => block.includes(served))).toBe(true);
});

it("docs/releasing.md reads the files that the workflow hands over", () => {
  const commands = text("docs/releasing.md", "Once, before the first release (2)");
  const writer = readFileSync(join(repositoryRoot, "scripts/publish.mjs"), "utf8");
  const [, sums = ""] = /sha256sum --check (\S+)/.exec(commands) ?? [];
  const [, order = ""] = /done < (\S+)/.exec(commands) ?? [];
  for (const file of [sums, order]) expect(writer).toContain(`"${file}"`);
});

it("the commands and flags of docs/captures.md exist", () => {
  const program = join(repositoryRoot, "apps/live/dist/main.js");
  for (const line of text("docs/captures.md", "Captures").trim().split("\n")) {
    const [, command = ""] = /^utxoracle-live (\w+) /.exec(line) ?? [];
    const help = execFileSync(process.execPath, [program, command, "--help"], { encoding: "utf8" });
    for (const [flag] of line.matchAll(/--[a-z-]+/g)) expect(help, line).toContain(flag);
  }
});

it.each(["CONTRIBUTING.md", "docs/operating.md"])("%s uses the pinned pnpm", (path) => {
  const runs = readFileSync(join(repositoryRoot, path), "utf8").match(/npx -y pnpm\S*/g) ?? [];
  expect(runs.length).toBeGreaterThan(0);
  for (const run of runs) expect(run).toBe(`npx -y ${String(readManifest(repositoryRoot).packageManager)}`);
});

describe("docs/operating.md", () => {
  const shown = (name: string): string => text("docs/operating.md", name);

  it("names an existing command", () => {
    const [, command = ""] = /^utxoracle-live (\w+)/.exec(shown("Requirements")) ?? [];
    const program = join(repositoryRoot, "apps/live/dist/main.js");
    expect(execFileSync(process.execPath, [program, command, "--help"], { encoding: "utf8" })).toContain(command);
  });

  it("installs the program where the systemd unit expects it", () => {
    const block = shown("systemd");
    const [, prefix, name] = /npm install --prefix (\S+) (\S+)/.exec(block) ?? [];
    const [, unit = ""] = /cp (\S+) \/etc\/systemd\/system\//.exec(block) ?? [];
    const started = /^ExecStart=(.*)$/m.exec(readFileSync(join(repositoryRoot, unit), "utf8"))?.[1];
    expect(started).toContain(`${prefix}/node_modules/${name}/dist/main.js`);
  });

  // There is no Docker engine here: check the known form of the commands.
  it("builds and runs the image", () => {
    expect(exists("Dockerfile")).toBe(true);
    const [build = "", run = ""] = shown("Containers").split("\n");
    const [, tag = "nothing"] = /^docker build -t (\S+) \.$/.exec(build) ?? [];
    expect(run).toMatch(new RegExp(`^docker run --rm -p \\S+ ${tag} demo$`));
    expect(readFileSync(join(repositoryRoot, "Dockerfile"), "utf8")).toContain(`: ${build}\n`);
  });

  it("creates the node's password", needs("openssl"), () => {
    const [enter = "", make = ""] = shown("Containers (2)").split("\n");
    const folder = enter.replace("cd ", "");
    expect(exists(`${folder}/compose.yaml`)).toBe(true);
    const [program = ""] = make.split(" > ");
    expect(execFileSync(program, { cwd: join(repositoryRoot, folder), encoding: "utf8" })).toMatch(/\w+=\S{16,}/);
  });
});

it("`price --json` has the fields in docs/confirmed.md", () => {
  const shown = JSON.parse(text("docs/confirmed.md", "Output")) as { window: object };
  const source = readFileSync(join(repositoryRoot, "apps/live/src/commands/price/price-answer.ts"), "utf8");
  const built = /return \{([\s\S]*?)\n {2}\};/.exec(source)?.[1] ?? "";
  const fieldsAt = (indent: number): string[] =>
    Array.from(built.matchAll(new RegExp(`^ {${indent}}(\\w+):`, "gm")), ([, name = ""]) => name);
  expect(Object.keys(shown)).toEqual(fieldsAt(4));
  expect(Object.keys(shown.window)).toEqual(fieldsAt(6));
});

it("Prometheus' settings have the service's port and an existing rule file", () => {
  const settings = text("docs/monitoring/README.md", "Monitoring");
  const schema = readFileSync(join(repositoryRoot, "apps/live/src/config/schema.ts"), "utf8");
  const port = /targets: \["127\.0\.0\.1:(\d+)"\]/.exec(settings)?.[1];
  expect(schema).toMatch(new RegExp(`default: ${port}\\b`));
  const rules = /rule_files:\n {2}- (\S+)/.exec(settings)?.[1] ?? "nothing";
  expect(existsSync(join(repositoryRoot, "docs/monitoring", rules))).toBe(true);
});

it("CI installs the browsers of packages/testkit/README.md", () => {
  const [, , ...packages] = text("packages/testkit/README.md", "Real browsers").trim().split(" ");
  const ci = readdirSync(join(repositoryRoot, ".ci")).map((name) =>
    readFileSync(join(repositoryRoot, ".ci", name), "utf8"),
  );
  const words = ci.join("\n").split(/[\s()]+/);
  expect(packages.length).toBeGreaterThan(4);
  expect(words).toEqual(expect.arrayContaining(packages));
});

it("a capture has the byte layout of packages/zmq-source/README.md", async () => {
  const memberShown = text("packages/zmq-source/README.md", "The capture format, version 1");
  const recordsShown = text("packages/zmq-source/README.md", "The capture format, version 1 (2)");
  const folder = mkdtempSync(join(tmpdir(), "capture-layout-"));
  try {
    const writer = await openCaptureWriter(join(folder, "a"), { metadata: { chain: "main" } });
    await writer.write({ topic: "rawtx", rawBytes: Uint8Array.of(1, 2, 3), timestamp: 1.5, counter: 7 });
    await writer.close();
    const file = readFileSync(join(folder, "a"));

    // member   1f 8b … | length | deflate data | CRC-32 | size
    expect(memberShown).toBe(
      "member   1f 8b 08 04 | 00 00 00 00 00 ff | 08 00 'U' 'O' 04 00 | u32 length of the whole member | deflate data | u32 CRC-32 | u32 size\n",
    );
    const start = Buffer.from([0x1f, 0x8b, 8, 4, 0, 0, 0, 0, 0, 0xff, 8, 0, 0x55, 0x4f, 4, 0]);
    const unpacked: Buffer[] = [];
    for (let at = 0; at < file.length; ) {
      expect(file.subarray(at, at + 16)).toEqual(start);
      const length = file.readUInt32LE(at + 16);
      const data = inflateRawSync(file.subarray(at + 20, at + length - 8));
      expect(file.readUInt32LE(at + length - 8)).toBe(crc32(data));
      expect(file.readUInt32LE(at + length - 4)).toBe(data.length);
      unpacked.push(data);
      at += length;
    }
    expect(gunzipSync(file)).toEqual(Buffer.concat(unpacked));

    const [headerShown = "", recordShown = ""] = recordsShown.trim().split("\n");
    expect(headerShown).toBe(
      String.raw`header   "UTXOCAP\n" | u16 version | u16 0 | u32 length of the metadata | metadata: a JSON object | u32 CRC-32 of all before`,
    );
    const header = unpacked[0] as Buffer;
    expect(header.subarray(0, 8).toString()).toBe("UTXOCAP\n");
    expect([header.readUInt16LE(8), header.readUInt16LE(10)]).toEqual([1, 0]);
    const metadataEnd = 16 + header.readUInt32LE(12);
    expect(JSON.parse(header.subarray(16, metadataEnd).toString())).toEqual({ chain: "main" });
    expect(header.readUInt32LE(metadataEnd)).toBe(crc32(header.subarray(0, metadataEnd)));
    expect(header.length).toBe(metadataEnd + 4);

    expect(recordShown).toBe(
      "record   u32 length of the body | u8 topic | f64 arrival, Unix seconds | u32 counter | body | u32 CRC-32 of all before",
    );
    const record = Buffer.concat(unpacked.slice(1));
    expect(record.readUInt32LE(0)).toBe(3);
    expect(record.readUInt8(4)).toBe(1);
    expect(record.readDoubleLE(5)).toBe(1.5);
    expect(record.readUInt32LE(13)).toBe(7);
    expect([...record.subarray(17, 20)]).toEqual([1, 2, 3]);
    expect(record.readUInt32LE(20)).toBe(crc32(record.subarray(0, 20)));
    expect(record.length).toBe(24);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
