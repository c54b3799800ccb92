import { addressGroup } from "./client-address.ts";
import type { StreamLimits } from "./stream-limits.ts";

/** Limits the number of clients in total and per address. */
export class Admission {
  readonly #limits: StreamLimits;
  readonly #byGroup = new Map<string, number>();
  #total = 0;

  constructor(limits: StreamLimits) {
    this.#limits = limits;
  }

  get total(): number {
    return this.#total;
  }

  /** Why a client from this address must be refused; null if it may connect. */
  refusal(address: string): "too_many_clients" | "too_many_clients_of_address" | null {
    if (this.#total >= this.#limits.maxClients) return "too_many_clients";
    const clients = this.#byGroup.get(addressGroup(address)) ?? 0;
    return clients >= this.#limits.maxClientsPerAddress ? "too_many_clients_of_address" : null;
  }

  /** Counts a client. */
  enter(address: string): void {
    const group = addressGroup(address);
    this.#total += 1;
    this.#byGroup.set(group, (this.#byGroup.get(group) ?? 0) + 1);
  }

  /** Uncounts a client, once for each {@link enter}. */
  leave(address: string): void {
    const group = addressGroup(address);
    this.#total -= 1;
    const held = (this.#byGroup.get(group) ?? 1) - 1;
    if (held === 0) this.#byGroup.delete(group);
    else this.#byGroup.set(group, held);
  }
}
