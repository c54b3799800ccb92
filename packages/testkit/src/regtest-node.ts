import { RegtestDaemon, type RegtestOptions, type ZmqTopic } from "./regtest-daemon.ts";
import { type Coin, type CoinTransaction, spendCoins } from "./regtest-transaction.ts";

/** The node refused a call. */
export class RegtestRpcError extends Error {
  override readonly name = "RegtestRpcError";
  readonly rpcCode: number;

  constructor(method: string, rpcCode: number, message: string) {
    super(`${method}: ${message} (${rpcCode})`);
    this.rpcCode = rpcCode;
  }
}

interface RpcAnswer {
  readonly id: number;
  readonly result: unknown;
  readonly error: { readonly code: number; readonly message: string } | null;
}

/** Outputs of one transaction that makes coins; the node's standard size allows a little over 2,300. */
const COINS_PER_TRANSACTION = 2000;
/** Per input and output of these transactions, rounded up; enough for 2 sat/vB. */
const FEE_PER_PART_SATS = 200;
/** Outputs of a transaction just under the standard limit of 400,000 weight units. */
const BULKY_OUTPUTS = 2300;
/** A little above the dust limit of such an output, 330. */
const BULKY_OUTPUT_SATS = 400;
/** Half a satoshi per vbyte. */
const BULKY_FEE_STEP_SATS = 50_000;
/** Requests of one batch. */
const BATCH_SIZE = 250;
/** A coinbase output may be spent after so many blocks. */
const MATURITY = 100;
/** Set-up blocks are dated back by so much: beyond any window of the service, within what the node takes for a recent tip. */
const SET_UP_SECONDS_AGO = 12 * 3600;

/**
 * A real node on regtest with money that needs no wallet: every coin is an output anybody may spend.
 * Use under 300 blocks per node: the subsidy halves every 150.
 */
export class RegtestNode {
  readonly daemon: RegtestDaemon;
  #address = "";
  /** Coinbase outputs in the order in which they mature. */
  readonly #coinbases: Coin[] = [];

  private constructor(daemon: RegtestDaemon) {
    this.daemon = daemon;
  }

  /** Starts a node with one spendable block reward. Its first 101 blocks are dated 12 hours back. */
  static async start(options: RegtestOptions = {}): Promise<RegtestNode> {
    const node = new RegtestNode(await RegtestDaemon.start(options));
    try {
      const decoded = (await node.rpc("decodescript", "51")) as { segwit: { address: string } };
      node.#address = decoded.segwit.address;
      await node.inThePast(() => node.mine(MATURITY + 1));
      return node;
    } catch (error) {
      await node.remove();
      throw error;
    }
  }

  get endpoints(): Readonly<Record<ZmqTopic, string>> {
    // Asking for a topic that the node was not told to publish is a mistake in the test; it shows as a missing endpoint.
    return this.daemon.endpoints as Readonly<Record<ZmqTopic, string>>;
  }

  get rpcUrl(): string {
    return `http://127.0.0.1:${this.daemon.rpcPort}`;
  }

  get cookiePath(): string {
    return this.daemon.cookiePath;
  }

  async rpc(method: string, ...params: unknown[]): Promise<unknown> {
    const { result, error } = (await this.daemon.post({ id: 0, method, params })) as RpcAnswer;
    if (error !== null) throw new RegtestRpcError(method, error.code, error.message);
    return result;
  }

  /** The same call with different parameters, in batches; results in order. The first error is thrown. */
  async rpcAll(method: string, paramsOfEach: readonly (readonly unknown[])[]): Promise<unknown[]> {
    const results: unknown[] = [];
    for (let begin = 0; begin < paramsOfEach.length; begin += BATCH_SIZE) {
      const calls = paramsOfEach.slice(begin, begin + BATCH_SIZE).map((params, id) => ({ id, method, params }));
      const answers = (await this.daemon.post(calls)) as RpcAnswer[];
      for (const { result, error } of answers.sort((one, other) => one.id - other.id)) {
        if (error !== null) throw new RegtestRpcError(method, error.code, error.message);
        results.push(result);
      }
    }
    return results;
  }

  /** Mines blocks that hold the mempool, or nothing. @returns their hashes. */
  async mine(count = 1, contents: "mempool" | "empty" = "mempool"): Promise<string[]> {
    const hashes: string[] = [];
    if (contents === "mempool")
      hashes.push(...((await this.rpc("generatetoaddress", count, this.#address)) as string[]));
    for (let mined = hashes.length; mined < count; mined++) {
      const { hash } = (await this.rpc("generateblock", this.#address, [])) as { hash: string };
      hashes.push(hash);
    }
    for (const block of await this.rpcAll(
      "getblock",
      hashes.map((hash) => [hash, 2]),
    ))
      this.#rememberCoinbase(block);
    return hashes;
  }

  #rememberCoinbase(block: unknown): void {
    const [coinbase] = (block as { tx: { txid: string; vout: { value: number }[] }[] }).tx;
    const valueSats = Math.round((coinbase?.vout[0]?.value ?? 0) * 1e8);
    if (coinbase !== undefined && valueSats > 0) this.#coinbases.push({ txid: coinbase.txid, vout: 0, valueSats });
  }

  /**
   * Does something while the node's clock stands 12 hours back, so that it lies outside the service's window. Blocks can
   * be mined there only while fewer than six of the last eleven are of today: a block is later than their median.
   */
  async inThePast<T>(action: () => Promise<T>): Promise<T> {
    const best = await this.rpc("getblockheader", await this.rpc("getbestblockhash"));
    const { mediantime } = best as { mediantime: number };
    if (mediantime > Date.now() / 1000 - SET_UP_SECONDS_AGO + 3600)
      throw new Error("no block can be dated back any more: make coins before mining, or make them `now`");
    await this.rpc("setmocktime", Math.floor(Date.now() / 1000) - SET_UP_SECONDS_AGO);
    try {
      return await action();
    } finally {
      await this.rpc("setmocktime", 0);
    }
  }

  /**
   * Makes confirmed coins of the given values, in that order; `past`: 12 hours ago, so that a payment that spends them
   * spends nothing of the service's window, see {@link inThePast}.
   */
  async makeCoins(valuesSats: readonly number[], when: "past" | "now" = "past"): Promise<Coin[]> {
    if (when === "past") return this.inThePast(() => this.makeCoins(valuesSats, "now"));
    const coins: Coin[] = [];
    for (let begin = 0; begin < valuesSats.length; begin += COINS_PER_TRANSACTION)
      coins.push(...(await this.#makeCoinsAtOnce(valuesSats.slice(begin, begin + COINS_PER_TRANSACTION))));
    await this.mine();
    return coins;
  }

  async #makeCoinsAtOnce(valuesSats: readonly number[]): Promise<readonly Coin[]> {
    const needed = valuesSats.reduce((sum, value) => sum + value, 0);
    const inputs: Coin[] = [];
    let held = 0;
    const fee = (): number => (inputs.length + valuesSats.length + 1) * FEE_PER_PART_SATS;
    while (held < needed + fee()) {
      if (this.#coinbases.length <= MATURITY) await this.mine();
      const coin = this.#coinbases.shift();
      if (coin === undefined) throw new Error("no block reward left");
      inputs.push(coin);
      held += coin.valueSats;
    }
    const made = spendCoins(inputs, [...valuesSats, held - needed - fee()]);
    await this.send([made]);
    return made.outputs.slice(0, -1);
  }

  /** Hands transactions to the node, in order. Any fee is allowed. */
  async send(transactions: readonly CoinTransaction[]): Promise<void> {
    await this.rpcAll(
      "sendrawtransaction",
      transactions.map(({ hex }) => [hex, 0]),
    );
  }

  /** Coins and the payments that spend them: each with one input, exactly the given outputs, and that fee. Not yet sent. */
  async preparePayments(
    amountsSatsOfEach: readonly (readonly number[])[],
    { feeSats = 2 * FEE_PER_PART_SATS, when = "past" }: { feeSats?: number; when?: "past" | "now" } = {},
  ): Promise<CoinTransaction[]> {
    const values = amountsSatsOfEach.map((amounts) => amounts.reduce((sum, amount) => sum + amount, feeSats));
    const coins = await this.makeCoins(values, when);
    return coins.map((coin, index) => spendCoins([coin], amountsSatsOfEach[index]!));
  }

  /** A transaction that takes another one's place: same inputs, one output lowered for a higher fee. Not yet sent. */
  replacementOf(transaction: CoinTransaction, extraFeeSats = 5 * FEE_PER_PART_SATS): CoinTransaction {
    const amounts = transaction.outputs.map((coin) => coin.valueSats);
    const largest = amounts.indexOf(Math.max(...amounts));
    return spendCoins(
      transaction.inputs,
      amounts.map((amount, index) => (index === largest ? amount - extraFeeSats : amount)),
    );
  }

  /**
   * Transactions as big as the node relays (some 99,000 vB each), all outputs coins, each paying more than the one before.
   * Fifty of them overflow a node started with `-maxmempool=5` (MB), which then evicts what pays the least per vbyte. Not yet sent.
   */
  async prepareBulky(count: number): Promise<CoinTransaction[]> {
    const amounts = new Array<number>(BULKY_OUTPUTS).fill(BULKY_OUTPUT_SATS);
    const total = BULKY_OUTPUTS * BULKY_OUTPUT_SATS;
    const coins = await this.makeCoins(
      Array.from({ length: count }, (_, index) => total + (index + 20) * BULKY_FEE_STEP_SATS),
    );
    return coins.map((coin) => spendCoins([coin], amounts));
  }

  /** Mines a block that spends a mempool transaction's coins otherwise, so that it can never confirm. @returns the double spend. */
  async mineConflict(transaction: CoinTransaction): Promise<CoinTransaction> {
    const conflict = this.replacementOf(transaction);
    await this.rpc("generateblock", this.#address, [conflict.hex]);
    return conflict;
  }

  /**
   * Drops the latest blocks and lets a longer branch take their place. With `empty` blocks what they held goes back to
   * the mempool; with `mempool` it is confirmed again. @returns the new blocks' hashes.
   */
  async reorganise(depth: number, contents: "mempool" | "empty" = "empty"): Promise<string[]> {
    const height = (await this.rpc("getblockcount")) as number;
    const first = await this.rpc("getblockhash", height - depth + 1);
    await this.rpc("invalidateblock", first);
    return this.mine(depth + 1, contents);
  }

  /** The ids in the mempool. */
  async mempool(): Promise<Set<string>> {
    return new Set((await this.rpc("getrawmempool")) as string[]);
  }

  /** Stops and starts again; the mempool is saved and read back. */
  async restart(): Promise<void> {
    await this.daemon.stop();
    await this.daemon.start();
  }

  remove(): Promise<void> {
    return this.daemon.remove();
  }
}
