import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { root, yaml } from "./repository.ts";

// The workflow files as an attacker reads them: stolen tokens, moved tags, hostile pull requests,
// and dependencies that run in a job with rights. Each rule names the audit of zizmor that it
// stands for. Audits that ask GitHub (impostor-commit, known-vulnerable-actions, archived-uses,
// ref-version-mismatch) are left to Renovate and to the review of its pull requests.

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly if?: string;
  readonly env?: Readonly<Record<string, unknown>>;
  readonly with?: Readonly<Record<string, unknown>>;
}
interface Image {
  readonly image: string;
  readonly credentials?: unknown;
}
interface Job {
  readonly uses?: string;
  readonly if?: string;
  readonly secrets?: unknown;
  readonly "runs-on"?: unknown;
  readonly "timeout-minutes"?: number;
  readonly permissions?: unknown;
  readonly environment?: string;
  readonly container?: string | Image;
  readonly services?: Readonly<Record<string, string | Image>>;
  readonly env?: Readonly<Record<string, unknown>>;
  readonly steps?: readonly Step[];
}
interface Workflow {
  readonly on: Readonly<Record<string, unknown>>;
  readonly permissions?: unknown;
  readonly concurrency?: unknown;
  readonly env?: Readonly<Record<string, unknown>>;
  readonly jobs: Readonly<Record<string, Job>>;
}

/** Triggers that run with rights on content of strangers. */
const DANGEROUS = /^(pull_request_target|workflow_run|issue_comment|issues|discussion|discussion_comment)$/;
/** Commands that run or download code: of dependencies, of the checkout, or of others. */
const RUNS_CODE =
  /\b(npx|pnpm|yarn|node|turbo|bash|sh|make|pip|curl|wget|apt-get|docker (?:buildx )?(?:build|run))\b|npm (?:ci|install|i|run|exec)\b/;
const PINNED_ACTION = /^[\w-]+\/[\w-]+(?:\/[\w./-]+)?@[0-9a-f]{40}$/;
const PINNED_IMAGE = /@sha256:[0-9a-f]{64}$/;
const UNSAFE_COMMANDS = "ACTIONS_ALLOW_UNSECURE_COMMANDS";

/** Problems of one workflow. */
function problemsOf(workflow: Workflow): string[] {
  const problems: string[] = [];
  const content = JSON.stringify(workflow);
  // dangerous-triggers
  for (const trigger of Object.keys(workflow.on)) if (DANGEROUS.test(trigger)) problems.push(`trigger ${trigger}`);
  // excessive-permissions
  if (JSON.stringify(workflow.permissions) !== '{"contents":"read"}') problems.push("default permissions");
  // secrets-inherit, overprovisioned-secrets, unredacted-secrets, secrets-outside-env: there is no
  // secret to steal.
  if (/\$\{\{[^}]*\bsecrets\b/.test(content)) problems.push("a secret");
  // use-trusted-publishing
  if (/NODE_AUTH_TOKEN|_authToken|npm (?:login|adduser)/.test(content)) problems.push("a token for npm");
  // concurrency-limits; a called workflow has its caller's
  if (workflow.concurrency === undefined && Object.keys(workflow.on).some((trigger) => trigger !== "workflow_call"))
    problems.push("no concurrency");
  // insecure-commands
  if (content.includes(UNSAFE_COMMANDS)) problems.push("old workflow commands");
  for (const [name, job] of Object.entries(workflow.jobs))
    problems.push(...problemsOfJob(job).map((problem) => `${name}: ${problem}`));
  return problems;
}

function problemsOfJob(job: Job): string[] {
  const problems: string[] = [];
  const { permissions = {} } = job;
  const writes = Object.entries(permissions as object).filter(([, level]) => level === "write");
  // excessive-permissions: rights by name only
  if (typeof permissions === "string") problems.push("all permissions at once");
  // secrets-inherit
  if (job.secrets !== undefined) problems.push("passes secrets");
  if (job.uses === undefined) {
    if (job["timeout-minutes"] === undefined) problems.push("no time limit");
    // self-hosted-runner
    if (job["runs-on"] !== "ubuntu-latest") problems.push("another runner");
  } else if (!job.uses.startsWith("./") && !PINNED_ACTION.test(job.uses)) problems.push(`${job.uses} is not pinned`);
  for (const image of [job.container, ...Object.values(job.services ?? {})]) {
    if (image === undefined) continue;
    // hardcoded-container-credentials
    if (typeof image !== "string" && image.credentials !== undefined) problems.push("a password of an image registry");
    // unpinned-images
    for (const one of imagesOf(typeof image === "string" ? image : image.image))
      if (!PINNED_IMAGE.test(one)) problems.push(`image ${one} is not pinned`);
  }
  for (const step of job.steps ?? []) problems.push(...problemsOfStep(step, writes.length > 0));
  // bot-conditions, unsound-contains, unsound-condition
  for (const { if: condition } of [job, ...(job.steps ?? [])])
    if (condition !== undefined && /github\.(?:triggering_)?actor\b|contains\(\s*'|\}\}\s*\n/.test(condition))
      problems.push(`a condition that a stranger can meet: ${condition.trim()}`);
  if (writes.some(([right]) => right === "id-token") && job.uses === undefined && job.environment === undefined)
    problems.push("may identify itself without an approval");
  return problems;
}

/** The images that an expression over JSON may choose from, or the one that is written. */
function imagesOf(image: string): string[] {
  const [, choices] = /^\$\{\{ fromJSON\('([^']+)'\)/.exec(image.trim()) ?? [];
  return choices === undefined ? [image] : Object.values(JSON.parse(choices) as Record<string, string>);
}

function problemsOfStep({ uses, run, with: options = {} }: Step, hasRights: boolean): string[] {
  const problems: string[] = [];
  // unpinned-uses, ref-confusion
  if (uses !== undefined && !PINNED_ACTION.test(uses)) problems.push(`${uses} is not pinned`);
  // artipacked
  if (uses?.startsWith("actions/checkout@") && options["persist-credentials"] !== false)
    problems.push("the checkout keeps its token");
  // cache-poisoning
  if (uses?.startsWith("actions/cache") || (uses?.startsWith("actions/setup-") && cacheIsOn(options)))
    problems.push("a cache that other runs write");
  // template-injection
  if (/\$\{\{/.test(run ?? String(options["script"] ?? ""))) problems.push("an expression in a script");
  // github-env
  if (hasRights && /GITHUB_(?:ENV|PATH)\b/.test(run ?? "")) problems.push("sets variables in a job with rights");
  if (hasRights && uses?.startsWith("actions/checkout@")) problems.push("a checkout in a job with rights");
  if (hasRights && RUNS_CODE.test(run ?? "")) problems.push("runs code in a job with rights");
  return problems;
}

/** Since its version 5, setup-node caches on its own if package.json names a package manager. */
const cacheIsOn = (options: Readonly<Record<string, unknown>>): boolean =>
  options["cache"] !== undefined || options["package-manager-cache"] !== false;

const files = readdirSync(join(root, ".github/workflows"));
const COMMIT = "a".repeat(40);
const expression = (content: string): string => `$\{{ ${content} }}`;

/** A workflow without problems but for a job's. */
const withJob = (job: Job): Workflow => ({
  on: { push: null },
  permissions: { contents: "read" },
  concurrency: "one",
  jobs: { job: { "runs-on": "ubuntu-latest", "timeout-minutes": 5, ...job } },
});
const withStep = (step: Step, permissions: Job["permissions"] = {}): Workflow =>
  withJob({ steps: [step], permissions });

describe("the workflows, to an attacker", () => {
  it.each(files)("%s gives nothing away", (file) => {
    expect(problemsOf(yaml<Workflow>(`.github/workflows/${file}`))).toEqual([]);
  });

  it("are all the workflows: no action of this repository is left out", () => {
    expect(readdirSync(join(root, ".github")).filter((name) => name === "actions")).toEqual([]);
    for (const file of files) expect(file).toMatch(/\.yml$/);
  });

  it.each<[string, string, Workflow]>([
    ["another's event", "trigger pull_request_target", { ...withJob({}), on: { pull_request_target: null } }],
    ["rights for all jobs", "default permissions", { ...withJob({}), permissions: "write-all" }],
    ["no limit of runs", "no concurrency", { on: { push: null }, permissions: { contents: "read" }, jobs: {} }],
    ["a secret", "a secret", withStep({ env: { KEY: expression("secrets.KEY") } })],
    ["all secrets", "a secret", withStep({ env: { ALL: expression("toJSON(secrets)") } })],
    ["passed secrets", "job: passes secrets", withJob({ uses: "./a.yml", secrets: "inherit" })],
    ["npm's token", "a token for npm", withStep({ env: { NODE_AUTH_TOKEN: "x" } })],
    ["old commands", "old workflow commands", withStep({ env: { [UNSAFE_COMMANDS]: true } })],
    ["write-all", "job: all permissions at once", withJob({ permissions: "write-all" })],
    ["no time limit", "job: no time limit", withJob({ "timeout-minutes": undefined as never })],
    ["another machine", "job: another runner", withJob({ "runs-on": ["self-hosted"] })],
    ["a workflow's tag", "job: a/b/c.yml@v1 is not pinned", withJob({ uses: "a/b/c.yml@v1" })],
    ["an action's tag", "job: a/b@v5 is not pinned", withStep({ uses: "a/b@v5" })],
    ["an action as image", "job: docker://a:1 is not pinned", withStep({ uses: "docker://a:1" })],
    ["an image's tag", "job: image node:24 is not pinned", withJob({ container: "node:24" })],
    ["a service's tag", "job: image redis:7 is not pinned", withJob({ services: { redis: { image: "redis:7" } } })],
    [
      "one image of several",
      "job: image node:20 is not pinned",
      withJob({
        container: expression(`fromJSON('{"20":"node:20","22":"node@sha256:${"b".repeat(64)}"}')[matrix.node]`),
      }),
    ],
    [
      "an image's password",
      "job: a password of an image registry",
      withJob({ container: { image: `a@sha256:${"b".repeat(64)}`, credentials: {} } }),
    ],
    ["a kept token", "job: the checkout keeps its token", withStep({ uses: `actions/checkout@${COMMIT}` })],
    ["a cache", "job: a cache that other runs write", withStep({ uses: `actions/cache@${COMMIT}` })],
    ["a hidden cache", "job: a cache that other runs write", withStep({ uses: `actions/setup-node@${COMMIT}` })],
    [
      "a title in a command",
      "job: an expression in a script",
      withStep({ run: `echo ${expression("github.event.pull_request.title")}` }),
    ],
    [
      "a title in an action's script",
      "job: an expression in a script",
      withStep({ uses: `a/b@${COMMIT}`, with: { script: expression("github.head_ref") } }),
    ],
    [
      "a bot's name",
      "job: a condition that a stranger can meet: github.actor == 'renovate[bot]'",
      withJob({ if: "github.actor == 'renovate[bot]'" }),
    ],
    [
      "part of a name",
      "job: a condition that a stranger can meet: contains('refs/heads/main', github.ref)",
      withStep({ if: "contains('refs/heads/main', github.ref)" }),
    ],
    [
      "a condition that is always true",
      `job: a condition that a stranger can meet: ${expression("false")}`,
      withJob({ if: `${expression("false")}\n` }),
    ],
    [
      "variables for later steps",
      "job: sets variables in a job with rights",
      withStep({ run: 'echo "A=$B" >> "$GITHUB_ENV"' }, { contents: "write" }),
    ],
    ["an install", "job: runs code in a job with rights", withStep({ run: "npm install" }, { contents: "write" })],
    ["a download", "job: runs code in a job with rights", withStep({ run: "curl x" }, { contents: "write" })],
    [
      "a checkout with rights",
      "job: a checkout in a job with rights",
      withStep({ uses: `actions/checkout@${COMMIT}`, with: { "persist-credentials": false } }, { packages: "write" }),
    ],
    ["no approval", "job: may identify itself without an approval", withJob({ permissions: { "id-token": "write" } })],
  ])("with %s fail the check", (_, problem, workflow) => {
    expect(problemsOf(workflow)).toEqual([problem]);
  });
});
