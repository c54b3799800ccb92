// Module hooks for the built program: insert a call of `globalThis.faultPoint` at a place of
// `fault-places.mjs`. The program itself has no such hook.
import { writeFileSync } from "node:fs";
import { faultPlaces, hurries } from "./fault-places.mjs";

/** @type {{ part: string, program: string, placed: string }} */
let fault;

export function initialize(data) {
  fault = data;
}

export async function load(url, context, nextLoad) {
  const loaded = await nextLoad(url, context);
  if (!url.startsWith(fault.program) || loaded.source == null) return loaded;
  const source = String(loaded.source)
    .replace(faultPlaces[fault.part], (text) => {
      writeFileSync(fault.placed, "");
      return `${text} globalThis.faultPoint();`;
    })
    .replace(...(hurries[fault.part] ?? ["", ""]));
  return { ...loaded, source };
}
