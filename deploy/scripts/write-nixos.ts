// Writes deploy/nixos/flags.json (the service's settings) and unit.json (the systemd unit), which
// the NixOS module reads, so that flags and sandbox are described once.
//
//   pnpm deploy:nixos
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { nixosFlags, unitSettings } from "../nixos/description.ts";

for (const [name, content] of [
  ["flags", nixosFlags()],
  ["unit", unitSettings()],
] as const)
  writeFileSync(
    fileURLToPath(new URL(`../nixos/${name}.json`, import.meta.url)),
    `${JSON.stringify(content, null, 2)}\n`,
  );
