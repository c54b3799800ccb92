import { encodedAnswer, type RouteHandler } from "@utxoracle/stream-server";
import type { Route } from "./route.ts";

/** `/llms.txt` (https://llmstxt.org): what the service is, and one line for each public path. */
export function llmsText(routes: readonly Route[]): RouteHandler {
  const paths = routes
    .filter(({ access }) => access === "public")
    .map(({ path, summary }) => `- [${path}](${path}): ${summary}`);
  const body = `# UTXOracle Live

> The price of bitcoin in US dollars, estimated from the payments that a Bitcoin node sees. No exchange data.

Only a price with status "ok" is meant to be used without a warning: the paths in formats of other services answer 503
with any other status. Prices are US dollars per bitcoin, times Unix seconds.

## API

${paths.join("\n")}
`;
  const answer = encodedAnswer({ contentType: "text/plain; charset=utf-8", body });
  return () => answer;
}
