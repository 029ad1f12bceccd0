// The most memory that this process's descendants held at one moment, from /proc, sampled.

import { readdir, readFile } from 'node:fs/promises';

const sampleMs = 250;

interface Process {
  readonly parent: number;
  readonly rssBytes: number;
}

/** Runs `work` and answers its result with the largest sum of resident memory of all processes started meanwhile. */
export async function withPeakMemory<Result>(
  work: () => Promise<Result>,
): Promise<{ readonly result: Result; readonly peakBytes: number }> {
  let peakBytes = 0;
  const timer = setInterval(async () => {
    peakBytes = Math.max(peakBytes, await descendantsBytes(process.pid));
  }, sampleMs);
  try {
    const result = await work();
    return { result, peakBytes };
  } finally {
    clearInterval(timer);
  }
}

async function descendantsBytes(root: number): Promise<number> {
  const all = new Map<number, Process>();
  for (const name of (await readdir('/proc')).filter((one) => /^\d+$/.test(one))) {
    const text = await readFile(`/proc/${name}/status`, 'utf8').catch(() => '');
    const parent = Number(/^PPid:\s+(\d+)$/m.exec(text)?.[1] ?? 0);
    const rssBytes = Number(/^VmRSS:\s+(\d+) kB$/m.exec(text)?.[1] ?? 0) * 1024;
    all.set(Number(name), { parent, rssBytes });
  }
  const belongs = (pid: number): boolean => {
    const parent = all.get(pid)?.parent ?? 0;
    return parent === root || (parent > 1 && belongs(parent));
  };
  let sum = 0;
  for (const [pid, { rssBytes }] of all) if (belongs(pid)) sum += rssBytes;
  return sum;
}
