import { homedir } from "node:os";
import { UserError } from "../../config/user-error.ts";

/**
 * The home folder of whoever runs the program, under which a node's cookie usually is.
 * @throws {UserError} for a user without one, as a service manager or a container makes them.
 */
export function homeFolder(): string {
  try {
    return homedir();
  } catch (error) {
    throw new UserError(
      "this user has no home folder to look for the node's cookie in: name the file with --rpc-cookie, or set --rpc-user",
      undefined,
      { cause: error },
    );
  }
}
