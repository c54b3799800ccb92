import type { HealthAnswer } from "@utxoracle/models";
import { errorAnswer, jsonAnswer, type Routes } from "@utxoracle/stream-server";
import { btcpayRoutes } from "./btcpay-routes.ts";
import { confirmedAnswer } from "./confirmed-answer.ts";
import { documentRoutes } from "./document-routes.ts";
import { mempoolSpaceRoutes } from "./mempool-space-routes.ts";
import { noPriceAnswer, noPriceText } from "./no-price.ts";
import type { PriceBoard } from "./price-board.ts";
import { firmPrice, firmPriceHeaders, priceAnswer, withOrigin } from "./shown-price.ts";
import { umbrelWidget } from "./umbrel-widget.ts";

/** What the routes need besides the board. */
export interface HttpRoutesOptions {
  readonly board: PriceBoard;
  /** What `/metrics` answers to an `Accept` header. */
  readonly metrics: { scrape(accept?: string): Promise<{ readonly contentType: string; readonly body: string }> };
  /** The service's version, for the documents. */
  readonly version: string;
}

/** All HTTP paths of docs/contracts.md but the page and the stream. */
export function createHttpRoutes({ board, metrics, version }: HttpRoutesOptions): Routes {
  return {
    "/api/v1/price": () => {
      const answer = priceAnswer(board);
      return answer === null ? noPriceAnswer("warming_up") : jsonAnswer(answer);
    },
    "/api/v1/confirmed": () => withOrigin(board, jsonAnswer(confirmedAnswer(board))),
    "/api/v1/evidence": () => {
      const evidence = board.evidence();
      return evidence === null
        ? errorAnswer(503, "no_evidence", "there is no evidence yet")
        : withOrigin(board, jsonAnswer(evidence));
    },
    "/price.txt": () => {
      const firm = firmPrice(board);
      if ("missing" in firm) return noPriceText(firm.missing);
      const body = `${firm.price.toFixed(2)}\n`;
      return { contentType: "text/plain; charset=utf-8", body, headers: firmPriceHeaders(firm) };
    },
    // That it answers at all is the sign of life.
    "/health/live": () => jsonAnswer({ ok: true, reasons: [] } satisfies HealthAnswer),
    "/health/ready": () => {
      const reasons = [...board.readinessReasons()];
      const ok = reasons.length === 0;
      const analyser = board.analyser?.() ?? null;
      const answer: HealthAnswer = {
        ok,
        reasons,
        notices: [...board.notices()],
        ...(analyser !== null && { analyser }),
      };
      return jsonAnswer(answer, ok ? 200 : 503);
    },
    "/metrics": async ({ headers }) => ({ ...(await metrics.scrape(headers.accept)), headers: { Vary: "Accept" } }),
    "/api/v1/umbrel-widget": () => jsonAnswer(umbrelWidget(board)),
    ...mempoolSpaceRoutes(board),
    ...btcpayRoutes(board),
    ...documentRoutes(version),
  };
}
