/** Prices of the operator's file over one span of time. All in US dollars per bitcoin. */
export interface PriceRow {
  /** Start and end of the span, Unix seconds; equal for a price of one moment. */
  readonly from: number;
  readonly to: number;
  readonly high: number;
  readonly low: number;
  /** The price at the end of the span. */
  readonly close: number;
}
