export { type BrowserSettings, launchBrowser } from "./browsers.ts";
export { corpusDirectory, corpusPath } from "./corpus.ts";
export { RegtestDaemon, type RegtestOptions, type ZmqTopic } from "./regtest-daemon.ts";
export { RegtestNode, RegtestRpcError } from "./regtest-node.ts";
export { type Coin, type CoinTransaction, coinScript, spendCoins } from "./regtest-transaction.ts";
export { repositoryFiles } from "./repository-files.ts";
export { installedProgram, isAvailable, needs, newtonsoftPath, type Requirement, remedyFor } from "./requirements.ts";
export { SAMPLE_TIME, sampleTick } from "./sample-tick.ts";
export type { BrowserName, BrowserPage, PageView, SpokenNode, TestBrowser } from "./test-browser.ts";
