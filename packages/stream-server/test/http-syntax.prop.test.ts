import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { chooseEncoding } from "../src/accept-encoding.ts";
import { isHost } from "../src/host.ts";
import { parseRequestTarget } from "../src/request-target.ts";

const percentEncoded = (text: string): string =>
  [...Buffer.from(text)].map((byte) => `%${byte.toString(16).padStart(2, "0")}`).join("");
const host = fc
  .tuple(
    fc.oneof(
      fc.domain(),
      fc.ipV4(),
      fc.ipV6().map((address) => `[${address}]`),
    ),
    fc.option(fc.integer({ min: 0, max: 65_535 })),
  )
  .map(([name, port]) => (port === null ? name : `${name}:${port}`));

describe("parseRequestTarget", () => {
  it("parses origin form and absolute form alike, for any path encoding", () => {
    const segment = fc.tuple(fc.webSegment(), fc.string({ maxLength: 5 }));
    const path = fc.array(segment, { minLength: 1, maxLength: 5 });
    const query = fc.webQueryParameters();
    fc.assert(
      fc.property(path, query, host, fc.constantFrom("http", "HTTP", "https"), (segments, asked, authority, scheme) => {
        const plain = segments.map(([first, second]) => decodeURIComponent(first) + second);
        // Slashes and percent signs stay encoded, so that different paths stay different.
        const decoded = plain.map((text) => text.replaceAll("%", "%25").replaceAll("/", "%2F"));
        const spelled = segments.map(([first, second]) => first + percentEncoded(second));
        const target = `/${spelled.join("/")}?${asked}`;
        const expected = { path: `/${decoded.join("/")}`, query: asked };
        expect(parseRequestTarget(target)).toEqual({ ...expected, host: null });
        expect(parseRequestTarget(`${scheme}://${authority}${target}`)).toEqual({ ...expected, host: authority });
      }),
    );
  });

  it("returns a path that starts with a slash, a star, or null", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.webUrl(), fc.webPath()), fc.string(), (start, end) => {
        const target = parseRequestTarget(start + end);
        expect(target === null || target.path === "*" || target.path.startsWith("/")).toBe(true);
      }),
    );
  });
});

describe("isHost", () => {
  it("accepts any name or address, with or without port", () => {
    fc.assert(
      fc.property(host, (text) => {
        expect(isHost(text)).toBe(true);
      }),
    );
  });

  it("rejects invalid characters at any position", () => {
    const foreign = fc.constantFrom(...' \t\r\n\0/\\?#@<>"^`{|}é€');
    fc.assert(
      fc.property(host, foreign, fc.nat(), (text, character, position) => {
        const at = position % (text.length + 1);
        expect(isHost(text.slice(0, at) + character + text.slice(at))).toBe(false);
      }),
    );
  });
});

describe("chooseEncoding", () => {
  const codings = ["br", "gzip", "zstd"] as const;
  const name = fc.constantFrom(...codings, "identity", "*", "deflate");
  const preferences = fc.uniqueArray(fc.tuple(name, fc.integer({ min: 0, max: 1000 })), { selector: ([one]) => one });
  const separator = fc.constantFrom(",", ", ", " , ");

  it("chooses the highest weight, and the preferred coding among equals", () => {
    fc.assert(
      fc.property(preferences, separator, fc.subarray([...codings]), (weights, comma, available) => {
        const header = weights.map(([coding, weight]) => `${coding};q=${(weight / 1000).toFixed(3)}`).join(comma);
        const weightOf = (coding: string): number | undefined => new Map<string, number>(weights).get(coding);
        const of = (coding: string): number => weightOf(coding) ?? weightOf("*") ?? 0;
        const best = Math.max(...available.map(of), 0);
        const favorite = available.find((coding) => of(coding) === best) ?? null;
        const asItIs = weightOf("identity") ?? weightOf("*") ?? 0;
        expect(chooseEncoding(header, available)).toBe(best > 0 && best >= asItIs ? favorite : null);
      }),
    );
  });

  it("never throws and chooses identity for arbitrary headers", () => {
    fc.assert(
      fc.property(fc.string(), (header) => {
        const chosen = chooseEncoding(header, codings);
        expect(chosen === null || header.toLowerCase().includes(chosen) || header.includes("*")).toBe(true);
      }),
    );
    expect(chooseEncoding(undefined, codings)).toBeNull();
  });

  it.each([
    ["gzip, deflate, br", "br"],
    ["br;q=0.5, gzip", "gzip"],
    ["x-gzip", "gzip"],
    ["GZIP", "gzip"],
    ["*", "br"],
    ["*;q=0.2, br;q=0", "gzip"],
    ["identity, br;q=0.9", null],
    ["br;q=0.2, gzip;q=0, *;q=0.8", null],
    ["br;q=0, gzip;q=0.0", null],
    ["br;q=2", null],
    ["br;q=", null],
    ["", null],
  ])("from %j is %j", (header, chosen) => {
    expect(chooseEncoding(header, ["br", "gzip"])).toBe(chosen);
  });
});
