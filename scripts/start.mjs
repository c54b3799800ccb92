// `npm start`: installs and builds what is missing, then runs the demo with the service's flags in
// this process, so that Ctrl-C reaches it.
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { ensureBuilt, ensureInstalled, requireNode, root } from "./workspace.mjs";

requireNode();
ensureInstalled();
ensureBuilt();
const program = join(root, "apps", "live", "dist", "main.js");
process.argv = [process.argv[0], program, "demo", ...process.argv.slice(2)];
await import(pathToFileURL(program).href);
