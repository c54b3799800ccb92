export { browserProgram, hasBrowser, launchBrowser } from "./browsers.ts";
export { corpusDirectory, corpusPath, hasCorpus } from "./corpus.ts";
export { bitcoindPath, hasBitcoind, RegtestDaemon, type RegtestOptions, type ZmqTopic } from "./regtest-daemon.ts";
export { RegtestNode, RegtestRpcError } from "./regtest-node.ts";
export { type Coin, type CoinTransaction, coinScript, spendCoins } from "./regtest-transaction.ts";
export { SAMPLE_TIME, sampleTick } from "./sample-tick.ts";
export type { BrowserName, BrowserPage, PageView, TestBrowser } from "./test-browser.ts";
