// That the sanitizers see what they are there for: faults that were planted are reported and end the process, and the binary
// that the other tests of this run load is the one that is watched.

import { readFile } from 'node:fs/promises';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { readElf } from '../../build/formats/elf.ts';
import type { RunResult } from '../../build/process.ts';
import { binary, runProgram } from '../support/addon.ts';
import { sanitizedModules } from '../support/sanitizer.ts';

/** What ava.asan.config.mjs makes a process end with that has something to report. */
const reported = 77;

/** Calls one function of planted.node, and goes on. */
function callPlanted(name: string): Promise<RunResult> {
  const file = JSON.stringify(path.join(sanitizedModules ?? '', 'planted.node'));
  return runProgram(`
    import { createRequire } from 'node:module';
    createRequire('/')(${file})[${JSON.stringify(name)}]?.();
    console.log('went on');`);
}

function requireReport(
  t: ExecutionContext,
  { exitCode, stderr }: RunResult,
  patterns: readonly RegExp[],
): void {
  t.is(exitCode, reported, stderr);
  for (const pattern of patterns) t.regex(stderr, pattern);
}

/** Faults that end the process at once: what is reported, and where. */
const overflows: Readonly<Record<string, readonly RegExp[]>> = {
  overflowHeap: [
    /AddressSanitizer: heap-buffer-overflow/,
    /READ of size 1/,
    /in OverflowHeap .*planted\.cc:\d+/,
  ],
  // the line is one of libcrypto.a: without its own checks only what C's library is handed would be looked at
  overflowInOpenSSL: [
    /heap-buffer-overflow/,
    /WRITE of size 1/,
    /#0 .* crypto\/bn\//,
    /in OverflowInOpenSSL /,
  ],
  useAfterFree: [/AddressSanitizer: heap-use-after-free/, /in UseAfterFree .*planted\.cc:\d+/],
};

for (const [name, patterns] of Object.entries(overflows)) {
  test(`a planted fault ends the process and is reported: ${name}`, async (t) => {
    const result = await callPlanted(name);
    requireReport(t, result, patterns);
    t.is(result.stdout, '');
  });
}

/** Leaks, which are found when the process ends, with the suppressions in force. */
const leaks: Readonly<Record<string, readonly RegExp[]>> = {
  leakHeap: [
    /LeakSanitizer: detected memory leaks/,
    /leak of 1234 byte\(s\) in 1 object/,
    /in LeakHeap .*planted\.cc:\d+/,
  ],
  leakCertificate: [
    /LeakSanitizer: detected memory leaks/,
    /in X509_new /,
    /in LeakCertificate .*planted\.cc:\d+/,
  ],
};

for (const [name, patterns] of Object.entries(leaks)) {
  test(`a planted leak fails the process and is reported: ${name}`, async (t) => {
    const result = await callPlanted(name);
    requireReport(t, result, patterns);
    t.is(result.stdout, 'went on\n');
  });
}

test('a process without a fault ends as it should, and says nothing', async (t) => {
  t.deepEqual(await callPlanted('none'), { exitCode: 0, stdout: 'went on\n', stderr: '' });
});

test('the binary under test calls the sanitizer, is isolated, and is the one that the library loads', async (t) => {
  t.true(binary.startsWith(sanitizedModules ?? 'unset'));
  const { dynamic } = readElf(await readFile(binary), binary);
  t.true(dynamic?.needed.some((name) => name.startsWith('libasan.so.')));
  const { stdout, stderr } = await runProgram(`
    const { info } = await import(entry);
    console.log(JSON.stringify([info().addon.path, info().addon.isolated]));`);
  t.deepEqual(JSON.parse(stdout || '0'), [binary, true], stderr);
});

test('what is passed over lies in functions of node alone', async (t) => {
  const lines = (await readFile(path.join(import.meta.dirname, 'node-leaks.txt'), 'utf8')).split('\n');
  const patterns = lines.filter((line) => line !== '' && !line.startsWith('#'));
  t.true(patterns.length > 0);
  // names of V8 and of Node-API as node defines it; the addon has its OpenSSL and its own namespace in every stack
  for (const pattern of patterns) t.regex(pattern, /^leak:\^(v8::internal::\w|napi_create_external\$$)/);
});

test('an object that is still in use when the process ends is no leak, however it ends', async (t) => {
  const held = `
    const { crypto } = await import(entry);
    globalThis.held = Array.from({ length: 100 }, () => new crypto.X509Name());
    for (let i = 0; i < 100; i++) new crypto.X509Name();`;
  for (const ending of ['', 'process.exit(0)', 'setTimeout(() => process.exit(0), 10)']) {
    const { exitCode, stderr } = await runProgram(`${held}\n${ending}`);
    t.deepEqual([exitCode, stderr], [0, ''], ending);
  }
});
