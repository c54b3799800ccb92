import { describe, expect, it } from "vitest";
import { ExitCode } from "../../src/config/user-error.ts";
import { runToEnd, ServiceProcess } from "./service-process.ts";

/** What a service manager's transient user, or a container's unknown one, sees: no entry in passwd, no HOME. */
const homeless = {
  NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(
    `import os from "node:os"; import { syncBuiltinESMExports } from "node:module";
     os.homedir = () => { throw new Error("uv_os_homedir returned ENOENT"); }; syncBuiltinESMExports();`,
  )}`,
};

describe("a user without a home folder", () => {
  it("runs the service when the cookie's place is named", async () => {
    const service = await ServiceProcess.listening(["--rpc-cookie", "/nonexistent/.cookie"], homeless);
    expect((await service.get("/health/live")).status).toBe(200);
    expect((await service.stop()).exitCode).toBe(ExitCode.done);
  });

  it("is told to name the cookie when it is not", async () => {
    const { exitCode, stderr } = await runToEnd(["--port", "0"], homeless);
    expect(exitCode).toBe(ExitCode.usage);
    expect(stderr).toContain("--rpc-cookie");
  });
});
