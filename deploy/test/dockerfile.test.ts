import { spawnSync } from "node:child_process";
import { needs } from "@utxoracle/testkit";
import { validate } from "dockerfile-utils";
import { describe, expect, it } from "vitest";
import { instructions } from "./docker-instructions.ts";
import { text } from "./repository.ts";

const dockerfile = text("Dockerfile");
const all = instructions(dockerfile);
const lastStage = all.slice(all.findLastIndex(({ name }) => name === "FROM"));
const argumentsOf = (name: string, from = all): string[] =>
  from.filter((instruction) => instruction.name === name).map(({ argument }) => argument);

describe("the Dockerfile", () => {
  it("passes the Dockerfile linter", () => {
    expect(validate(dockerfile)).toEqual([]);
    // Check of the linter itself.
    expect(validate(dockerfile.replace("WORKDIR /program", "WORKDIR program"))).not.toEqual([]);
    expect(validate(dockerfile.replace("USER node", "USER"))).not.toEqual([]);
  });

  it("has commands that pass shellcheck", needs("shellcheck"), () => {
    const commands = argumentsOf("RUN");
    expect(commands.length).toBeGreaterThan(0);
    for (const command of commands) {
      const { status, stdout } = spawnSync("shellcheck", ["--shell=sh", "-"], {
        input: `${command}\n`,
        encoding: "utf8",
      });
      expect(stdout).toBe("");
      expect(status).toBe(0);
    }
  });

  it("builds in one stage and runs in another, with pinned images", () => {
    const images = argumentsOf("FROM").map((argument) => argument.replace(/^--platform=\S+ /, "").split(" ")[0]);
    expect(images).toHaveLength(2);
    expect(new Set(images).size).toBe(1);
    expect(images[0]).toMatch(/^node:\d+-[a-z]+-slim$/);
    // The build stage runs on the builder's architecture: its output fits both.
    expect(argumentsOf("FROM")[0]).toMatch(/^--platform=\$BUILDPLATFORM /);
    expect(argumentsOf("RUN", lastStage)).toEqual([]);
    expect(argumentsOf("COPY", lastStage)).toEqual([
      "--from=build /program ./",
      // An empty folder that the image's user may write to.
      "--from=build --chown=node:node /data /data",
    ]);
  });

  it("installs dependencies before copying the source", () => {
    const source = all.findIndex(({ name, argument }) => name === "COPY" && argument === ". .");
    const before = all.slice(0, source);
    expect(argumentsOf("COPY", before)).toEqual(["package.json pnpm-lock.yaml pnpm-workspace.yaml ./"]);
    expect(argumentsOf("RUN", before).at(-1)).toMatch(/ fetch$/);
    expect(argumentsOf("RUN", all.slice(source))[0]).toMatch(/ install --offline --frozen-lockfile &&/);
  });

  it("runs as a user, with a health check, and receives signals", () => {
    expect(argumentsOf("USER", lastStage)).toEqual(["node"]);
    expect(argumentsOf("HEALTHCHECK", lastStage)[0]).toContain("/health/live");
    expect(JSON.parse(argumentsOf("ENTRYPOINT", lastStage)[0] ?? "")).toEqual([
      "node",
      "--optimize-for-size",
      "/program/dist/main.js",
    ]);
  });
});
