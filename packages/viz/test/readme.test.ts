import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { describe, expect, it } from "vitest";
import { WebSocketServer } from "ws";
import { mempoolUpdate } from "./sample-messages.ts";

const packageFolder = join(import.meta.dirname, "..");
const read = (name: string): string => readFileSync(join(packageFolder, name), "utf8");
const readme = read("README.md");

describe("the README", () => {
  it.each(["chart-page", "history-chart", "price-in-terminal"])("contains the example %s unchanged", (name) => {
    expect(readme).toContain(`\`\`\`ts\n${read(`examples/${name}.ts`)}\`\`\``);
  });

  it("shows the output of the terminal example", async () => {
    const server = new WebSocketServer({ host: "127.0.0.1", port: 0 });
    await new Promise((resolve) => server.once("listening", resolve));
    server.on("connection", (socket) => {
      socket.send(JSON.stringify(mempoolUpdate({ snapshot: true, seq: 1 })));
      socket.send(JSON.stringify(mempoolUpdate({ seq: 2, price: 113_604.2 })));
    });
    const tsx = createRequire(join(packageFolder, "../../package.json")).resolve("tsx");
    const child = spawn(
      process.execPath,
      [
        "--conditions=@utxoracle/source",
        "--import",
        tsx,
        "examples/price-in-terminal.ts",
        `ws://127.0.0.1:${(server.address() as { port: number }).port}/`,
      ],
      { cwd: packageFolder, stdio: ["ignore", "pipe", "inherit"] },
    );
    try {
      const lines: string[] = [];
      for await (const line of createInterface({ input: child.stdout })) if (lines.push(line) === 2) break;
      expect(readme).toContain(`\`\`\`text\n${lines.join("\n")}\n\`\`\``);
    } finally {
      child.kill();
      for (const socket of server.clients) socket.terminate();
      server.close();
    }
  });
});
