/** Compiled by the type check: the package's own contracts equal those of `@utxoracle/models`. */
import type * as models from "@utxoracle/models";
import type { SeenTxids } from "@utxoracle/tx-parser";
import type * as estimator from "../src/index.ts";

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
type Flat<T> = T extends object ? { [K in keyof T]: Flat<T[K]> } : T;
type Same<A, B> = Equal<Flat<A>, Flat<B>>;

function holds<_ extends true>(): void {}

holds<Same<estimator.ProcessedTransaction, models.ProcessedTransaction>>();
holds<Same<estimator.PriceEstimate, models.PriceEstimate>>();
holds<Same<estimator.PriceInterval, models.PriceInterval>>();
holds<Same<estimator.ReferenceEstimate, models.ReferenceEstimate>>();
holds<Same<estimator.PricePoint, models.PricePoint>>();
holds<Same<estimator.RoundAmountEvidence, models.EvidenceResponse["evidence"][number]>>();
holds<Equal<estimator.Engine, models.Engine>>();
holds<Equal<estimator.EngineStatus, models.EngineStatus>>();
holds<estimator.ProcessedTransaction extends estimator.WindowTransaction ? true : false>();
holds<estimator.WindowTxids extends SeenTxids ? true : false>();
