import { Type } from "@sinclair/typebox";

/** Transaction id as people write it: 64 lower-case hex digits, byte order reversed against the hash. */
export const Txid = Type.String({ pattern: "^[0-9a-f]{64}$", description: "Transaction id, 64 lower-case hex digits" });

/** Time on the wire. */
export const UnixSeconds = Type.Number({ minimum: 0, description: "Unix time in seconds, fractions allowed" });

/** A dollar price of one bitcoin. */
export const UsdPerBtc = Type.Number({ exclusiveMinimum: 0, description: "US dollars per bitcoin" });

/** An output amount of a payment, in (1e-5, 1e5) BTC, both strict: the payment filter lets no other through. */
export const AmountBtc = Type.Number({ exclusiveMinimum: 1e-5, exclusiveMaximum: 1e5, description: "Amount in BTC" });

export const Count = Type.Integer({ minimum: 0, description: "A count" });

export const Share = Type.Number({ minimum: 0, maximum: 1, description: "A share of one" });
