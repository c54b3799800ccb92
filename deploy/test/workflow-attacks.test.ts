import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { root, text, yaml } from "./repository.ts";

// The workflow files as an attacker reads them: stolen tokens, moved tags, hostile pull requests,
// and dependencies that run in a job with rights.

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}
interface Job {
  readonly uses?: string;
  readonly if?: string;
  readonly "timeout-minutes"?: number;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly environment?: string;
  readonly steps?: readonly Step[];
}
interface Workflow {
  readonly on: Readonly<Record<string, unknown>>;
  readonly permissions?: unknown;
  readonly jobs: Readonly<Record<string, Job>>;
}

/** Triggers that run with rights on content of strangers. */
const DANGEROUS = /^(pull_request_target|workflow_run|issue_comment|issues|discussion|discussion_comment)$/;
/** Commands that run code of dependencies or of the checkout. */
const RUNS_CODE = /\b(npx|pnpm|yarn|node|turbo|bash|sh|make|docker build)\b|npm (?:ci|install|i|run|exec)\b/;

/** Problems of one workflow file. */
function problemsOf(content: string, workflow: Workflow): string[] {
  const problems: string[] = [];
  for (const trigger of Object.keys(workflow.on)) if (DANGEROUS.test(trigger)) problems.push(`trigger ${trigger}`);
  if (JSON.stringify(workflow.permissions) !== '{"contents":"read"}') problems.push("default permissions");
  if (/\$\{\{\s*secrets\./.test(content)) problems.push("a secret");
  for (const [name, job] of Object.entries(workflow.jobs)) {
    const steps = job.steps ?? [];
    const writes = Object.entries(job.permissions ?? {}).filter(([, level]) => level === "write");
    if (job.uses === undefined && job["timeout-minutes"] === undefined) problems.push(`${name}: no time limit`);
    for (const { uses, run, with: options } of steps) {
      if (uses !== undefined && !/^[\w-]+\/[\w-]+@[0-9a-f]{40}$/.test(uses))
        problems.push(`${name}: ${uses} is not pinned`);
      if (uses?.startsWith("actions/checkout@") && options?.["persist-credentials"] !== false)
        problems.push(`${name}: the checkout keeps its token`);
      if (run !== undefined && /\$\{\{/.test(run)) problems.push(`${name}: an expression in a script`);
      if (writes.length === 0) continue;
      if (uses?.startsWith("actions/checkout@")) problems.push(`${name}: a checkout in a job with rights`);
      if (run !== undefined && RUNS_CODE.test(run)) problems.push(`${name}: runs code in a job with rights`);
    }
    if (writes.some(([right]) => right === "id-token") && job.uses === undefined && job.environment === undefined)
      problems.push(`${name}: may identify itself without an approval`);
  }
  return problems;
}

const files = readdirSync(join(root, ".github/workflows"));

describe("the workflows, to an attacker", () => {
  it.each(files)("%s gives nothing away", (file) => {
    const path = `.github/workflows/${file}`;
    expect(problemsOf(text(path), yaml<Workflow>(path))).toEqual([]);
  });

  it("are checked by rules that find each fault", () => {
    const hostile: Workflow = {
      on: { pull_request_target: null },
      jobs: {
        job: {
          permissions: { "id-token": "write" },
          steps: [
            { uses: "actions/checkout@v5" },
            { uses: `actions/checkout@${"a".repeat(40)}` },
            { run: "npm install && echo $" + "{{ github.event.pull_request.title }}" },
          ],
        },
      },
    };
    expect(problemsOf("x: $" + "{{ secrets.NPM_TOKEN }}", hostile)).toEqual([
      "trigger pull_request_target",
      "default permissions",
      "a secret",
      "job: no time limit",
      "job: actions/checkout@v5 is not pinned",
      "job: the checkout keeps its token",
      "job: a checkout in a job with rights",
      "job: the checkout keeps its token",
      "job: a checkout in a job with rights",
      "job: an expression in a script",
      "job: runs code in a job with rights",
      "job: may identify itself without an approval",
    ]);
  });
});
