// Debian's pyOpenSSL, in a Python that stays as long as a test file runs. The protocol is in python-openssl.py.

import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { run, start } from '../../build/process.ts';

const interpreter = '/usr/bin/python3';
const server = fileURLToPath(new URL('python-openssl.py', import.meta.url));

/** What a source of Python gets and what it answers: no instances of classes, neither here nor there. */
export type Value =
  | null
  | undefined
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | Date
  | readonly Value[]
  | { readonly [name: string]: Value };

/** The variables of a source. */
export type Values = Readonly<Record<string, Value>>;

/** What pyOpenSSL raised. */
export interface PythonRefusal {
  /** The exception's class: `Error`, `ValueError`. */
  readonly type: string;
  readonly message: string;
  /** OpenSSL's queue, oldest first: library, function, reason. */
  readonly queue: readonly (readonly [library: string, func: string, reason: string])[];
  /** Of an X509StoreContextError: code, depth, text. */
  readonly errors: readonly [code: number, depth: number, text: string] | readonly [];
}

export type Outcome = { readonly answer: unknown } | { readonly refusal: PythonRefusal };

/** Whether `import OpenSSL` works in the system's Python. */
export async function hasPythonOpenssl(): Promise<boolean> {
  const { exitCode } = await run([interpreter, '-c', 'import OpenSSL'], { allowFailure: true });
  return exitCode === 0;
}

/** One Python, which runs one source after the other. */
export class PythonOpenssl {
  readonly #process: ChildProcessWithoutNullStreams;
  readonly #waiting = new Map<number, (line: Record<string, unknown>) => void>();
  #stderr = '';
  #count = 0;
  #hasEnded = false;

  constructor() {
    this.#process = start([interpreter, '-W', 'ignore', server]);
    this.#process.stderr.on('data', (text) => {
      this.#stderr += text;
    });
    createInterface(this.#process.stdout).on('line', (line) => {
      const answer = JSON.parse(line);
      this.#waiting.get(answer.id)?.(answer);
      this.#waiting.delete(answer.id);
    });
    this.#process.on('close', () => {
      this.#hasEnded = true;
      for (const settle of this.#waiting.values()) settle({ broken: `Python ended\n${this.#stderr}` });
    });
  }

  /**
   * Runs statements of Python; the value of the last one, if it is an expression, is the answer.
   * @param values - its variables
   * @throws {Error} the source itself is wrong, or Python has ended
   */
  run(source: string, values: Values = {}): Promise<Outcome> {
    return this.#request({ source, values: encodeAll(values) });
  }

  /**
   * Runs statements whose names and variables all later sources see.
   * @throws {Error} they fail
   */
  async share(source: string, values: Values = {}): Promise<void> {
    const outcome = await this.#request({ source, values: encodeAll(values), shared: true });
    if ('refusal' in outcome)
      throw new Error(`${outcome.refusal.type}: ${outcome.refusal.message}\n${source}`);
  }

  stop(): void {
    this.#process.stdin.end();
  }

  async #request(request: Record<string, unknown>): Promise<Outcome> {
    if (this.#hasEnded) throw new Error(`Python ended\n${this.#stderr}`);
    this.#count++;
    const id = this.#count;
    const line = await new Promise<Record<string, unknown>>((resolve) => {
      this.#waiting.set(id, resolve);
      this.#process.stdin.write(`${JSON.stringify({ id, ...request })}\n`);
    });
    if ('broken' in line) throw new Error(`${line.broken}\n${request.source}`);
    if ('refusal' in line) return { refusal: line.refusal as PythonRefusal };
    return { answer: decode(line.answer) };
  }
}

function encodeAll(values: Values): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, encode(value)]));
}

function encode(value: Value): unknown {
  if (value === undefined || value === null) return null;
  if (typeof value === 'number' || typeof value === 'bigint') return { integer: String(value) };
  if (typeof value !== 'object') return value;
  if (value instanceof Uint8Array) return { bytes: Buffer.from(value).toString('base64') };
  if (value instanceof Date) return { time: value.getTime() / 1000 };
  if (Array.isArray(value)) return value.map(encode);
  return { record: encodeAll(value as Values) };
}

function decode(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(decode);
  if (typeof value !== 'object' || value === null) return value;
  const [[kind, content] = []] = Object.entries(value);
  if (kind === 'bytes') return Buffer.from(String(content), 'base64');
  if (kind === 'integer') return BigInt(content);
  if (kind === 'time') return new Date(content * 1000);
  return Object.fromEntries(Object.entries(content as object).map(([name, one]) => [name, decode(one)]));
}
