import { type Fence, fileOf } from "./document.ts";
import type { EmptyProject } from "./empty-project.ts";
import { type OutputFreedom, outputDeviation } from "./same-output.ts";

/** The parts of a document that depend on the user's machine. */
export interface ReaderSurroundings extends OutputFreedom {
  /** Texts of the document, such as a node's address, and their replacements. */
  readonly replaced?: Readonly<Record<string, string>>;
  /** Long-running commands and what happens meanwhile. They get Ctrl-C afterwards. */
  readonly whileRunning?: Readonly<Record<string, (printed: AsyncIterator<string>) => Promise<void>>>;
}

/**
 * Follows a document's code blocks in an empty project: saves files, runs commands, and compares
 * their output with the document.
 *
 * @returns the names of the blocks
 * @throws Error that names the block whose command fails or prints something else
 */
export async function followDocument(
  project: EmptyProject,
  fences: readonly Fence[],
  { replaced = {}, whileRunning = {}, ...freedom }: ReaderSurroundings = {},
): Promise<string[]> {
  const followed: string[] = [];
  const inReadersPlace = (text: string): string =>
    Object.entries(replaced).reduce((result, [shown, own]) => result.replaceAll(shown, own), text);
  let printed: string | null = null;
  for (const fence of fences) {
    const file = fileOf(fence);
    if (file !== null) project.write(file, inReadersPlace(fence.text));
    else if (fence.language === "sh") {
      printed = "";
      for (const command of fence.text.trim().split("\n")) {
        const event = whileRunning[command];
        printed +=
          event === undefined
            ? await project.succeed("sh", ["-c", inReadersPlace(command)])
            : await runUntil(project, inReadersPlace(command), event);
      }
    } else if (fence.language === "text" && printed !== null) {
      const deviation = outputDeviation(fence.text, printed, freedom);
      if (deviation !== null) throw new Error(`${fence.name}: ${deviation}`);
      printed = null;
    } else continue;
    followed.push(fence.name);
  }
  return followed;
}

/** Runs a command during `happens`, then sends Ctrl-C. @returns its output */
async function runUntil(
  project: EmptyProject,
  command: string,
  happens: (printed: AsyncIterator<string>) => Promise<void>,
): Promise<string> {
  const child = project.start("sh", ["-c", `exec ${command}`]);
  let out = "";
  let errors = "";
  child.stdout?.setEncoding("utf8").on("data", (text: string) => {
    out += text;
  });
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    errors += text;
  });
  const closed = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const chunks = (async function* () {
    let given = 0;
    for (;;) {
      if (out.length > given) {
        const chunk = out.slice(given);
        given = out.length;
        yield chunk;
      } else {
        const more = new Promise<boolean>((resolve) => child.stdout?.once("data", () => resolve(true)));
        if (!(await Promise.race([more, closed.then(() => false)]))) return;
      }
    }
  })();
  try {
    await happens(chunks);
  } catch (error) {
    child.kill("SIGKILL");
    throw new Error(`${command}: ${error}\n${out}${errors}`, { cause: error });
  }
  child.kill("SIGINT");
  await closed;
  return out;
}
