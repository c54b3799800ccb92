import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ageOfOffset, offsetOfAge, oldestAge } from "../src/age-axis.ts";
import { clockTicks, roundTicks } from "../src/axis-ticks.ts";
import { layOut, toDevice } from "../src/layout.ts";
import { PriceRange } from "../src/price-range.ts";

describe("the age axis", () => {
  it("follows x = right - 0.1278·W·ln(1 + age / 0.36 s)", () => {
    for (const [age, x] of [
      [0, 282],
      [0.36, 282 - 0.1278 * 282 * Math.LN2],
      [9, 282 - 0.1278 * 282 * Math.log(26)],
      [60, 282 - 0.1278 * 282 * Math.log(1 + 60 / 0.36)],
    ] as const)
      expect(282 - offsetOfAge(age, 282)).toBeCloseTo(x, 9);
    // A point is visible for a quarter of an hour.
    expect(oldestAge()).toBeCloseTo(900.3, 1);
  });

  it("is monotonic, and ageOfOffset inverts offsetOfAge", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 20_000, noNaN: true }),
        fc.double({ min: 0.001, max: 100, noNaN: true }),
        (age, more) => {
          expect(offsetOfAge(age + more, 300)).toBeGreaterThan(offsetOfAge(age, 300));
          expect(ageOfOffset(offsetOfAge(age, 300), 300)).toBeCloseTo(age, 5);
        },
      ),
    );
  });

  it("places a point ahead of the picture's time at the right edge", () => {
    expect(offsetOfAge(-5, 282)).toBe(0);
  });
});

describe("the price axis", () => {
  const settle = (range: PriceRange, from: number): number => {
    let now = from;
    while (range.step(now)) now += 1 / 60;
    return now;
  };

  it("spans ±5 % around the first price at once", () => {
    const range = new PriceRange();
    expect(range.low).toBeNaN();
    range.follow(100_000, null, 0);
    expect([range.low, range.high]).toEqual([95_000, 105_000]);
  });

  it("rests while the price stays near its middle", () => {
    const range = new PriceRange();
    range.follow(100_000, null, 0);
    for (let i = 0; i < 1000; i++) {
      range.follow(100_000 * (1 + 0.019 * Math.sin(i)), null, i / 2);
      range.step(i / 2);
    }
    expect([range.low, range.high]).toEqual([95_000, 105_000]);
  });

  it("moves by a small share of its height per frame, whatever the price does", () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -0.06, max: 0.06, noNaN: true }), { minLength: 5, maxLength: 40 }),
        (moves) => {
          const range = new PriceRange();
          let price = 100_000;
          let now = 0;
          range.follow(price, null, now);
          for (const move of moves) {
            price *= 1 + move;
            range.follow(price, null, now);
            for (let frame = 0; frame < 30; frame++) {
              const before = (range.low + range.high) / 2;
              const height = range.high - range.low;
              now += 1 / 60;
              range.step(now);
              // Two ticks may move by 12 % in 1.2 s, which exceeds the axis's height.
              expect(Math.abs((range.low + range.high) / 2 - before) / height).toBeLessThan(0.04);
            }
          }
          now = settle(range, now);
          expect(range.low).toBeLessThan(price);
          expect(range.high).toBeGreaterThan(price);
        },
      ),
      { numRuns: 50 },
    );
  });

  it("centers on the new price, then requests no more frames", () => {
    const range = new PriceRange();
    range.follow(100_000, null, 0);
    range.follow(104_000, null, 10);
    expect(range.step(10.1)).toBe(true);
    expect(settle(range, 10.1)).toBeLessThan(12);
    expect([range.low, range.high].map(Math.round)).toEqual([98_800, 109_200]);
    expect(range.step(20)).toBe(false);
  });

  it("moves at once with reduced motion", () => {
    const range = new PriceRange();
    range.follow(100_000, null, 0, false);
    range.follow(110_000, null, 1, false);
    expect(Math.round(range.low)).toBe(104_500);
    expect(range.step(1)).toBe(false);
  });

  it("widens to include a near confirmed price, but not a distant one", () => {
    const range = new PriceRange();
    range.follow(100_000, 94_000, 0);
    expect(range.low).toBeLessThan(94_000);
    const other = new PriceRange();
    other.follow(100_000, 50_000, 0);
    expect(other.low).toBe(95_000);
  });
});

describe("ticks", () => {
  it("are round, inside the axis, and about as many as requested", () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-3, max: 1e7, noNaN: true }), fc.integer({ min: 2, max: 20 }), (price, wanted) => {
        const [low, high] = [price * 0.95, price * 1.05];
        const { values, step } = roundTicks(low, high, wanted);
        expect(values.length).toBeLessThanOrEqual(wanted + 1);
        expect(values.length).toBeGreaterThanOrEqual(Math.floor(wanted / 2.6));
        for (const value of values) expect(value > low - step / 1e6 && value < high + step / 1e6).toBe(true);
        const leading = step / 10 ** Math.floor(Math.log10(step * 1.0000001));
        expect([1, 2, 5].some((digit) => Math.abs(leading - digit) < 1e-6)).toBe(true);
      }),
    );
    expect(roundTicks(107_920, 119_280, 14).values).toEqual(
      [108, 109, 110, 111, 112, 113, 114, 115, 116, 117, 118, 119].map((k) => k * 1000),
    );
    expect(roundTicks(5, 5, 10).values).toEqual([]);
    expect(roundTicks(Number.NaN, Number.NaN, 10).values).toEqual([]);
  });

  it("are at whole clock intervals on the time axis", () => {
    expect(clockTicks(3600 * 10 + 100, 3600 * 13 + 100, 4).map((t) => t / 3600)).toEqual([11, 12, 13]);
    expect(clockTicks(0, 1e9, 4)).toEqual([]);
  });
});

describe("the layout", () => {
  const sizes: [number, number][] = [
    [1000, 660],
    [1000, 500],
    [390, 560],
    [320, 400],
    [2560, 1300],
    [120, 80],
    [1, 1],
  ];

  it.each(sizes)("at %d×%d keeps all parts inside and the two sides side by side", (width, height) => {
    for (const caption of [true, false]) {
      const { plotCss, confirmedCss, mempoolCss } = layOut(width, height, caption);
      expect(confirmedCss.left).toBe(plotCss.left);
      expect(confirmedCss.left + confirmedCss.width).toBe(mempoolCss.left);
      expect(mempoolCss.left + mempoolCss.width).toBe(plotCss.left + plotCss.width);
      expect(plotCss.width).toBeGreaterThan(0);
      expect(plotCss.height).toBeGreaterThan(0);
      if (width >= 320) {
        expect(plotCss.left + plotCss.width).toBeLessThan(width);
        expect(plotCss.top + plotCss.height).toBeLessThan(height);
      }
    }
  });

  it("gives the confirmed side the whole width with confirmedOnly", () => {
    const { plotCss, confirmedCss, mempoolCss } = layOut(1000, 500, false, true);
    expect(confirmedCss).toEqual(plotCss);
    expect(mempoolCss.width).toBe(0);
  });

  it("gives the mempool about 30 % of the width at 1000×500", () => {
    const { plotCss, mempoolCss } = layOut(1000, 500, false);
    expect(mempoolCss.width / plotCss.width).toBeCloseTo(0.3, 2);
  });

  it("leaves no gap between the sides at any pixel density", () => {
    fc.assert(
      fc.property(fc.integer({ min: 300, max: 3000 }), fc.double({ min: 0.5, max: 4, noNaN: true }), (width, ratio) => {
        const layout = layOut(width, 600, false);
        const [plot, confirmed, mempool] = [layout.plotCss, layout.confirmedCss, layout.mempoolCss].map((r) =>
          toDevice(r, ratio),
        ) as [ReturnType<typeof toDevice>, ReturnType<typeof toDevice>, ReturnType<typeof toDevice>];
        expect(confirmed.left + confirmed.width).toBe(mempool.left);
        expect(mempool.left + mempool.width).toBe(plot.left + plot.width);
        for (const rect of [plot, confirmed, mempool])
          for (const side of Object.values(rect)) expect(Number.isInteger(side)).toBe(true);
      }),
    );
  });
});
