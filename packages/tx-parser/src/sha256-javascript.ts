import { idToHex } from "./hex.ts";
import { sha256Constants } from "./sha256-constants.ts";
import {
  digestsAddress,
  engineMemoryBytes,
  jobBytes,
  jobsAddress,
  messagesAddress,
  type Sha256Engine,
} from "./sha256-engine.ts";

/** Of messages that `doubleSha256` takes. */
const maxShortMessageBytes = 256;

/** SHA-256 (FIPS 180-4) in plain JavaScript, for runtimes without WebAssembly SIMD. */
export function createJavaScriptEngine(memoryBytes = engineMemoryBytes): Sha256Engine {
  const { roundConstants, initialState } = sha256Constants();
  const schedule = new Int32Array(64);
  const state = new Int32Array(8);
  const memory = new Uint8Array(memoryBytes);
  const view = new DataView(memory.buffer);

  function compress(block: number): void {
    for (let t = 0; t < 16; t++) schedule[t] = view.getInt32(block + 4 * t);
    for (let t = 16; t < 64; t++) {
      const w15 = schedule[t - 15]!;
      const w2 = schedule[t - 2]!;
      const sigma0 = rotateRight(w15, 7) ^ rotateRight(w15, 18) ^ (w15 >>> 3);
      const sigma1 = rotateRight(w2, 17) ^ rotateRight(w2, 19) ^ (w2 >>> 10);
      schedule[t] = (schedule[t - 16]! + sigma0 + schedule[t - 7]! + sigma1) | 0;
    }
    let a = state[0]!;
    let b = state[1]!;
    let c = state[2]!;
    let d = state[3]!;
    let e = state[4]!;
    let f = state[5]!;
    let g = state[6]!;
    let h = state[7]!;
    for (let t = 0; t < 64; t++) {
      const sum1 = rotateRight(e, 6) ^ rotateRight(e, 11) ^ rotateRight(e, 25);
      const t1 = (h + sum1 + (g ^ (e & (f ^ g))) + roundConstants[t]! + schedule[t]!) | 0;
      const sum0 = rotateRight(a, 2) ^ rotateRight(a, 13) ^ rotateRight(a, 22);
      const t2 = (sum0 + ((a & b) | (c & (a | b)))) | 0;
      h = g;
      g = f;
      f = e;
      e = (d + t1) | 0;
      d = c;
      c = b;
      b = a;
      a = (t1 + t2) | 0;
    }
    state[0]! += a;
    state[1]! += b;
    state[2]! += c;
    state[3]! += d;
    state[4]! += e;
    state[5]! += f;
    state[6]! += g;
    state[7]! += h;
  }

  /**
   * Hashes a message and writes its digest to `target`. Pads its end at address 0 of the memory.
   */
  function digest(start: number, length: number, target: number): void {
    const fullBytes = length - (length & 63);
    state.set(initialState);
    for (let block = 0; block < fullBytes; block += 64) compress(start + block);
    memory.copyWithin(0, start + fullBytes, start + length);
    const tailBytes = (length & 63) < 56 ? 64 : 128;
    memory.fill(0, length - fullBytes, tailBytes);
    memory[length - fullBytes] = 0x80;
    // Length in bits; both halves are truncated to 32 bits when written.
    view.setUint32(tailBytes - 8, length / 0x20000000);
    view.setUint32(tailBytes - 4, length << 3);
    for (let block = 0; block < tailBytes; block += 64) compress(block);
    for (let word = 0; word < 8; word++) view.setInt32(target + 4 * word, state[word]!);
  }

  return {
    name: "javascript",
    memory,
    view,
    run(count) {
      for (let job = 0; job < count; job++) {
        const entry = jobsAddress + jobBytes * job;
        const target = digestsAddress + 32 * job;
        digest(view.getInt32(entry, true), view.getInt32(entry + 4, true), target);
        digest(target, 32, target);
      }
    },
    rehash: () => digest(digestsAddress, 32, digestsAddress),
    readId: (job) => idToHex(memory, digestsAddress + 32 * job),
  };
}

function rotateRight(word: number, bits: number): number {
  return (word >>> bits) | (word << (32 - bits));
}

let smallEngine: Sha256Engine | undefined;

/** Double SHA-256 of a short message, without loading WebAssembly. */
export function doubleSha256(message: Uint8Array): Uint8Array {
  smallEngine ??= createJavaScriptEngine(messagesAddress + maxShortMessageBytes);
  const { memory, view } = smallEngine;
  memory.set(message, messagesAddress);
  view.setUint32(jobsAddress, messagesAddress, true);
  view.setUint32(jobsAddress + 4, message.length, true);
  smallEngine.run(1);
  return memory.slice(digestsAddress, digestsAddress + 32);
}
