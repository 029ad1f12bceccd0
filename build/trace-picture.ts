// A trace of a build as a picture: a row per lane, a bar per step, seconds from left to right. The same trace gives the same bytes.

import { escapeXml } from './formats/xml.ts';
import type { Slice } from './trace.ts';

const [width, left, rowHeight, top] = [1200, 70, 46, 40] as const;
/** Widths of a letter and of a bar that has room for its name, in pixels. */
const [letterWidth, padding] = [6.2, 8] as const;
const ticks: readonly number[] = [1, 2, 5, 10, 20, 30, 60, 120, 300, 600];

/** Draws what has run; what was cached took no time. */
export function renderTracePicture(slices: readonly Slice[]): string {
  const ran = slices.filter(({ cached }) => !cached);
  const endMs = Math.max(1000, ...ran.map(({ startMs, durationMs }) => startMs + durationMs));
  const lanes = [...new Set(ran.map(({ lane }) => lane))].sort((a, b) => a - b);
  const height = top + lanes.length * rowHeight + 24;
  const x = (ms: number) => left + (ms / endMs) * (width - left - 20);
  const y = (lane: number) => top + lanes.indexOf(lane) * rowHeight;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="11">`,
    '<title>What ran when in a build, a row for each lane</title>',
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    ...axis(endMs, x, height),
    ...lanes.map((lane) => `<text x="8" y="${y(lane) + 22}" fill="#333">lane ${lane}</text>`),
    ...ran.map((slice) => bar(slice, x, y(slice.lane))),
    '</svg>',
    '',
  ].join('\n');
}

function axis(endMs: number, x: (ms: number) => number, height: number): string[] {
  const step = ticks.find((seconds) => endMs / 1000 / seconds <= 15) ?? 600;
  const count = Math.floor(endMs / 1000 / step);
  return Array.from({ length: count + 1 }, (_, index) => {
    const at = x(index * step * 1000).toFixed(1);
    return `<path d="M${at} 24V${height - 20}" stroke="#ddd"/><text x="${at}" y="18" fill="#666" text-anchor="middle">${index * step} s</text>`;
  });
}

function bar(slice: Slice, x: (ms: number) => number, y: number): string {
  const { name, startMs, durationMs, processorMs, failed } = slice;
  const [from, to] = [x(startMs), x(startMs + durationMs)];
  const barWidth = Math.max(1, to - from - 1);
  const seconds = (ms: number) => (ms / 1000).toFixed(1);
  const title = `${name}: ${seconds(durationMs)} s, ${seconds(processorMs)} s of processor time in its programs`;
  const hasRoom = barWidth > name.length * letterWidth + padding;
  const label = hasRoom
    ? `<text x="${(from + 4).toFixed(1)}" y="${y + 22}" fill="#fff">${escapeXml(name)}</text>`
    : '';
  const rect = `<rect x="${from.toFixed(1)}" y="${y + 4}" width="${barWidth.toFixed(1)}" height="${rowHeight - 12}" rx="2" fill="${failed ? '#b00020' : '#2f6f9f'}"/>`;
  return `<g><title>${escapeXml(title)}</title>${rect}${label}</g>`;
}
