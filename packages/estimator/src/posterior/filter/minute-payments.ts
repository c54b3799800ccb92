import { AmountCounts } from "./amount-counts.ts";
import { TwinOutputs } from "./twin-outputs.ts";

/** The payments of one minute. */
export class MinutePayments {
  /** Distinct amounts. */
  readonly amounts: AmountCounts = new AmountCounts();
  readonly twins: TwinOutputs = new TwinOutputs();
}
