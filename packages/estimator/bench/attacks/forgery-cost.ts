/** Virtual bytes of the cheapest payment: one input, two outputs (P2WPKH). */
const PAYMENT_VBYTES = 141;
/** Fee rates of a quiet, a usual and a busy mempool, sat/vB. */
const FEE_RATES = [1, 10, 50] as const;
const SATS_PER_BTC = 1e8;

/** What forged payments cost when they are mined; the amounts go back to the forger. */
export interface ForgeryCost {
  readonly payments: number;
  readonly sat_per_vbyte: number;
  readonly fees_sats: number;
  readonly fees_usd: number;
}

export function forgeryCosts(payments: number, priceUsd: number): ForgeryCost[] {
  return FEE_RATES.map((rate) => {
    const fees = payments * PAYMENT_VBYTES * rate;
    return { payments, sat_per_vbyte: rate, fees_sats: fees, fees_usd: Math.round((fees / SATS_PER_BTC) * priceUsd) };
  });
}
