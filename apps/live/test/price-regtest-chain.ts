import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { type Coin, type CoinTransaction, corpusPath, RegtestDaemon, spendCoins } from "@utxoracle/testkit";

const HOUR = 3600;
const DAY = 24 * HOUR;
const SATS_PER_BTC = 1e8;
/** Blocks until the first reward can be spent. */
const MATURE = 101;
const HEIGHT = 300;
const FEE_SATS = 400;
const COINS_PER_TRANSACTION = 2000;
/** Block reward on regtest in the first 150 blocks. */
const REWARD_SATS = 50 * SATS_PER_BTC;
/** Larger amounts would need more coins than a new chain has. */
const LARGEST_SATS = 0.2 * SATS_PER_BTC;

/** Result of `getblock` with verbosity 2, as far as the filter needs it. */
export interface JsonBlock {
  readonly hash: string;
  readonly height: number;
  readonly time: number;
  readonly tx: readonly {
    readonly txid: string;
    readonly vin: readonly { readonly coinbase?: string; readonly txid?: string; readonly txinwitness?: string[] }[];
    readonly vout: readonly { readonly value: number; readonly scriptPubKey: { readonly hex: string } }[];
  }[];
}

/** Of so many of the day's amounts, one is paid: enough for the prices of three hours. */
const ONE_OF = 24;
/** As {@link ONE_OF}, but enough only for the prices of six hours and more; less work. */
export const FOR_LONG_WINDOWS = 36;
/** As {@link ONE_OF}, for what needs blocks and no prices. */
export const FOR_NO_PRICES = 120;

/**
 * A real node with a chain of 300 blocks made from a corpus day's amounts. Their times run over
 * more than a whole UTC day that is over, not quite in order; some payments spend others of the
 * same blocks and hours.
 */
export class RegtestChain {
  readonly daemon: RegtestDaemon;
  /** A UTC day that the chain covers completely. */
  readonly day: string;
  #clock: number;
  readonly #amounts: number[];
  #height = 0;
  readonly #address: string;

  private constructor(daemon: RegtestDaemon, address: string, day: string, amounts: number[]) {
    this.daemon = daemon;
    this.#address = address;
    this.day = day;
    this.#amounts = amounts;
    this.#clock = Date.parse(`${day}T00:00:00Z`) / 1000 - 4 * HOUR;
  }

  /**
   * @param options `rest`: enables the REST interface. Default true. `oneOf`: one of so many of the
   *   day's amounts is paid. Default 24.
   */
  static async start({
    rest = true,
    oneOf = ONE_OF,
    extraArguments = [],
  }: {
    readonly rest?: boolean;
    readonly oneOf?: number;
    readonly extraArguments?: readonly string[];
  } = {}): Promise<RegtestChain> {
    const daemon = await RegtestDaemon.start({ extraArguments: [`-rest=${Number(rest)}`, ...extraArguments] });
    const { segwit } = await rpc<{ segwit: { address: string } }>(daemon, "decodescript", "51");
    const day = new Date(Date.now() - 3 * DAY * 1000).toISOString().slice(0, 10);
    const chain = new RegtestChain(daemon, segwit.address, day, corpusAmounts(oneOf));
    await chain.#build();
    return chain;
  }

  rpc<T>(method: string, ...params: unknown[]): Promise<T> {
    return rpc<T>(this.daemon, method, ...params);
  }

  get url(): string {
    return `http://127.0.0.1:${this.daemon.rpcPort}`;
  }

  get blocksDirectory(): string {
    return join(this.daemon.dataFolder, "regtest", "blocks");
  }

  /** RPC flags for this node. */
  get flags(): string[] {
    return ["--rpc-url", this.url, "--rpc-cookie", this.daemon.cookiePath];
  }

  /** Blocks of the best chain from a height, as JSON. */
  async jsonBlocks(first = 0): Promise<JsonBlock[]> {
    const tip = await this.rpc<number>("getblockcount");
    const blocks: JsonBlock[] = [];
    for (let height = first; height <= tip; height++)
      blocks.push(await this.rpc<JsonBlock>("getblock", await this.rpc<string>("getblockhash", height), 2));
    return blocks;
  }

  /** Unspent coins that are old enough and larger than most payments. */
  async unspentCoins(before: number, count: number): Promise<Coin[]> {
    const coins: Coin[] = [];
    for (const { tx } of await this.jsonBlocks(before - 60))
      for (const { txid, vout } of tx.slice(1)) {
        const valueSats = Math.round((vout[0]?.value ?? 0) * SATS_PER_BTC);
        if (vout.length !== 2 || valueSats < SATS_PER_BTC / 500) continue;
        if ((await this.rpc("gettxout", txid, 0)) === null) continue;
        coins.push({ txid, vout: 0, valueSats });
        if (coins.length === count) return coins;
      }
    throw new Error(`only ${coins.length} coins are left`);
  }

  /** Mines a block some seconds later on the node's clock. */
  async mine(secondsLater: number, transactions: readonly CoinTransaction[] = []): Promise<string> {
    this.#clock += secondsLater;
    await this.rpc("setmocktime", this.#clock);
    const { hash } = await this.rpc<{ hash: string }>(
      "generateblock",
      this.#address,
      transactions.map(({ hex }) => hex),
    );
    this.#height++;
    return hash;
  }

  async #build(): Promise<void> {
    await this.rpc("setmocktime", this.#clock);
    const rewards: Coin[] = [];
    for (const hash of await this.rpc<string[]>("generatetoaddress", MATURE, this.#address))
      rewards.push(await this.#reward(hash));
    this.#height = MATURE;
    const coins = await this.#makeCoins(rewards);
    this.#clock += HOUR;
    let earlier: CoinTransaction[] = [];
    const perBlock = Math.ceil(coins.length / (HEIGHT - this.#height));
    while (this.#height < HEIGHT) {
      const payments = coins.splice(0, perBlock).map(({ coin, amounts }) => spendCoins([coin], amounts));
      const spending = earlier.slice(0, 3).map(({ outputs }) => spendOutput(outputs[0] as Coin));
      const same = payments.slice(-2).map(({ outputs }) => spendOutput(outputs[1] as Coin));
      // The time of every third block is before that of its parent.
      await this.mine(this.#height % 3 === 0 ? -240 : 1020, [...payments, ...spending, ...same]);
      earlier = payments;
    }
  }

  async #reward(hash: string): Promise<Coin> {
    const { tx } = await this.rpc<JsonBlock>("getblock", hash, 2);
    return { txid: tx[0]?.txid ?? "", vout: 0, valueSats: REWARD_SATS };
  }

  /** One coin for each two amounts. */
  async #makeCoins(rewards: Coin[]): Promise<{ coin: Coin; amounts: number[] }[]> {
    const wanted: number[][] = [];
    for (let index = 0; index + 1 < this.#amounts.length; index += 2)
      wanted.push(this.#amounts.slice(index, index + 2));
    const made: { coin: Coin; amounts: number[] }[] = [];
    while (wanted.length > 0) {
      const reward = rewards.shift();
      if (reward === undefined) throw new Error("the chain has too few coins");
      const group: number[][] = [];
      let value = 0;
      for (;;) {
        const [next] = wanted;
        if (next === undefined || group.length === COINS_PER_TRANSACTION) break;
        const needed = (next[0] as number) + (next[1] as number) + FEE_SATS;
        if (value + needed > reward.valueSats) break;
        value += needed;
        group.push(next);
        wanted.shift();
      }
      const split = spendCoins(
        [reward],
        group.map(([a, b]) => (a as number) + (b as number) + FEE_SATS),
      );
      await this.mine(1, [split]);
      made.push(...group.map((amounts, index) => ({ coin: split.outputs[index] as Coin, amounts })));
    }
    return made;
  }
}

/** Spends an output of another payment into two outputs. */
function spendOutput(coin: Coin): CoinTransaction {
  const half = Math.floor((coin.valueSats - FEE_SATS) / 2);
  return spendCoins([coin], half > FEE_SATS ? [half, half] : [Math.max(1, coin.valueSats - 2), 1]);
}

function corpusAmounts(oneOf: number): number[] {
  const rows = gunzipSync(readFileSync(corpusPath("days/2024-01-24.csv.gz")))
    .toString()
    .trim()
    .split("\n");
  const sats = rows.map((row) => Number(row.split(",")[1])).filter((value) => value > 1000 && value < LARGEST_SATS);
  return sats.filter((_, index) => index % oneOf === 0);
}

export async function rpc<T>(daemon: RegtestDaemon, method: string, ...params: unknown[]): Promise<T> {
  const answer = (await daemon.post({ id: 0, method, params })) as { result: T; error: { message: string } | null };
  if (answer.error !== null) throw new Error(`${method}: ${answer.error.message}`);
  return answer.result;
}

/** Independent implementation of the payment filter, on the node's JSON. */
export function amountsByJson(blocks: readonly JsonBlock[]): number[] {
  const read = new Set<string>();
  const amounts: number[] = [];
  for (const { tx } of blocks)
    for (const { txid, vin, vout } of tx) {
      const spendsWindow = vin.some((input) => input.txid !== undefined && read.has(input.txid));
      read.add(txid);
      if (spendsWindow || vin.length > 5 || vout.length !== 2 || vin.some(({ coinbase }) => coinbase !== undefined))
        continue;
      if (vout.some(({ scriptPubKey }) => scriptPubKey.hex.startsWith("6a"))) continue;
      const witnessBytes = vin.map(({ txinwitness = [] }) => txinwitness.reduce((sum, hex) => sum + hex.length / 2, 0));
      if (witnessBytes.some((bytes) => bytes > 500)) continue;
      amounts.push(...vout.map(({ value }) => Math.round(value * SATS_PER_BTC) / SATS_PER_BTC));
    }
  return amounts.filter((amount) => amount > 1e-5 && amount < 1e5);
}
