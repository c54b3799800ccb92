import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { cpSync } from "node:fs";
import { join } from "node:path";
import { EmptyProject } from "./empty-project.ts";
import type { PackageRegistry } from "./package-registry.ts";
import { repositoryRoot } from "./published-packages.ts";

/** What `npm start` prints in each folder of `examples/`. */
export const exampleStarts: Readonly<Record<string, RegExp>> = {
  "chart-page": /Local: +(http:\/\/\S+)/,
  "decoder-page": /Local: +(http:\/\/\S+)/,
  "embedded-price": /^http:\/\/127\.0\.0\.1:8080/m,
  "price-from-csv": /^status +ok/m,
  "price-webhook": /^usage: node webhook\.mjs/m,
};

/**
 * Starts a copy of an example as StackBlitz does, with `npm install` and `npm start`. Requests the
 * scripts of a page that it serves.
 *
 * @throws Error with the output if it ends without the expected line
 */
export async function startExample(registry: PackageRegistry, example: string, node: string): Promise<void> {
  const expected = exampleStarts[example] as RegExp;
  const project = new EmptyProject(registry, node, null);
  let program: ChildProcess | undefined;
  try {
    cpSync(join(repositoryRoot, "examples", example), project.folder, { recursive: true });
    await project.succeed("npm", ["install"]);
    program = project.start("npm", ["start"], { NO_COLOR: "1" }, true);
    let printed = "";
    const found = new Promise<RegExpExecArray>((resolve, reject) => {
      const take = (data: unknown): void => {
        printed += String(data);
        const match = expected.exec(printed);
        if (match !== null) resolve(match);
      };
      program?.stdout?.on("data", take);
      program?.stderr?.on("data", take);
      program?.once("close", () => reject(new Error(`npm start ended:\n${printed}`)));
    });
    const [, address] = await found;
    if (address !== undefined) await requestScripts(address);
  } finally {
    if (program?.pid !== undefined && program.exitCode === null && program.signalCode === null) {
      const closed = once(program, "close");
      // The whole group: npm does not pass the signal on.
      process.kill(-program.pid, "SIGKILL");
      await closed;
    }
    project.remove();
  }
}

/** Requests a page's scripts, their worker, and the packages that these import. */
async function requestScripts(address: string): Promise<void> {
  const pending = linksIn(await textOf(address), /<script type="module" src="([^"]+)"/g);
  let packages = 0;
  for (const path of pending) {
    const script = await textOf(new URL(path, address).href);
    if (path.startsWith("/node_modules/")) packages += 1;
    else pending.push(...linksIn(script, /(?:from|new URL\((?:\/\* @vite-ignore \*\/)?) *"(\/[^"]+)"/g));
  }
  if (packages === 0) throw new Error(`no script of ${address} imports a package: ${pending}`);
}

function linksIn(text: string, pattern: RegExp): string[] {
  return Array.from(text.matchAll(pattern), ([, link]) => String(link));
}

async function textOf(url: string): Promise<string> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url}: ${response.status}`);
  return response.text();
}
