import type * as jetstreamPackage from "@nats-io/jetstream";
import type * as kvPackage from "@nats-io/kv";
import type * as transportPackage from "@nats-io/transport-node";
import { UserError } from "../../config/user-error.ts";
import { optionalPackages } from "../../program-manifest.ts";

/** The client of NATS, in its three packages. */
export interface NatsPackages {
  readonly transport: typeof transportPackage;
  readonly jetstream: typeof jetstreamPackage;
  readonly kv: typeof kvPackage;
}

/**
 * Loads the client of NATS. Nobody but who uses the bus needs it, so it is an optional dependency that may be missing.
 * @param load replaces `import`, for tests.
 * @throws {UserError} that says what to install.
 */
export async function loadNatsPackages(load: () => Promise<NatsPackages> = importPackages): Promise<NatsPackages> {
  try {
    return await load();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "ERR_MODULE_NOT_FOUND" && code !== "MODULE_NOT_FOUND") throw error;
    const remedy = `npm install ${optionalPackages().join(" ")}`;
    throw new UserError(
      `--bus needs the client of NATS, an optional dependency that was left out: ${remedy} (with -g where utxoracle-live is installed so)`,
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
