import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { needs } from "@utxoracle/testkit";
import { describe, expect, it, onTestFinished } from "vitest";
import { root, text, yaml } from "./repository.ts";

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}
interface Workflow {
  readonly name: string;
  readonly concurrency: { readonly group: string; readonly "cancel-in-progress": boolean | string };
  readonly permissions: Readonly<Record<string, string>>;
  readonly jobs: Readonly<
    Record<
      string,
      {
        readonly strategy: {
          readonly matrix: {
            readonly node: readonly number[];
            readonly task: readonly string[];
            readonly include: readonly { readonly bitcoin: string }[];
          };
        };
        readonly container: string;
        readonly env: Readonly<Record<string, string>>;
        readonly steps: readonly Step[];
      }
    >
  >;
}

interface Release {
  readonly on: Readonly<Record<string, unknown>>;
  readonly permissions: Readonly<Record<string, string>>;
  readonly jobs: Readonly<
    Record<
      "check" | "build" | "publish" | "tag" | "files",
      {
        readonly uses?: string;
        readonly needs?: string;
        readonly if?: string;
        readonly environment?: string;
        readonly permissions?: Readonly<Record<string, string>>;
        readonly steps?: readonly Step[];
      }
    >
  >;
}

describe("the workflow on GitHub", () => {
  const workflow = yaml<Workflow>(".github/workflows/ci.yml");
  const job = workflow.jobs["check"];

  it("runs .ci/run on each supported Node.js, and nothing else", () => {
    expect(job?.strategy.matrix.node).toEqual([20, 22, 24, 26]);
    const images = JSON.parse(/fromJSON\('([^']+)'\)/.exec(job?.container ?? "")?.[1] ?? "{}") as Record<
      string,
      string
    >;
    expect(Object.keys(images).map(Number)).toEqual(job?.strategy.matrix.node);
    for (const [node, image] of Object.entries(images)) expect(image).toMatch(new RegExp(`^node:${node}-bookworm@`));
    const commands = job?.steps.flatMap(({ run }) => (run === undefined ? [] : [run])) ?? [];
    expect(commands.at(-1)?.trim()).toBe("bash .ci/run $TASK");
    // All checks everywhere, branch coverage once, and the tests with a node on newer nodes.
    expect(job?.strategy.matrix.task).toEqual([""]);
    expect(job?.strategy.matrix.include).toEqual([
      { node: 24, task: "coverage", bitcoin: "29.3" },
      { node: 24, task: "node", bitcoin: "27.1.knots20240801" },
      { node: 24, task: "node", bitcoin: "30.2" },
      { node: 24, task: "node", bitcoin: "31.0" },
    ]);
    expect(commands).toHaveLength(3);
    expect(commands[0]).toContain("git config");
    expect(commands[1]).toContain("BITCOIND=");
  });

  it("checks other runtimes and the StartOS package every week, by names that the long tests have", () => {
    const runtimes = workflow.jobs["runtimes"];
    const [, names = ""] = /^node scripts\/soak\.mjs (.+)$/.exec(runtimes?.steps.at(-1)?.run?.trim() ?? "") ?? [];
    expect(names.split(" ")).toEqual(["package-runtimes", "tx-parser-runtimes", "startos-package"]);
    for (const name of names.split(" ")) expect(text("scripts/soak.mjs")).toContain(`["${name}", `);
    expect(text(".github/workflows/ci.yml")).toMatch(/^ {2}schedule:\n(?: {4}#.*\n)* {4}- cron: /m);
  });

  it("lets git read the checkout, which another user owns", needs("git", "bash"), () => {
    const home = mkdtempSync(join(tmpdir(), "home-"));
    onTestFinished(() => rmSync(home, { recursive: true }));
    // Git's switch for such a test: every repository counts as another user's.
    const env = {
      PATH: process.env["PATH"],
      HOME: home,
      GIT_CONFIG_NOSYSTEM: "1",
      GIT_TEST_ASSUME_DIFFERENT_OWNER: "1",
    };
    const repository = join(home, "workspace");
    execFileSync("git", ["init", "--quiet", repository], { env: { PATH: env.PATH, HOME: home } });
    const list = () => spawnSync("git", ["ls-files"], { cwd: repository, env, encoding: "utf8" });
    expect(list()).toMatchObject({ status: 128, stderr: expect.stringContaining("dubious ownership") });
    const { run = "" } = job?.steps.find(({ run }) => run !== undefined) ?? {};
    execFileSync("bash", ["-c", run], { cwd: home, env: { ...env, GITHUB_WORKSPACE: repository } });
    expect(list()).toMatchObject({ status: 0, stderr: "" });
  });

  it("starts at the lowest version of the packages and .nvmrc", () => {
    const { engines } = JSON.parse(text("package.json")) as { engines: { node: string } };
    expect(engines.node).toBe(">=20.19");
    expect(text(".nvmrc").trim()).toBe("20.19.0");
  });

  it.each([
    ["29.3", "https://bitcoincore.org/bin/bitcoin-core-29.3"],
    ["27.1.knots20240801", "https://bitcoinknots.org/files/27.x/27.1.knots20240801"],
  ])("accepts only Bitcoin %s with the written checksum", needs("bash", "tar"), (BITCOIN, source) => {
    const folder = mkdtempSync(join(tmpdir(), "node-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const checksums = JSON.parse(/fromJSON\('([^']+)'\)/.exec(job?.env["BITCOIN_SHA256"] ?? "")?.[1] ?? "{}") as Record<
      string,
      string
    >;
    const BITCOIN_SHA256 = checksums[BITCOIN] ?? "";
    for (const { bitcoin } of job?.strategy.matrix.include ?? []) expect(checksums[bitcoin]).toMatch(/^[0-9a-f]{64}$/);
    // Instead of curl: an archive with the right name and layout, as an attacker could serve.
    const archive = join(folder, "archive");
    mkdirSync(join(folder, `bitcoin-${BITCOIN}/bin`), { recursive: true });
    execFileSync("tar", ["-czf", archive, "-C", folder, `bitcoin-${BITCOIN}`]);
    writeFileSync(
      join(folder, "curl"),
      `#!/bin/sh\necho "$2" > "${folder}/asked"\ncp "${archive}" "$(basename "$2")"\n`,
      { mode: 0o755 },
    );
    const { run = "" } = job?.steps.find(({ run }) => run?.includes("BITCOIND=")) ?? {};
    const noted = join(folder, "environment");
    const install = (sha256: string) =>
      spawnSync("bash", ["-c", run], {
        env: {
          PATH: `${folder}:${process.env["PATH"]}`,
          BITCOIN,
          BITCOIN_SHA256: sha256,
          RUNNER_TEMP: folder,
          GITHUB_ENV: noted,
        },
      }).status;
    expect(install(BITCOIN_SHA256)).toBe(1);
    expect(existsSync(noted)).toBe(false);
    expect(install(createHash("sha256").update(readFileSync(archive)).digest("hex"))).toBe(0);
    expect(readFileSync(join(folder, "asked"), "utf8")).toBe(`${source}/bitcoin-${BITCOIN}-x86_64-linux-gnu.tar.gz\n`);
    expect(readFileSync(noted, "utf8")).toBe(`BITCOIND=${folder}/bitcoin-${BITCOIN}/bin/bitcoind\n`);
  });

  it("cancels older checks of a pull request, but no release", () => {
    // A called workflow has the caller's github.workflow, and group names ignore case.
    const group = (caller: string, from: Workflow): string =>
      from.concurrency.group
        .replace(/\$\{\{ github\.workflow \}\}/, caller)
        .replace(/\$\{\{ github\.ref \}\}/, "refs/heads/main")
        .toLowerCase();
    const release = yaml<Workflow>(".github/workflows/release.yml");
    const groups = [group(workflow.name, workflow), group(release.name, workflow), group(release.name, release)];
    expect(new Set(groups).size, groups.join()).toBe(3);
    expect(groups.join()).not.toContain("$");
    expect(workflow.concurrency["cancel-in-progress"]).toMatch(/^\$\{\{ github\.event_name == 'pull_request' \}\}$/);
    expect(release.concurrency["cancel-in-progress"]).toBe(false);
  });

  it("has read-only permission", () => {
    expect(workflow.permissions).toEqual({ contents: "read" });
  });
});

describe("the release on GitHub", () => {
  const { on, permissions, jobs } = yaml<Release>(".github/workflows/release.yml");

  it("is started by hand on main and publishes after all checks only", () => {
    expect(Object.keys(on)).toEqual(["workflow_dispatch"]);
    expect(jobs.check.uses).toBe("./.github/workflows/ci.yml");
    expect(yaml<Release>(".github/workflows/ci.yml").on).toHaveProperty("workflow_call");
    expect(jobs.build).toMatchObject({ needs: "check", if: "github.ref == 'refs/heads/main'" });
    expect(jobs.publish).toMatchObject({ needs: "build", if: "github.ref == 'refs/heads/main'", environment: "npm" });
    expect(jobs.tag.needs).toBe("publish");
  });

  it("builds without rights, and publishes without a checkout or a token", () => {
    expect(permissions).toEqual({ contents: "read" });
    expect(jobs.build.permissions).toBeUndefined();
    expect(jobs.publish.permissions).toEqual({ "id-token": "write" });
    expect(text(".github/workflows/release.yml")).not.toMatch(/secrets\.|_authToken/);
  });

  it("publishes exactly the tarballs of the build, in order", needs("bash"), () => {
    const folder = mkdtempSync(join(tmpdir(), "release-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const { run = "" } = jobs.publish.steps?.at(-1) ?? {};
    const log = join(folder, "published");
    writeFileSync(join(folder, "npm"), `#!/bin/sh\necho "$@" >> ${log}\n`, { mode: 0o755 });
    const sums = ["one", "two"].map((name) => {
      writeFileSync(join(folder, `${name}.tgz`), name);
      return `${createHash("sha256").update(name).digest("hex")}  ${name}.tgz\n`;
    });
    writeFileSync(join(folder, "SHA256SUMS"), sums.join(""));
    writeFileSync(join(folder, "order.txt"), "@u/one@1.0.0 one.tgz\n@u/two@1.0.0 two.tgz\n");
    const env = { PATH: `${folder}:${process.env["PATH"]}` };
    const publish = () => spawnSync("bash", ["-c", run], { cwd: folder, env }).status;
    expect(publish()).toBe(0);
    const flags = "--access public --ignore-scripts";
    expect(readFileSync(log, "utf8")).toBe(`publish ./one.tgz ${flags}\npublish ./two.tgz ${flags}\n`);
    rmSync(log);
    writeFileSync(join(folder, "two.tgz"), "changed");
    expect(publish()).not.toBe(0);
    expect(existsSync(log)).toBe(false);
  });

  it("writes Compose and Umbrel files with the image's digest", needs("bash"), () => {
    const folder = mkdtempSync(join(tmpdir(), "image-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const image = `ghcr.io/owner/utxoracle-live:1.2.3@sha256:${"a".repeat(64)}`;
    execFileSync(process.execPath, [join(root, "deploy/container/pin-image.mjs"), image, folder]);
    const compose = readFileSync(join(folder, "compose.yaml"), "utf8");
    expect(compose).toContain(`    image: ${image}\n`);
    expect(compose).not.toContain("build:");
    const { run = "" } = yaml<Release>(".github/workflows/container.yml").jobs.files.steps?.[1] ?? {};
    const env = {
      ...{ PATH: process.env["PATH"], IMAGE: image, VERSION: "1.2.3", RUNNER_TEMP: folder },
      ...{ GITHUB_SERVER_URL: "https://github.com", GITHUB_REPOSITORY: "owner/name", GITHUB_REPOSITORY_OWNER: "owner" },
    };
    execFileSync("bash", ["-c", run], { cwd: root, env, stdio: "ignore" });
    expect(readFileSync(join(folder, "files/umbrel/docker-compose.yml"), "utf8")).toContain(image);
  });
});

describe("the advisories check on GitHub", () => {
  it("fails if the registry has no advisories", () => {
    expect(text(".github/workflows/ci.yml")).toMatch(/^ +UTXORACLE_ADVISORIES: required$/m);
  });
});

describe("the actions of the workflows", () => {
  it.each(["ci", "release", "container"])("are pinned by commit in %s.yml, with the version", (name) => {
    const uses = [...text(`.github/workflows/${name}.yml`).matchAll(/uses: (.+)$/gm)].map(([, used = ""]) => used);
    const foreign = uses.filter((used) => !used.startsWith("./"));
    expect(foreign.length).toBeGreaterThan(0);
    // A tag can be moved to other code, a commit cannot.
    for (const used of foreign) expect(used).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  });

  it("are updated by Renovate, as are the images that the tests run in", () => {
    const { extends: presets, customManagers } = JSON.parse(text("renovate.json")) as {
      readonly extends: string[];
      readonly customManagers: readonly { readonly managerFilePatterns: string[]; readonly matchStrings: string[] }[];
    };
    expect(presets).toContain("helpers:pinGitHubActionDigests");
    const [pattern = ""] = customManagers[0]?.managerFilePatterns ?? [];
    expect(new RegExp(pattern.slice(1, -1)).test(".github/workflows/ci.yml")).toBe(true);
    const found = text(".github/workflows/ci.yml").matchAll(new RegExp(customManagers[0]?.matchStrings[0] ?? "", "g"));
    expect([...found].map(({ groups }) => groups?.["currentValue"])).toEqual(
      [20, 22, 24, 26].map((node) => `${node}-bookworm`),
    );
  });

  it("do not cache anything in a release", () => {
    const { jobs } = yaml<Release>(".github/workflows/release.yml");
    const setUps = Object.values(jobs)
      .flatMap(({ steps = [] }) => steps)
      .filter(({ uses }) => uses?.startsWith("actions/setup-node@"));
    expect(setUps).toHaveLength(2);
    for (const { with: options } of setUps) expect(options).toMatchObject({ "package-manager-cache": false });
  });
});

describe("the issue templates", () => {
  it.each(["bug", "wrong-price", "idea"])("%s is a form with a required field", (name) => {
    interface Form {
      readonly name: string;
      readonly description: string;
      readonly body: readonly {
        readonly type: string;
        readonly id: string;
        readonly attributes: { readonly label: string };
        readonly validations?: { readonly required: boolean };
      }[];
    }
    const form = yaml<Form>(`.github/ISSUE_TEMPLATE/${name}.yml`);
    expect(form.name && form.description).toBeTruthy();
    expect(form.body.some(({ validations }) => validations?.required === true)).toBe(true);
    for (const { type, id, attributes } of form.body) {
      expect(["textarea", "input"]).toContain(type);
      expect(id).toMatch(/^[a-z]+$/);
      expect(attributes.label).not.toBe("");
    }
  });

  it("CODEOWNERS names no owner yet", () => {
    const owners = text(".github/CODEOWNERS")
      .split("\n")
      .filter((line) => line.trim() !== "" && !line.startsWith("#"));
    expect(owners).toEqual([]);
  });
});
