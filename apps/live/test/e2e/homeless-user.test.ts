import { describe, expect, it } from "vitest";
import { ExitCode } from "../../src/config/user-error.ts";
import { runToEnd, ServiceProcess } from "./service-process.ts";

/**
 * Environment of a user without passwd entry and HOME, e.g. of a transient service or a container.
 */
const homeless = {
  NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(
    `import os from "node:os"; import { syncBuiltinESMExports } from "node:module";
     os.homedir = () => { throw new Error("uv_os_homedir returned ENOENT"); }; syncBuiltinESMExports();`,
  )}`,
};

describe("a user without a home folder", () => {
  it("runs the service with --rpc-cookie", async () => {
    const service = await ServiceProcess.listening(["--rpc-cookie", "/nonexistent/.cookie"], homeless);
    expect((await service.get("/health/live")).status).toBe(200);
    expect((await service.stop()).exitCode).toBe(ExitCode.done);
  });

  it("gets an error that names --rpc-cookie without it", async () => {
    const { exitCode, stderr } = await runToEnd(["--port", "0"], homeless);
    expect(exitCode).toBe(ExitCode.usage);
    expect(stderr).toContain("--rpc-cookie");
  });
});
