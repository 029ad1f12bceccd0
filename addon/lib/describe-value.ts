// How error messages show a value that a caller passed: enough to see the mistake, nothing that could be a secret, and
// without running code of the value.

/** `a string`, `null`, `an instance of Uint16Array`: what kind of value it is, and nothing of its content. */
export function describeKind(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (typeof value === 'object') return `an instance of ${classOf(value)}`;
  return `a ${typeof value}`;
}

/** A number, boolean or short word as it is, anything else by its kind. For arguments that never hold secrets. */
export function describeValue(value: unknown): string {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (typeof value === 'string' && value.length <= 32) return JSON.stringify(value);
  return describeKind(value);
}

function classOf(value: object): string {
  try {
    const name: unknown = Object.getPrototypeOf(value)?.constructor?.name;
    return typeof name === 'string' && name !== '' ? name : 'an unnamed class';
  } catch {
    return 'an unnamed class'; // a getter or a proxy that throws
  }
}
