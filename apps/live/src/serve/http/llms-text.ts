import { encodedResponse, type RouteHandler } from "@utxoracle/stream-server";
import type { Route } from "./route.ts";

/**
 * `/llms.txt` (https://llmstxt.org): a summary of the service, and one line for each public path.
 */
export function llmsText(routes: readonly Route[]): RouteHandler {
  const paths = routes
    .filter(({ access }) => access === "public")
    .map(({ path, summary }) => `- [${path}](${path}): ${summary}`);
  const body = `# UTXOracle Live

> The price of bitcoin in US dollars, estimated from the payments that a Bitcoin node sees. No exchange data.

Use only a price with status "ok" without a warning. The paths in formats of other services return 503 for all other
statuses. Prices are in US dollars per bitcoin, times in Unix seconds.

## API

${paths.join("\n")}
`;
  const answer = encodedResponse({ contentType: "text/plain; charset=utf-8", body });
  return () => answer;
}
