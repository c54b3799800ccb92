import { RegtestDaemon, type RegtestOptions, type ZmqTopic } from "./regtest-daemon.ts";
import { type Coin, type CoinTransaction, spendCoins } from "./regtest-transaction.ts";

/** An error returned by the node's RPC server. */
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

/**
 * Outputs per transaction that creates coins. The standard transaction size allows slightly over
 * 2,300.
 */
const COINS_PER_TRANSACTION = 2000;
/** Fee per input and output, enough for 2 sat/vB. */
const FEE_PER_PART_SATS = 200;
/** Outputs of a transaction just below the standard limit of 400,000 weight units. */
const BULKY_OUTPUTS = 2300;
/** Slightly above the dust limit of such an output, 330. */
const BULKY_OUTPUT_SATS = 400;
/** 0.5 sat/vB. */
const BULKY_FEE_STEP_SATS = 50_000;
/** Calls per batch. */
const BATCH_SIZE = 250;
/** Blocks until a coinbase output can be spent. */
const MATURITY = 100;
/**
 * Setup blocks are backdated by this: outside any window of the service, but recent enough for the
 * node.
 */
const SET_UP_SECONDS_AGO = 12 * 3600;

/**
 * A regtest node with coins that need no wallet: every output can be spent by anyone. Use fewer
 * than 300 blocks per node, because the subsidy halves every 150.
 */
export class RegtestNode {
  readonly daemon: RegtestDaemon;
  #address = "";
  /** Coinbase outputs, in order of maturity. */
  readonly #coinbases: Coin[] = [];

  private constructor(daemon: RegtestDaemon) {
    this.daemon = daemon;
  }

  /**
   * Starts a node with one spendable block reward. Its first 101 blocks are backdated by 12 hours.
   */
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
    // A topic that is not published is an error of the test and shows as a missing endpoint.
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

  /**
   * Sends a call with different parameters in batches and returns the results in order. Throws the
   * first error.
   */
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

  /** Mines blocks with the mempool's transactions, or empty ones. @returns their hashes */
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
   * Runs a function with the node's clock set back by 12 hours, outside the service's window. Only
   * possible while fewer than six of the last eleven blocks are from today, because a block must be
   * later than their median.
   */
  async inThePast<T>(action: () => Promise<T>): Promise<T> {
    const best = await this.rpc("getblockheader", await this.rpc("getbestblockhash"));
    const { mediantime } = best as { mediantime: number };
    if (mediantime > Date.now() / 1000 - SET_UP_SECONDS_AGO + 3600)
      throw new Error("blocks can no longer be backdated: create coins before mining, or use `now`");
    await this.rpc("setmocktime", Math.floor(Date.now() / 1000) - SET_UP_SECONDS_AGO);
    try {
      return await action();
    } finally {
      await this.rpc("setmocktime", 0);
    }
  }

  /**
   * Creates confirmed coins of the given values, in order. With `past`, they are 12 hours old, so
   * that a payment that spends them does not spend the service's window; see {@link inThePast}.
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

  /** Sends transactions to the node, in order, with any fee. */
  async send(transactions: readonly CoinTransaction[]): Promise<void> {
    await this.rpcAll(
      "sendrawtransaction",
      transactions.map(({ hex }) => [hex, 0]),
    );
  }

  /**
   * Creates coins and unsent payments that spend them, with one input, the given outputs and fee
   * each.
   */
  async preparePayments(
    amountsSatsOfEach: readonly (readonly number[])[],
    { feeSats = 2 * FEE_PER_PART_SATS, when = "past" }: { feeSats?: number; when?: "past" | "now" } = {},
  ): Promise<CoinTransaction[]> {
    const values = amountsSatsOfEach.map((amounts) => amounts.reduce((sum, amount) => sum + amount, feeSats));
    const coins = await this.makeCoins(values, when);
    return coins.map((coin, index) => spendCoins([coin], amountsSatsOfEach[index]!));
  }

  /** Creates an unsent replacement: same inputs, one output lowered for a higher fee. */
  replacementOf(transaction: CoinTransaction, extraFeeSats = 5 * FEE_PER_PART_SATS): CoinTransaction {
    const amounts = transaction.outputs.map((coin) => coin.valueSats);
    const largest = amounts.indexOf(Math.max(...amounts));
    return spendCoins(
      transaction.inputs,
      amounts.map((amount, index) => (index === largest ? amount - extraFeeSats : amount)),
    );
  }

  /**
   * Creates unsent transactions of the maximum relay size (about 99,000 vB) with increasing fees.
   * Fifty of them overflow a node with `-maxmempool=5` (MB), which then evicts the lowest fee
   * rates.
   */
  async prepareBulky(count: number): Promise<CoinTransaction[]> {
    const amounts = new Array<number>(BULKY_OUTPUTS).fill(BULKY_OUTPUT_SATS);
    const total = BULKY_OUTPUTS * BULKY_OUTPUT_SATS;
    const coins = await this.makeCoins(
      Array.from({ length: count }, (_, index) => total + (index + 20) * BULKY_FEE_STEP_SATS),
    );
    return coins.map((coin) => spendCoins([coin], amounts));
  }

  /** Mines a block that double-spends a mempool transaction's coins. @returns the double spend */
  async mineConflict(transaction: CoinTransaction): Promise<CoinTransaction> {
    const conflict = this.replacementOf(transaction);
    await this.rpc("generateblock", this.#address, [conflict.hex]);
    return conflict;
  }

  /**
   * Replaces the latest blocks with a longer branch. With `empty` blocks, their transactions return
   * to the mempool; with `mempool`, they are confirmed again. @returns hashes of the new blocks
   */
  async reorganize(depth: number, contents: "mempool" | "empty" = "empty"): Promise<string[]> {
    const height = (await this.rpc("getblockcount")) as number;
    const first = await this.rpc("getblockhash", height - depth + 1);
    await this.rpc("invalidateblock", first);
    return this.mine(depth + 1, contents);
  }

  /** Txids of the mempool. */
  async mempool(): Promise<Set<string>> {
    return new Set((await this.rpc("getrawmempool")) as string[]);
  }

  /** Restarts the node; it saves and loads its mempool. */
  async restart(): Promise<void> {
    await this.daemon.stop();
    await this.daemon.start();
  }

  remove(): Promise<void> {
    return this.daemon.remove();
  }
}
