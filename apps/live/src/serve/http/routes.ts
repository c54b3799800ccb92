import { errorAnswer, jsonAnswer, type Routes, withRetryAfter } from "@utxoracle/stream-server";
import type { ServiceState } from "../../state/service-state.ts";
import { btcpayRoutes } from "./btcpay-routes.ts";
import { confirmedAnswer } from "./confirmed-answer.ts";
import { documentRoutes } from "./document-routes.ts";
import { mempoolSpaceRoutes } from "./mempool-space-routes.ts";
import { noPriceAnswer, noPriceText, RETRY_AFTER_SECONDS } from "./no-price.ts";
import { firmPrice, firmPriceHeaders, priceAnswer, withOrigin } from "./shown-price.ts";
import { umbrelWidget } from "./umbrel-widget.ts";

/** What the routes need besides the state. */
export interface HttpRoutesOptions {
  readonly state: ServiceState;
  /** The service's version, for the documents. */
  readonly version: string;
}

/** The HTTP paths of docs/contracts.md that any page may read: all but the page, the stream and the operator's. */
export function createHttpRoutes({ state, version }: HttpRoutesOptions): Routes {
  return {
    "/api/v1/price": () => {
      const answer = priceAnswer(state);
      return answer === null ? noPriceAnswer("warming_up") : jsonAnswer(answer);
    },
    "/api/v1/confirmed": () => withOrigin(state, jsonAnswer(confirmedAnswer(state))),
    "/api/v1/evidence": () => {
      const evidence = state.evidence();
      return evidence === null
        ? withRetryAfter(errorAnswer(503, "no_evidence", "there is no evidence yet"), RETRY_AFTER_SECONDS)
        : withOrigin(state, jsonAnswer(evidence));
    },
    "/price.txt": () => {
      const firm = firmPrice(state);
      if ("missing" in firm) return noPriceText(firm.missing);
      const body = `${firm.price.toFixed(2)}\n`;
      return { contentType: "text/plain; charset=utf-8", body, headers: firmPriceHeaders(firm) };
    },
    "/api/v1/umbrel-widget": () => jsonAnswer(umbrelWidget(state)),
    ...mempoolSpaceRoutes(state),
    ...btcpayRoutes(state),
    ...documentRoutes(version),
  };
}
