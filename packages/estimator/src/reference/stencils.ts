/**
 * The tables of UTXOracle v9.1: histogram bins and the two stencils (steps 5 and 8). README.md in
 * this folder says where they come from; no code outside this folder uses them.
 */

export const BIN_COUNT = 2401;
export const BINS_PER_DECADE = 200;
export const LOWEST_EXPONENT = -6;

/** `BIN_STARTS_BTC[i]` is the lower end of bin i in BTC; bin 0 starts at 0. */
export const BIN_STARTS_BTC: Float64Array = binStarts();

export const STENCIL_LENGTH = 803;

/** Broad bell plus a slight slope: the bulk of all amounts at the right price. */
export const SMOOTH_STENCIL: Float64Array = smoothStencil();

/**
 * Popularity of round dollar amounts: [stencil index, weight], $1 at index 40, $100 at 401, $10,000
 * at 801.
 */
export const SPIKES: ReadonlyArray<readonly [index: number, weight: number]> = [
  [40, 0.001300198324984352],
  [141, 0.001676746949820743],
  [201, 0.003468805546942046],
  [202, 0.001991977522512513],
  [236, 0.001905066647961839],
  [261, 0.003341772718156079],
  [262, 0.002588902624584287],
  [296, 0.002577893841190244],
  [297, 0.002733728814200412],
  [340, 0.003076117748975647],
  [341, 0.005613067550103145],
  [342, 0.003088253178535568],
  [400, 0.002918457489366139],
  [401, 0.006174500465286022],
  [402, 0.004417068070043504],
  [403, 0.002628663628020371],
  [436, 0.002858828161543839],
  [461, 0.004097463611984264],
  [462, 0.003345917406120509],
  [496, 0.002521467726855856],
  [497, 0.002784125730361008],
  [541, 0.003792850444811335],
  [601, 0.003688240815848247],
  [602, 0.002392400117402263],
  [636, 0.001280993059008106],
  [661, 0.001654665137536031],
  [662, 0.001395501347054946],
  [741, 0.001154279140906312],
  [801, 0.000832244504868709],
];

function binStarts(): Float64Array {
  const starts = new Float64Array(BIN_COUNT);
  for (let i = 1; i < BIN_COUNT; i++) {
    const step = i - 1;
    const exponent = LOWEST_EXPONENT + Math.floor(step / BINS_PER_DECADE);
    starts[i] = 10 ** (exponent + (step % BINS_PER_DECADE) / BINS_PER_DECADE);
  }
  return starts;
}

function smoothStencil(): Float64Array {
  const mean = 411;
  const standardDeviation = 201;
  const stencil = new Float64Array(STENCIL_LENGTH);
  for (let x = 0; x < STENCIL_LENGTH; x++) {
    const bell = Math.exp(-((x - mean) ** 2) / (2 * standardDeviation ** 2));
    stencil[x] = 0.0015 * bell + 0.0000005 * x;
  }
  return stencil;
}
