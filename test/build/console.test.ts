import test from 'ava';
import { formatBytes, formatSeconds, progressBar } from '../../build/console.ts';

test('the bar shows share, rate and time left', (t) => {
  t.is(progressBar(25e6, 100e6, 5, 8), '██░░░░░░  25 %  5.0 MB/s  15.0 s left');
  t.is(progressBar(100e6, 100e6, 10, 4), '████ 100 %  10.0 MB/s  0.0 s left');
  t.is(progressBar(0, 100, 0, 4), '░░░░   0 %  0.0 kB/s  – left');
});

test('times and sizes read well', (t) => {
  t.is(formatSeconds(3.21), '3.2 s');
  t.is(formatSeconds(125), '2 min 05 s');
  t.is(formatBytes(512), '0.5 kB');
  t.is(formatBytes(53_153_930), '53.2 MB');
});
