import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { installedProgram, needs } from "@utxoracle/testkit";
import { describe, expect, it } from "vitest";
import { nixosFlags, unitSettings } from "../nixos/description.ts";
import { root, text } from "./repository.ts";

const COMMAND = "pnpm deploy:nixos";

describe("the NixOS module", () => {
  it.each([
    ["flags", nixosFlags()],
    ["unit", unitSettings()],
  ] as const)("has the current %s.json", (name, content) => {
    expect(JSON.parse(text(`deploy/nixos/${name}.json`)), COMMAND).toEqual(content);
  });

  it("offers the service's flags, and no password", () => {
    expect(Object.keys(nixosFlags())).toEqual(expect.arrayContaining(["rpc-cookie", "zmq-rawtx", "port", "data-dir"]));
    expect(Object.keys(nixosFlags()).filter((name) => /password|token/.test(name))).toEqual([]);
  });

  it("evaluates to a sandboxed unit with a settings file", needs("nix-instantiate"), () => {
    const { status, stdout, stderr } = spawnSync(
      installedProgram("nix-instantiate"),
      ["--eval", "--strict", "--json", "--store", "dummy://", join(root, "deploy/nixos/try.nix")],
      { encoding: "utf8" },
    );
    expect(status, stderr).toBe(0);
    const { serviceConfig, settings } = JSON.parse(stdout) as {
      serviceConfig: Record<string, unknown>;
      settings: Record<string, string>;
    };
    expect(serviceConfig).toMatchObject({
      ExecStart: '/nodejs/bin/node --optimize-for-size /opt/main.js --config /store/utxoracle-live.json?{"port":8123}',
      EnvironmentFile: "/run/secret",
      SupplementaryGroups: "node",
      ProtectSystem: "strict",
      DynamicUser: "yes",
    });
    expect(settings).toMatchObject({ port: "null or number", "rpc-url": "null or str", "trust-proxy": "null or bool" });
  });
});
