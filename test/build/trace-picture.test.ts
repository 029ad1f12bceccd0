import test from 'ava';
import type { Slice } from '../../build/trace.ts';
import { renderTracePicture } from '../../build/trace-picture.ts';

const slice = (name: string, lane: number, startMs: number, durationMs: number): Slice => ({
  name,
  key: 'key',
  cached: false,
  lane,
  startMs,
  durationMs,
  processorMs: durationMs * 1.5,
  failed: name === 'b<ad',
});

test('draws a row per lane and a bar per step that ran, with its times', (t) => {
  const cached = { ...slice('cached', 0, 0, 0), cached: true };
  const svg = renderTracePicture([cached, slice('compile', 1, 0, 90_000), slice('b<ad', 2, 1000, 30_000)]);
  t.deepEqual(
    [...svg.matchAll(/>(lane \d)</g)].map(([, name]) => name),
    ['lane 1', 'lane 2'],
  );
  t.deepEqual(
    [...svg.matchAll(/<title>(.*?)<\/title>/g)].map(([, title]) => title),
    [
      'What ran when in a build, a row for each lane',
      'compile: 90.0 s, 135.0 s of processor time in its programs',
      'b&lt;ad: 30.0 s, 45.0 s of processor time in its programs',
    ],
  );
  const widths = [...svg.matchAll(/y="\d+" width="([\d.]+)" height="34"/g)].map(([, width]) => Number(width));
  t.true(Math.abs((widths[0] ?? 0) / (widths[1] ?? 1) - 3) < 0.05, 'as long as they took');
  t.is(svg.match(/#b00020/g)?.length, 1, 'a step that failed has another colour');
  t.deepEqual(
    [...svg.matchAll(/>(\d+) s</g)].slice(0, 3).map(([, at]) => at),
    ['0', '10', '20'],
  );
});
