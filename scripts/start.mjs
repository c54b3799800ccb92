// `npm start`, `npm run live` and `npm run doctor`: installs and builds what is missing, then runs
// the demo, the service or the check of the node in this process, so that Ctrl-C reaches it.
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { ensureBuilt, ensureInstalled, requireNode, root } from "./workspace.mjs";

const [command, ...words] = process.argv.slice(2);
const commands = { demo: ["demo"], live: [], doctor: ["doctor"] };
if (!Object.hasOwn(commands, command ?? "")) {
  console.error("usage: node scripts/start.mjs demo|live|doctor [FLAGS]");
  process.exit(2);
}
requireNode();
ensureInstalled();
ensureBuilt();
const program = join(root, "apps", "live", "dist", "main.js");
process.argv = [process.argv[0], program, ...commands[command], ...words];
await import(pathToFileURL(program).href);
