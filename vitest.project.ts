import { defineProject, type TestProjectInlineConfiguration } from "vitest/config";

/**
 * Vitest's settings of one package, app or folder of checks. Tests run on sources, without a build.
 */
export function testProject(name: string): TestProjectInlineConfiguration {
  return defineProject({
    resolve: { conditions: ["@utxoracle/source"] },
    ssr: { resolve: { conditions: ["@utxoracle/source"] } },
    test: {
      name,
      include: ["test/**/*.test.ts"],
      // For what hangs: busy machines need several times as long as idle ones.
      testTimeout: 300_000,
      hookTimeout: 300_000,
      // Many tests wait for processes or sockets, so every core gets a file.
      maxWorkers: "100%",
    },
  });
}
