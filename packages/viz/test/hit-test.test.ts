import { describe, expect, it } from "vitest";
import { placeOf, pointAt, type Side } from "../src/hit-test.ts";
import { PointColumns } from "../src/point-columns.ts";
import { PointFocus } from "../src/point-focus.ts";
import { sampleScene } from "./sample-scene.ts";

const all: [Side, number][] = [
  ...[0, 1, 2].map((i): [Side, number] => ["mempool", i]),
  ...[0, 1, 2, 3, 4, 5].map((i): [Side, number] => ["confirmed", i]),
];

describe("hit-testing", () => {
  it.each([1, 1.25, 2, 3])("finds each point at its place, at %d device pixels per CSS pixel", (ratio) => {
    const scene = sampleScene(ratio);
    for (const [side, index] of all) {
      const { xDevice, yDevice } = placeOf(scene, side, index);
      expect(pointAt(scene, xDevice, yDevice, 12 * ratio)).toEqual({ side, index });
      // Slightly off, as a hand is.
      expect(pointAt(scene, xDevice + 2 * ratio, yDevice - 2 * ratio, 12 * ratio)).toEqual({ side, index });
    }
  });

  it("finds the same points at the same CSS places at every zoom", () => {
    const places = [1, 1.5, 2.75].map((ratio) => {
      const scene = sampleScene(ratio);
      return all.map(([side, index]) => {
        const { xDevice, yDevice, radiusDevice } = placeOf(scene, side, index);
        return [xDevice, yDevice, radiusDevice].map((v) => v / ratio);
      });
    });
    const [first, ...others] = places as [number[][], ...number[][][]];
    for (const other of others)
      first.forEach((place, i) => {
        place.forEach((value, k) => {
          // Panels are aligned to device pixels: off by a CSS pixel at most.
          expect(Math.abs((other[i]?.[k] as number) - value)).toBeLessThan(1);
        });
      });
  });

  it("finds nothing in empty areas or across the line between the sides", () => {
    const scene = sampleScene(1);
    const { left, top } = scene.mempool.panelDevice;
    expect(pointAt(scene, left + 20, top + 5, 12)).toBeNull();
    expect(pointAt(scene, 2, 2, 12)).toBeNull();
  });

  it("prefers the point drawn on top when two are equally near", () => {
    const scene = sampleScene(1);
    const { points } = scene.mempool;
    points.push({ timestamp: points.times[1] as number, price: points.prices[1] as number });
    const { xDevice, yDevice } = placeOf(scene, "mempool", 1);
    expect(pointAt(scene, xDevice, yDevice, 12)).toEqual({ side: "mempool", index: 3 });
  });
});

describe("the selected point", () => {
  const amounts = (focus: PointFocus, scene = sampleScene(1)) => focus.find(scene, 1)?.point;

  it("moves by keys: in time across both sides, by price, and to both ends", () => {
    const scene = sampleScene(1);
    const focus = new PointFocus();
    const at = () => {
      const point = focus.find(scene, 1)?.point;
      return point === undefined ? null : `${point.side} ${point.price}`;
    };
    expect(at()).toBeNull();
    focus.key(scene, "ArrowLeft", false);
    expect(at()).toBe("mempool 115000");
    focus.key(scene, "ArrowLeft", false);
    expect(at()).toBe("mempool 113600");
    focus.key(scene, "ArrowDown", false);
    expect(at()).toBe("mempool 112000");
    focus.key(scene, "ArrowDown", false);
    expect(at()).toBe("mempool 112000");
    focus.key(scene, "ArrowUp", false);
    expect(at()).toBe("mempool 113600");
    focus.key(scene, "ArrowLeft", true);
    expect(at()).toBe("confirmed 113300");
    focus.key(scene, "ArrowLeft", false);
    expect(at()).toBe("confirmed 113300");
    focus.key(scene, "End", false);
    expect(at()).toBe("mempool 115000");
    focus.key(scene, "Home", false);
    expect(at()).toBe("confirmed 113300");
    focus.key(scene, "ArrowRight", false);
    expect(at()).toBe("confirmed 113301");
    focus.key(scene, "PageDown", false);
    expect(at()).toBe("mempool 115000");
    focus.key(scene, "PageUp", false);
    expect(at()).toBe("confirmed 113501");
    focus.key(scene, "ArrowRight", false);
    expect(at()).toBe("mempool 112000");
    focus.key(scene, "Escape", false);
    expect(at()).toBeNull();
    expect(focus.key(scene, "a", false)).toBe(false);
    expect(focus.key(scene, "Tab", false)).toBe(false);
  });

  it("is the newest with End and the oldest with Home if a side is empty", () => {
    const empty = new PointColumns(16);
    const whole = sampleScene(1);
    const focus = new PointFocus();
    const at = (scene: typeof whole) => focus.find(scene, 1)?.point.price;
    const confirmedOnly = { ...whole, mempool: { ...whole.mempool, points: empty } };
    focus.key(confirmedOnly, "End", false);
    expect(at(confirmedOnly)).toBe(113_501);
    const mempoolOnly = { ...whole, confirmed: { ...whole.confirmed, points: empty } };
    focus.key(mempoolOnly, "Home", false);
    expect(at(mempoolOnly)).toBe(112_000);
  });

  it("stays selected while points come and go, until it leaves the picture", () => {
    const scene = sampleScene(1);
    const focus = new PointFocus();
    const { xDevice, yDevice } = placeOf(scene, "mempool", 1);
    focus.point(scene, xDevice, yDevice, 1);
    const txid = focus.find(scene, 1)?.point.txid;
    scene.mempool.points.dropBefore((scene.mempool.points.times[0] as number) + 1);
    for (let n = 0; n < 3000; n++) scene.mempool.points.push({ timestamp: scene.mempool.now, price: 113_000 });
    expect(focus.find(scene, 1)?.point.txid).toBe(txid);
    scene.mempool.points.clear();
    expect(focus.find(scene, 1)).toBeNull();
    scene.mempool.points.push({ timestamp: scene.mempool.now, price: 113_000 });
    expect(focus.find(scene, 1)).toBeNull();
  });

  it("is always a visible point", () => {
    const scene = { ...sampleScene(1), priceLow: 112_500 };
    const focus = new PointFocus();
    focus.key(scene, "ArrowLeft", false);
    focus.key(scene, "ArrowDown", false);
    focus.key(scene, "ArrowDown", false);
    expect(amounts(focus, scene)?.price).toBe(113_600);
  });
});
