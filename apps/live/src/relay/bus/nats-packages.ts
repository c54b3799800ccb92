import type * as jetstreamPackage from "@nats-io/jetstream";
import type * as kvPackage from "@nats-io/kv";
import type * as transportPackage from "@nats-io/transport-node";
import { UserError } from "../../config/user-error.ts";
import { optionalPackages } from "../../program-manifest.ts";

/** The three packages of the NATS client. */
export interface NatsPackages {
  readonly transport: typeof transportPackage;
  readonly jetstream: typeof jetstreamPackage;
  readonly kv: typeof kvPackage;
}

/**
 * Loads the NATS client, an optional dependency that only `--bus` needs.
 * @param load replaces `import` in tests.
 * @throws {UserError} with the command that installs it.
 */
export async function loadNatsPackages(load: () => Promise<NatsPackages> = importPackages): Promise<NatsPackages> {
  try {
    return await load();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "ERR_MODULE_NOT_FOUND" && code !== "MODULE_NOT_FOUND") throw error;
    const remedy = `npm install ${optionalPackages("@nats-io/").join(" ")}`;
    throw new UserError(
      `--bus needs the NATS client, an optional dependency that is not installed: ${remedy} (add -g for a global install)`,
      undefined,
      { cause: error },
    );
  }
}

async function importPackages(): Promise<NatsPackages> {
  const [transport, jetstream, kv] = await Promise.all([
    import("@nats-io/transport-node"),
    import("@nats-io/jetstream"),
    import("@nats-io/kv"),
  ]);
  return { transport, jetstream, kv };
}
