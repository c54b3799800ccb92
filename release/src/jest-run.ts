import { consumerName, consumerOutputs } from "./consumers.ts";
import type { EmptyProject } from "./empty-project.ts";

const jestPackages = ["jest", "jest-environment-jsdom", "ts-jest", "typescript@5.9"];

/**
 * Runs the compiled consumers in Jest with its default settings, in Node.js and jsdom, and a
 * TypeScript test with `import` by ts-jest.
 *
 * @param project a CommonJS project with the packages and consumers in `built-commonjs`
 * @throws Error with Jest's report if a test fails
 */
export async function runInJest(project: EmptyProject, packageNames: readonly string[]): Promise<void> {
  await project.install("npm", jestPackages);
  const expected = packageNames.map((name) => [consumerName(name), consumerOutputs[name]]);
  project.write(
    "packages.test.js",
    `test.each(${JSON.stringify(expected)})("%s", (name, printed) => {
  const log = jest.spyOn(console, "log").mockImplementation(() => {});
  require("./built-commonjs/" + name + ".js");
  expect(log.mock.calls.map((line) => line.join(" "))).toEqual([printed]);
  log.mockRestore();
});
`,
  );
  project.write(
    "imports.test.ts",
    `declare const test: (name: string, run: () => void) => void;
${packageNames.map((name) => `import * as ${consumerName(name).replace("-", "")} from "${name}";`).join("\n")}
test("imports", () => {
  const modules: readonly object[] = [${packageNames.map((name) => consumerName(name).replace("-", "")).join(", ")}];
  for (const module of modules) if (Object.keys(module).length < 5) throw new Error("exports are missing");
});
`,
  );
  const compilerOptions = {
    module: "CommonJS",
    moduleResolution: "node10",
    target: "ES2022",
    lib: ["ES2022"],
    types: [],
  };
  project.write("tsconfig.json", JSON.stringify({ compilerOptions }));
  await project.succeed("npx", ["--no-install", "jest", "packages"]);
  await project.succeed("npx", ["--no-install", "jest", "packages", "--env=jsdom"]);
  await project.succeed("npx", ["--no-install", "jest", "imports", "--preset=ts-jest"]);
}
