import { readFile } from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import { run } from '../../build/process.ts';
import { addTimes, withProcessorTime } from '../../build/processor-time.ts';
import { renderTrace, type Slice } from '../../build/trace.ts';
import { builder } from '../support/builder.ts';
import { temporaryFolder } from '../support/folder.ts';

const slice: Slice = {
  name: 'compile',
  key: 'abc',
  cached: false,
  lane: 2,
  startMs: 1.5,
  durationMs: 2000,
  processorMs: 3500,
  failed: false,
};

test('renders a row per lane and a slice per step, in microseconds', (t) => {
  const cached = { ...slice, name: 'extract', cached: true, lane: 0 };
  const { traceEvents, otherData } = JSON.parse(renderTrace([cached, slice], 1234));
  t.deepEqual(otherData, { builderProcessorSeconds: 1.234 });
  t.deepEqual(
    traceEvents.filter(({ ph }: { ph: string }) => ph === 'M').map((event: { args: object }) => event.args),
    [{ name: 'cached' }, { name: 'lane 2' }],
  );
  t.deepEqual(traceEvents[3], {
    name: 'compile',
    cat: 'run',
    ph: 'X',
    pid: 1,
    tid: 2,
    ts: 1500,
    dur: 2_000_000,
    args: { key: 'abc', cached: false, processorSeconds: 3.5, failed: false },
  });
});

const spin = ['sh', '-c', 'i=0; while [ $i -lt 300000 ]; do i=$((i+1)); done'];

test('measures the programs that a piece of work starts, and no others', async (t) => {
  const outside = run(spin);
  const measured = await withProcessorTime(() => run(spin));
  const idle = await withProcessorTime(() => run(['sleep', '0.2']));
  await outside;
  t.true(measured.processorMs > 20, `${measured.processorMs}`);
  t.true(idle.processorMs < measured.processorMs / 2, `${idle.processorMs} of ${measured.processorMs}`);
});

test('a measured program has the same output, status and descriptors', async (t) => {
  const words = ['sh', '-c', 'echo out; echo err >&2; [ -e /dev/fd/3 ] && echo descriptor; exit 3'];
  const plain = await run(words, { allowFailure: true });
  const measured = await withProcessorTime(() => run(words, { allowFailure: true }));
  t.deepEqual('value' in measured ? measured.value : undefined, plain);
  t.deepEqual(plain, { exitCode: 3, stdout: 'out\n', stderr: 'err\n' });
});

test('reads the times that sh prints', async (t) => {
  const { processorMs } = await withProcessorTime(async () =>
    addTimes('0m0.010s 0m0.020s\n1m2.500s 0m0.250s\n'),
  );
  t.is(processorMs, 62_750);
});

test('--trace writes a trace of what ran and what was cached', async (t) => {
  const folder = await temporaryFolder(t);
  const file = path.join(folder, 'trace.json');
  const args = ['--until', 'bundles', '--cache', path.join(folder, 'cache'), '--trace', file];
  const slices = async () => {
    const { code, stderr } = await builder(args);
    t.is(code, 0, stderr);
    const { traceEvents } = JSON.parse(await readFile(file, 'utf8'));
    return traceEvents
      .filter(({ ph }: { ph: string }) => ph === 'X')
      .map(({ name, args: { cached } }: { name: string; args: { cached: boolean } }) => [name, cached]);
  };
  t.deepEqual(await slices(), [
    ['fetch-certdata', false],
    ['bundles', false],
  ]);
  t.deepEqual(await slices(), [['bundles', true]]);
  const { code, stderr } = await builder([...args.slice(0, -1), path.join(folder, 'missing/trace.json')]);
  t.is(code, 1);
  t.regex(
    stderr,
    /^ERR_NOT_WRITABLE: Expected a file that can be written for --trace: .*missing\/trace\.json/m,
  );
  t.notRegex(stderr, /bundles/, 'before the build begins');
});
