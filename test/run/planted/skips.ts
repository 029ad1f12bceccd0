import test from 'ava';

test.skip('is left out', (t) => t.pass());

test('passes beside a skipped test', (t) => t.pass());
