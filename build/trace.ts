// A trace of a build in the Trace Event Format, which Perfetto (ui.perfetto.dev) and Chromium (chrome://tracing) open: a row
// per lane, a slice per step. The longest unbroken chain of slices is the critical path.
// Format: https://docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU

/** A step in a trace. */
export interface Slice {
  readonly name: string;
  readonly key: string;
  /** Whether the result was in the cache. */
  readonly cached: boolean;
  /** 1 for the first lane; 0 for what was only looked up. */
  readonly lane: number;
  /** Since the start of the build. */
  readonly startMs: number;
  readonly durationMs: number;
  /** Of the programs that the step started. */
  readonly processorMs: number;
  readonly failed: boolean;
}

/** A whole trace as JSON. @param builderMs - processor time of the builder itself */
export function renderTrace(slices: readonly Slice[], builderMs: number): string {
  const lanes = [...new Set(slices.map(({ lane }) => lane))].sort((a, b) => a - b);
  const named = lanes.map((lane) => ({
    name: 'thread_name',
    ph: 'M',
    pid: 1,
    tid: lane,
    args: { name: lane === 0 ? 'cached' : `lane ${lane}` },
  }));
  const events = slices.map(({ name, key, cached, lane, startMs, durationMs, processorMs, failed }) => ({
    name,
    cat: cached ? 'cached' : 'run',
    ph: 'X',
    pid: 1,
    tid: lane,
    // the format's unit is the microsecond
    ts: Math.round(startMs * 1000),
    dur: Math.round(durationMs * 1000),
    args: { key, cached, processorSeconds: Math.round(processorMs) / 1000, failed },
  }));
  const otherData = { builderProcessorSeconds: Math.round(builderMs) / 1000 };
  return `${JSON.stringify({ displayTimeUnit: 'ms', otherData, traceEvents: [...named, ...events] }, undefined, 1)}\n`;
}
