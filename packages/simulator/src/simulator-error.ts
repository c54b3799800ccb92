/** The codes of {@link SimulatorError}; the package's README explains each. */
export type SimulatorErrorCode = "bad_option" | "cannot_listen" | "stopped";

/** Every code that a {@link SimulatorError} can carry. */
export const SIMULATOR_ERROR_CODES: readonly SimulatorErrorCode[] = ["bad_option", "cannot_listen", "stopped"];

/** An error of the simulator. The message names the option or address and the remedy. */
export class SimulatorError extends Error {
  override readonly name = "SimulatorError";
  readonly code: SimulatorErrorCode;

  constructor(code: SimulatorErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}
