import test from 'ava';

test("compares two of it's numbers", (t) => {
  t.deepEqual({ numbers: [1, 2] }, { numbers: [1, 3] });
});

test('throws an error', () => {
  throw new Error('the planted error\nand its second line');
});

test('passes beside failures', (t) => t.pass());
