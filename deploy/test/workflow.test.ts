import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { needs } from "@utxoracle/testkit";
import { describe, expect, it, onTestFinished } from "vitest";
import { text, yaml } from "./repository.ts";

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
            readonly include: readonly object[];
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
      "check" | "publish" | "tag",
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
    expect(job?.strategy.matrix.node).toEqual([20, 22, 24]);
    expect(job?.container).toContain("matrix.node");
    const commands = job?.steps.flatMap(({ run }) => (run === undefined ? [] : [run])) ?? [];
    expect(commands.at(-1)?.trim()).toMatch(/^bash \.ci\/run \$\{\{ matrix\.task \}\}$/);
    // All checks everywhere, and branch coverage once.
    expect(job?.strategy.matrix.task).toEqual([""]);
    expect(job?.strategy.matrix.include).toEqual([{ node: 24, task: "coverage" }]);
    expect(commands).toHaveLength(3);
    expect(commands[0]).toContain("git config");
    expect(commands[1]).toContain("BITCOIND=");
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

  it("accepts only a Bitcoin node with the written checksum", needs("bash", "tar"), () => {
    const folder = mkdtempSync(join(tmpdir(), "node-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const { BITCOIN_CORE = "", BITCOIN_CORE_SHA256 = "" } = job?.env ?? {};
    expect(BITCOIN_CORE_SHA256).toMatch(/^[0-9a-f]{64}$/);
    // Instead of curl: an archive with the right name and layout, as an attacker could serve.
    const archive = join(folder, "archive");
    mkdirSync(join(folder, `bitcoin-${BITCOIN_CORE}/bin`), { recursive: true });
    execFileSync("tar", ["-czf", archive, "-C", folder, `bitcoin-${BITCOIN_CORE}`]);
    writeFileSync(join(folder, "curl"), `#!/bin/sh\ncp "${archive}" "$(basename "$2")"\n`, { mode: 0o755 });
    const { run = "" } = job?.steps.find(({ run }) => run?.includes("BITCOIND=")) ?? {};
    const noted = join(folder, "environment");
    const install = (sha256: string) =>
      spawnSync("bash", ["-c", run], {
        env: {
          PATH: `${folder}:${process.env["PATH"]}`,
          BITCOIN_CORE,
          BITCOIN_CORE_SHA256: sha256,
          RUNNER_TEMP: folder,
          GITHUB_ENV: noted,
        },
      }).status;
    expect(install(BITCOIN_CORE_SHA256)).toBe(1);
    expect(existsSync(noted)).toBe(false);
    expect(install(createHash("sha256").update(readFileSync(archive)).digest("hex"))).toBe(0);
    expect(readFileSync(noted, "utf8")).toBe(`BITCOIND=${folder}/bitcoin-${BITCOIN_CORE}/bin/bitcoind\n`);
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
    expect(jobs.publish).toMatchObject({ needs: "check", if: "github.ref == 'refs/heads/main'", environment: "npm" });
    expect(jobs.tag.needs).toBe("publish");
  });

  it("gives the publishing job no write permission", () => {
    expect(permissions).toEqual({ contents: "read" });
    expect(jobs.publish.permissions).toEqual({ contents: "read", "id-token": "write" });
    const checkout = jobs.publish.steps?.find(({ uses }) => uses?.startsWith("actions/checkout"));
    expect(checkout?.with).toEqual({ "persist-credentials": false });
  });

  it("publishes to npm's registry without storing the token", needs("bash"), () => {
    const publish = "node scripts/publish.mjs --access public";
    const { run = "" } = jobs.publish.steps?.at(-1) ?? {};
    expect(run).toContain(publish);
    expect(existsSync(fileURLToPath(new URL("../../scripts/publish.mjs", import.meta.url)))).toBe(true);
    const home = mkdtempSync(join(tmpdir(), "release-"));
    onTestFinished(() => rmSync(home, { recursive: true }));
    const setUp = (token: string): string => {
      writeFileSync(join(home, ".npmrc"), "registry=https://npm.example/some/path/\n");
      const env = { PATH: process.env["PATH"], HOME: home, NPM_TOKEN: token };
      execFileSync("bash", ["-c", run.replace(publish, "")], { cwd: home, env, stdio: "ignore" });
      return readFileSync(join(home, ".npmrc"), "utf8");
    };
    expect(setUp("")).not.toContain("_authToken");
    const config = setUp("a-secret");
    expect(config).toContain("//npm.example/some/path/:_authToken=$" + "{NPM_TOKEN}");
    expect(config).not.toContain("a-secret");
  });
});

describe("the advisories check on GitHub", () => {
  it("fails if the registry has no advisories", () => {
    expect(text(".github/workflows/ci.yml")).toMatch(/^ +UTXORACLE_ADVISORIES: required$/m);
  });
});

describe("the actions of the workflows", () => {
  it.each(["ci", "release"])("are pinned by commit in %s.yml, with the version", (name) => {
    const uses = [...text(`.github/workflows/${name}.yml`).matchAll(/uses: (.+)$/gm)].map(([, used = ""]) => used);
    const foreign = uses.filter((used) => !used.startsWith("./"));
    expect(foreign.length).toBeGreaterThan(0);
    // A tag can be moved to other code, a commit cannot.
    for (const used of foreign) expect(used).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  });

  it("are updated by Renovate", () => {
    const { extends: presets } = JSON.parse(text("renovate.json")) as { extends: string[] };
    expect(presets).toContain("helpers:pinGitHubActionDigests");
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
