import { inflateSync } from "node:zlib";
import { createStreamServer, type RouteRequest, type RouteResponse } from "@utxoracle/stream-server";
import { describe, expect, it } from "vitest";
import { pageCompleter } from "../../src/serve/preview/complete-page.ts";
import { drawPreview } from "../../src/serve/preview/preview-image.ts";
import { previewRoute } from "../../src/serve/preview/preview-route.ts";
import { priceWords } from "../../src/serve/preview/price-words.ts";
import { textStrokes } from "../../src/serve/preview/stroke-font.ts";
import { TestState, tick } from "./test-state.ts";

const NOW = 1_763_810_001;

function request(headers: Record<string, string> = { host: "price.example:8000" }): RouteRequest {
  return { method: "GET", path: "/", query: new URLSearchParams(), headers, address: "127.0.0.1" };
}

describe("the price in words", () => {
  it("has range and time, and qualifies what is not sure", () => {
    expect(priceWords(tick(), NOW)).toEqual({
      price: "$113,601",
      detail: "±0.3 % · $113,310 – $113,890 (90 % range)",
      time: "22 Nov 2025 11:13 UTC",
      origin: null,
      tone: "good",
    });
    expect(priceWords(tick({ status: "low_confidence", source: "simulation" }), NOW)).toMatchObject({
      detail: "±0.3 % · $113,310 – $113,890 (90 % range) · low confidence",
      origin: "simulation",
      tone: "weak",
    });
  });

  it("gives no range of an old price, and the time when it was current", () => {
    const old = priceWords(tick({ status: "stale", price_timestamp: NOW - 3600 }), NOW);
    expect(old).toMatchObject({ tone: "bad", time: "22 Nov 2025 10:13 UTC" });
    expect(old.detail).toBe("the last known price, not the price now");
  });

  it("says why there is no price", () => {
    expect(priceWords(null, NOW)).toMatchObject({ price: null, detail: "No price yet: the service is starting" });
    expect(priceWords(tick({ status: "no_estimate", price: null, interval: null }), NOW).price).toBeNull();
  });
});

describe("the preview image", () => {
  /** Size and pixels of a PNG of eight-bit colors without line filters. */
  function readPng({ body }: RouteResponse): { width: number; height: number; pixels: Uint8Array } {
    const file = Buffer.from(body);
    expect(file.toString("latin1", 1, 4)).toBe("PNG");
    const [width, height] = [file.readUInt32BE(16), file.readUInt32BE(20)];
    const dataAt = file.indexOf("IDAT") + 4;
    const pixels = inflateSync(file.subarray(dataAt, dataAt + file.readUInt32BE(dataAt - 8)));
    expect(pixels.length).toBe(height * (3 * width + 1));
    return { width, height, pixels };
  }

  it("is a PNG of 1200 × 630 that differs with the price", async () => {
    const pictures = await Promise.all(
      [113_600, 98_765].map(async (price) => {
        const state = new TestState();
        state.tick = tick({ price });
        return readPng(await previewRoute(state)(request()));
      }),
    );
    for (const { width, height } of pictures) expect([width, height]).toEqual([1200, 630]);
    expect(pictures[0]?.pixels).not.toEqual(pictures[1]?.pixels);
  });

  it("is made once a minute, however many ask", async () => {
    const state = new TestState();
    let clock = 0;
    const route = previewRoute(state, () => clock);
    const first = await route(request());
    state.tick = tick({ price: 98_765 });
    clock = 59_999;
    expect(await route(request())).toBe(first);
    clock = 60_000;
    expect((await route(request())).body).not.toEqual(first.body);
  });

  it("draws a gap where nothing was published", () => {
    const row = (i: number, price: number | null) =>
      ({ time: NOW - 10_800 + 10 * i, price, low: price, high: price, status: "ok" }) as const;
    const rows = Array.from({ length: 1080 }, (_, i) => row(i, i >= 500 && i < 580 ? null : 113_600));
    const view = { words: priceWords(tick(), NOW), from: NOW - 10_800, to: NOW };
    const orange = (image: ReturnType<typeof drawPreview>, x: number): boolean =>
      Array.from({ length: 200 }, (_, y) => image.at(x, 320 + y)[0]).some((red) => red > 200);
    const image = drawPreview({ ...view, rows });
    expect([300, 600, 800].map((x) => orange(image, x))).toEqual([true, false, true]);
  });

  it("has a glyph for every character of its texts", () => {
    const all = [null, tick(), tick({ status: "stale" }), tick({ status: "low_confidence", chain: "signet" })]
      .map((latest) => Object.values(priceWords(latest, NOW)).join(""))
      .join("");
    for (const character of new Set(`${all}0123456789JanFebMarAprMayJunJulAugSepOctNovDec`))
      if (character !== " ") expect(textStrokes(character, 0, 0, 14), character).not.toEqual([]);
  });
});

describe("the completed page", () => {
  const PAGE = "<head><title>UTXOracle Live</title><!-- preview --></head><noscript><!-- price --></noscript>";

  it("has the price in title, text and tags, with the image's absolute address", () => {
    const html = pageCompleter(new TestState(), false)(PAGE, request());
    expect(html).toContain("<title>$113,601 · UTXOracle Live</title>");
    expect(html).toContain('<p class="plain-price" data-tone="good">$113,601</p>');
    expect(html).toContain('property="og:title" content="$113,601 · UTXOracle Live"');
    expect(html).toContain('property="og:image" content="http://price.example:8000/preview.png?at=');
    expect(html).not.toMatch(/<script|style=|<!--/);
  });

  it("says in every place that a price is old or simulated", () => {
    const state = new TestState();
    state.tick = tick({ status: "stale", source: "simulation" });
    const html = pageCompleter(state, false)(PAGE, request());
    expect(html).toContain("<title>last known $113,601 · simulation · UTXOracle Live</title>");
    expect(html).toContain("simulation: not the price of a real market");
  });

  it("names the address of the proxy only if it is trusted", () => {
    const headers = {
      host: "127.0.0.1:8000",
      "x-forwarded-host": "price.example",
      "x-forwarded-proto": "https",
      "x-forwarded-prefix": "/btc",
    };
    expect(pageCompleter(new TestState(), true)(PAGE, request(headers))).toContain(
      '"https://price.example/btc/preview.png',
    );
    expect(pageCompleter(new TestState(), false)(PAGE, request(headers))).toContain(
      '"http://127.0.0.1:8000/preview.png',
    );
  });

  it.each(['"><script>alert(1)</script>', "a b", "", "<x>"])("lets no header %j into the page's markup", (host) => {
    const html = pageCompleter(new TestState(), true)(PAGE, request({ host, "x-forwarded-prefix": host }));
    expect(html).not.toContain("<script");
    expect(html).not.toContain("<x>");
  });
});

describe("/preview.png", () => {
  it("is served with its type and may be cached for a minute", async () => {
    const server = createStreamServer();
    server.addRoutes({ "/preview.png": previewRoute(new TestState()) });
    const { url } = await server.listen();
    try {
      const response = await fetch(`${url}/preview.png?at=x`);
      expect(response.headers.get("content-type")).toBe("image/png");
      expect(response.headers.get("cache-control")).toBe("public, max-age=60, no-transform");
    } finally {
      await server.close();
    }
  });
});
