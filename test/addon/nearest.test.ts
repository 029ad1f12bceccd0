import test from 'ava';
import { didYouMean, nearest } from '../../addon/lib/nearest.ts';

const candidates = ['info', 'version', 'ca-bundle', 'openssl', 'serverAuthentication', 'codeSigning'];

test('finds the name that a misspelled one stands for', (t) => {
  const table: readonly [string, string | undefined][] = [
    ['verison', 'version'],
    ['vers', 'version'],
    ['openSSL', 'openssl'],
    ['opnessl', 'openssl'],
    ['cabundle', 'ca-bundle'],
    ['ca_bundles', 'ca-bundle'],
    ['serverAuth', 'serverAuthentication'],
    ['serverAuthentification', 'serverAuthentication'],
    ['code-signing', 'codeSigning'],
    ['inf', 'info'],
    ['nifo', 'info'],
    ['frobnicate', undefined],
    ['i', undefined],
    ['', undefined],
    ['x'.repeat(1_000_000), undefined],
  ];
  for (const [word, name] of table) t.is(nearest(word, candidates), name, word.slice(0, 20));
});

test('prefers the nearest of several', (t) => {
  t.is(nearest('lisp', ['path', 'list', 'lisps']), 'lisps');
  t.is(nearest('listt', ['lists', 'list']), 'list');
});

test('ends a message with the nearest name, or not at all', (t) => {
  t.is(didYouMean('verison', candidates), '; did you mean version?');
  t.is(didYouMean('frobnicate', candidates), '');
});
