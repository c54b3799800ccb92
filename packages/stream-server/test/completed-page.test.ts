import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { completedPage } from "../src/completed-page.ts";
import type { RouteRequest } from "../src/index.ts";

const PAGE = `<!doctype html><title>PRICE</title>${"<p>text</p>".repeat(200)}`;

function request(host = "a.example", encoding = "gzip"): RouteRequest {
  return {
    method: "GET",
    path: "/",
    query: new URLSearchParams(),
    headers: { host, "accept-encoding": encoding },
    address: "127.0.0.1",
  };
}

describe("a page that is completed for each request", () => {
  it("shows what is true at the request, with the headers of a page", async () => {
    let price = 1;
    const answer = completedPage(PAGE, (page) => page.replace("PRICE", String(price)), { "X-Page": "1" });
    for (price of [1, 2]) {
      const { body, headers } = await answer(request());
      expect(gunzipSync(body as Uint8Array).toString()).toContain(`<title>${price}</title>`);
      expect(headers).toMatchObject({ "X-Page": "1", "Content-Encoding": "gzip", Vary: "Accept-Encoding" });
      expect(headers).not.toHaveProperty("ETag");
    }
  });

  it("compresses a result once for all requests", async () => {
    const answer = completedPage(PAGE, (page) => page, {});
    const [first, second] = await Promise.all([answer(request()), answer(request())]);
    expect(second.body).toBe(first.body);
  });

  it("sends plain text once clients cause eight different results in a second", async () => {
    let clock = 0;
    const complete = (page: string, { headers }: RouteRequest): string => page.replace("PRICE", headers.host ?? "");
    const answer = completedPage(PAGE, complete, {}, () => clock);
    const codings = async (): Promise<(string | undefined)[]> =>
      Promise.all(
        Array.from(
          { length: 20 },
          async (_, i) => (await answer(request(`h${i}.example`))).headers?.["Content-Encoding"],
        ),
      );
    expect((await codings()).filter((coding) => coding === "gzip")).toHaveLength(8);
    expect((await answer(request("h19.example"))).body).toContain("h19.example");
    clock = 1000;
    expect((await answer(request("h19.example"))).headers?.["Content-Encoding"]).toBe("gzip");
  });
});
