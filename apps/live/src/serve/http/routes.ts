import { errorAnswer, jsonAnswer, type Routes, withRetryAfter } from "@utxoracle/stream-server";
import type { PriceBoard } from "../../state/price-board.ts";
import { btcpayRoutes } from "./btcpay-routes.ts";
import { confirmedAnswer } from "./confirmed-answer.ts";
import { documentRoutes } from "./document-routes.ts";
import { mempoolSpaceRoutes } from "./mempool-space-routes.ts";
import { noPriceAnswer, noPriceText, RETRY_AFTER_SECONDS } from "./no-price.ts";
import { firmPrice, firmPriceHeaders, priceAnswer, withOrigin } from "./shown-price.ts";
import { umbrelWidget } from "./umbrel-widget.ts";

/** What the routes need besides the board. */
export interface HttpRoutesOptions {
  readonly board: PriceBoard;
  /** The service's version, for the documents. */
  readonly version: string;
}

/** The HTTP paths of docs/contracts.md that any page may read: all but the page, the stream and the operator's. */
export function createHttpRoutes({ board, version }: HttpRoutesOptions): Routes {
  return {
    "/api/v1/price": () => {
      const answer = priceAnswer(board);
      return answer === null ? noPriceAnswer("warming_up") : jsonAnswer(answer);
    },
    "/api/v1/confirmed": () => withOrigin(board, jsonAnswer(confirmedAnswer(board))),
    "/api/v1/evidence": () => {
      const evidence = board.evidence();
      return evidence === null
        ? withRetryAfter(errorAnswer(503, "no_evidence", "there is no evidence yet"), RETRY_AFTER_SECONDS)
        : withOrigin(board, jsonAnswer(evidence));
    },
    "/price.txt": () => {
      const firm = firmPrice(board);
      if ("missing" in firm) return noPriceText(firm.missing);
      const body = `${firm.price.toFixed(2)}\n`;
      return { contentType: "text/plain; charset=utf-8", body, headers: firmPriceHeaders(firm) };
    },
    "/api/v1/umbrel-widget": () => jsonAnswer(umbrelWidget(board)),
    ...mempoolSpaceRoutes(board),
    ...btcpayRoutes(board),
    ...documentRoutes(version),
  };
}
