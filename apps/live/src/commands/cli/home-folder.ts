import { homedir } from "node:os";
import { UserError } from "../../config/user-error.ts";

/**
 * Home folder of the current user, which contains the default path of the node's cookie.
 * @throws {UserError} for a user without one, e.g. in a container or a system service.
 */
export function homeFolder(): string {
  try {
    return homedir();
  } catch (error) {
    throw new UserError(
      "no home folder to find the node's cookie in: set --rpc-cookie FILE, or --rpc-user and UTXORACLE_RPC_PASSWORD",
      undefined,
      { cause: error },
    );
  }
}
