import { cpSync } from "node:fs";
import { join } from "node:path";
import { EmptyProject, fencesOf, type PackageRegistry, repositoryRoot } from "@utxoracle/release";

/** The commands of examples/README.md under a heading. */
export function commandsUnder(heading: string): string[] {
  const block = fencesOf("examples/README.md").find(({ name }) => name === heading);
  if (block === undefined) throw new Error(`examples/README.md has no "${heading}"`);
  return block.text.trim().split("\n");
}

/** Copies an example and installs its README's packages from the registry. */
export async function exampleProject(
  registry: PackageRegistry,
  example: string,
  install: string,
): Promise<EmptyProject> {
  const project = new EmptyProject(registry, process.execPath, null);
  cpSync(join(repositoryRoot, "examples", example), project.folder, { recursive: true });
  await project.succeed("sh", ["-c", install]);
  return project;
}

/** Waits for the first matching line of a stream. */
export async function lineOf(stream: NodeJS.ReadableStream | null, fits: RegExp): Promise<string> {
  let text = "";
  for await (const chunk of stream ?? []) {
    text += String(chunk);
    const line = text.split("\n").find((candidate) => fits.test(candidate));
    if (line !== undefined) return line;
  }
  throw new Error(`no line matches ${fits}:\n${text}`);
}
