import test from 'ava';
import { describeKind, describeValue } from '../../addon/lib/describe-value.ts';

const throwing = new Proxy(
  {},
  {
    getPrototypeOf() {
      throw new Error('not for you');
    },
  },
);

/** A value, its kind, and how it is shown. */
const rows: readonly (readonly [unknown, string, string])[] = [
  [null, 'null', 'null'],
  [undefined, 'undefined', 'undefined'],
  [5, 'a number', '5'],
  [true, 'a boolean', 'true'],
  ['PEM', 'a string', '"PEM"'],
  ['a\0b', 'a string', '"a\\u0000b"'],
  ['x'.repeat(33), 'a string', 'a string'],
  [1n, 'a bigint', 'a bigint'],
  [Symbol('secret'), 'a symbol', 'a symbol'],
  [() => 'secret', 'a function', 'a function'],
  [Buffer.from('secret'), 'an instance of Buffer', 'an instance of Buffer'],
  [Object.create(null), 'an instance of an unnamed class', 'an instance of an unnamed class'],
  [throwing, 'an instance of an unnamed class', 'an instance of an unnamed class'],
];

test('shows a value by its kind, and only a number, a boolean or a short word by itself', (t) => {
  for (const [value, kind, shown] of rows) {
    t.is(describeKind(value), kind);
    t.is(describeValue(value), shown);
  }
});
