import { defineProject, type TestProjectInlineConfiguration } from "vitest/config";

/** Vitest's settings of one package, app or folder of checks: tests run on sources, so that they need no build. */
export function testProject(name: string, { timeoutMs = 120_000 } = {}): TestProjectInlineConfiguration {
  return defineProject({
    resolve: { conditions: ["@utxoracle/source"] },
    ssr: { resolve: { conditions: ["@utxoracle/source"] } },
    test: {
      name,
      include: ["test/**/*.test.ts"],
      testTimeout: timeoutMs,
      hookTimeout: timeoutMs,
      // Many tests wait for a process or a socket: every core has a file.
      maxWorkers: "100%",
    },
  });
}
