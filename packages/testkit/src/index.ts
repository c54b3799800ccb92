export {
  type BrowserName,
  type BrowserPage,
  browserProgram,
  hasBrowser,
  launchBrowser,
  type PageView,
  type TestBrowser,
} from "./browsers.ts";
export { corpusDirectory, corpusPath, hasCorpus } from "./corpus.ts";
export { bitcoindPath, hasBitcoind, RegtestDaemon, type RegtestOptions, type ZmqTopic } from "./regtest-daemon.ts";
export { RegtestNode, RegtestRpcError } from "./regtest-node.ts";
export { type Coin, type CoinTransaction, coinScript, spendCoins } from "./regtest-transaction.ts";
export { SAMPLE_TIME, sampleTick } from "./sample-tick.ts";
