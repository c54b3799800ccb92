/** @throws TypeError that names the argument */
export function checkNumber(value: unknown, name: string): void {
  if (typeof value !== "number") throw new TypeError(`${name} must be a number, got ${kindOf(value)}`);
}

/**
 * @param fields what the object has, e.g. `{ low, high }`.
 * @throws TypeError that names the argument
 */
export function checkObject(value: unknown, name: string, fields: string): void {
  if (typeof value !== "object" || value === null)
    throw new TypeError(`${name} must be ${fields}, got ${kindOf(value)}`);
}

const kindOf = (value: unknown): string => (value === null ? "null" : typeof value);
