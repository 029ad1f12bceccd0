// The one place that prints. Progress goes to stderr, a line a step; results alone go to stdout.

import { environment } from './environment.ts';

/** Tells the user how the work goes. */
export interface Reporter {
  /** A step begins; call the answer when it ends, with what is to be said of it. */
  begin(name: string): StepReport;
  /** A line of its own. */
  note(text: string): void;
}

interface StepReport {
  /** Bytes so far and in all; drawn as a bar with rate and time left on a terminal. */
  progress(doneBytes: number, totalBytes: number): void;
  end(outcome: string): void;
}

const live = Boolean(process.stderr.isTTY) && !environment.ci;
const nameWidth = 36;

/** `12.3 s` or `2 min 05 s`. */
export function formatSeconds(seconds: number): string {
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, '0')} s`;
}

/** `1.2 MB`, in powers of 1000. */
export function formatBytes(bytes: number): string {
  return bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

/** The bar of one download: share done, rate and time left. */
export function progressBar(
  doneBytes: number,
  totalBytes: number,
  elapsedSeconds: number,
  width = 24,
): string {
  const share = totalBytes === 0 ? 1 : Math.min(1, doneBytes / totalBytes);
  const rate = doneBytes / Math.max(elapsedSeconds, 0.001);
  const left = rate === 0 ? '–' : formatSeconds((totalBytes - doneBytes) / rate);
  const bar = '█'.repeat(Math.round(share * width)).padEnd(width, '░');
  return `${bar} ${String(Math.floor(share * 100)).padStart(3)} %  ${formatBytes(rate)}/s  ${left} left`;
}

/** What is drawn below the lines that are done: the steps that run now, each with its bar or its time. */
const running = new Map<symbol, () => string>();

function draw(): void {
  const text = [...running.values()].map((describe) => describe()).join('   ');
  const columns = process.stderr.columns || 80;
  process.stderr.write(`\r\u001b[2K${[...`  ${text}`].slice(0, columns - 1).join('')}`);
}

function writeLine(text: string): void {
  process.stderr.write(live ? `\r\u001b[2K${text}\n` : `${text}\n`);
}

let timer: NodeJS.Timeout | undefined;

function addRunning(describe: () => string): () => void {
  if (!live) return () => {};
  const id = Symbol('running');
  running.set(id, describe);
  timer ??= setInterval(draw, 200).unref();
  return () => {
    running.delete(id);
    if (running.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

/** The reporter of the command line. */
export const consoleReporter: Reporter = {
  note: writeLine,
  begin(name) {
    const start = process.hrtime.bigint();
    const elapsed = () => Number(process.hrtime.bigint() - start) / 1e9;
    let bar: string | undefined;
    const stopDrawing = addRunning(() => `${name} ${bar ?? formatSeconds(elapsed())}`);
    return {
      progress(doneBytes, totalBytes) {
        bar = progressBar(doneBytes, totalBytes, elapsed());
      },
      end(outcome) {
        stopDrawing();
        writeLine(
          `  ${name.padEnd(nameWidth)} ${formatSeconds(elapsed()).padStart(12)}  ${outcome}`.trimEnd(),
        );
      },
    };
  },
};

/** Prints a result. */
export function printResult(text: string): void {
  process.stdout.write(`${text}\n`);
}
