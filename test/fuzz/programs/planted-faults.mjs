// Stands for the library in the tests of the fuzzer: the part after # in the address says which fault is in it, and each
// fault waits behind arguments that are half right.

const fault = decodeURIComponent(new URL(import.meta.url).hash.slice(1));

export class Box {
  #filled = true;

  static of() {
    return new Box();
  }

  open(/** @type {unknown} */ count) {
    if (!(#filled in this)) throw new TypeError('Expected a Box for this');
    if (typeof count !== 'number')
      throw new TypeError('Expected an integer from 1 to 3 for count, got something else');
    if (!(count >= 1 && count <= 3))
      throw new RangeError('Expected an integer from 1 to 3 for count, got another one');
    if (fault === 'signal' && this.#filled) process.kill(process.pid, 'SIGSEGV');
    if (fault === 'exit') process.exit(3);
    if (fault === 'stray') throw new Error('planted');
    if (fault === 'stray value') throw 'planted';
    if (fault === 'rejection') return Promise.reject(new Error('planted'));
    if (fault === 'unhandled') void Promise.reject(new Error('planted'));
    if (fault === 'queue') left = ['planted'];
    if (fault === 'hang') for (;;);
    return count;
  }
}

/** @type {string[]} */
let left = [];

export function drainErrors() {
  return left;
}
