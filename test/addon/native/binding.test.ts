// The functions of the binary, called directly and wrongly: an error each time, never a crash.

import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import { loadNative, runProgram } from '../../support/addon.ts';
import { temporaryFolder } from '../../support/folder.ts';
import { sanitizedModules } from '../../support/sanitizer.ts';
import { stepResult } from '../../support/step-result.ts';

const certificate = path.join(await stepResult('extract'), 'test/certs/ee-cert.pem');

/**
 * Calls every function with every pair of strange values, and with a third one chosen by a seeded generator. Handles of
 * both kinds are among them, so that each function gets the other's.
 */
const program = `
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
const native = createRequire('/')(binary);
const pem = readFileSync(process.env.CERTIFICATE);
const handle = native.loadCertificate(1, pem);
const detached = new Uint8Array(8);
structuredClone(detached.buffer, { transfer: [detached.buffer] });
const throwing = new Proxy({}, { get() { throw new RangeError('thrown by a getter'); } });
const strange = [
  undefined, null, true, 0, 1, 2, 65535, -1, -0, 0.5, NaN, Infinity, 2 ** 31, 2 ** 53, 1e308, 5n, Symbol('s'),
  '', 'sha256', 'a\\0b', '\\ud800', 'x'.repeat(100000), [], ['a'], [throwing], [,], Array(3), {}, throwing,
  Object.create(null), function () {}, () => 1, class { constructor() { throw new Error('thrown by a class'); } },
  new Uint8Array(0), new Uint8Array(3), detached, new Uint8Array(new SharedArrayBuffer(4)),
  new Uint8Array(new ArrayBuffer(4, { maxByteLength: 8 })), new Uint16Array(2), new DataView(new ArrayBuffer(2)),
  new ArrayBuffer(4), pem, handle, native.certificateSubject(handle), native, new Date(NaN), Promise.resolve(),
];
let seed = 20261123;
const random = (below) => {
  seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
  return Math.floor((seed / 2 ** 32) * below);
};
let [calls, errors] = [0, 0];
const functions = Object.entries(native).filter(([, value]) => typeof value === 'function');
for (const [name, call] of functions) {
  if (name === 'applyConfiguration') continue; // once in a process, see below
  for (const first of strange) {
    for (const second of strange) {
      calls++;
      try {
        Reflect.apply(call, strange[random(strange.length)], [first, second, strange[random(strange.length)]]);
      } catch (error) {
        errors++;
        if (!(error instanceof Error)) throw new Error(name + ' threw ' + String(error));
      }
      if (native.drainErrors().length > 0) throw new Error(name + ' left something in the queue');
    }
  }
}
for (const first of strange) for (const second of strange) {
  try {
    native.applyConfiguration(first, second, strange[random(strange.length)]);
  } catch (error) {
    errors++;
  }
  calls++;
}
for (const [name, call] of functions) {
  try { new call(); } catch { errors++; }
  try { call(); } catch { errors++; }
}
// setters may have been called with what fits
if (typeof native.certificateSerial(handle) !== 'bigint') throw new Error('the handle was spoilt');
console.log(JSON.stringify({ functions: functions.length, calls, errors }));`;

test('no argument can crash a function of the binary', async (t) => {
  // among the functions is one that writes a file, and takes some of the strings for its name
  const cwd = await temporaryFolder(t);
  const { exitCode, stdout, stderr } = await runProgram(program, {
    cwd,
    env: { CERTIFICATE: certificate },
    nodeArguments: ['--expose-gc'],
  });
  t.is(exitCode, 0, stderr);
  t.true((await readdir(cwd)).includes('sha256'));
  const { functions, calls, errors } = JSON.parse(stdout);
  t.is(functions, Object.values(loadNative()).filter((value) => typeof value === 'function').length);
  t.true(calls > 40_000, `${calls} calls`);
  t.true(errors > 20_000, `${errors} errors`);
});

/** A call of the binary with a wrong argument, and the message. */
const wrong: readonly (readonly [string, readonly unknown[], string])[] = [
  ['libraryVersion', ['0'], 'Expected an integer for kind'],
  ['libraryVersion', [0.5], 'Expected an integer for kind'],
  ['isDigestAvailable', [1], 'Expected a string for name'],
  ['isDigestAvailable', ['a\0'], 'Expected a string without NUL bytes for name'],
  ['loadCertificate', [1, 'text'], 'Expected a Uint8Array for bytes'],
  ['loadCertificate', [1, new Uint16Array(1)], 'Expected a Uint8Array for bytes'],
  ['certificateSerial', [{}], 'Expected a handle of this addon for certificate'],
  ['nameText', [null], 'Expected a handle of this addon for name'],
  ['applyConfiguration', [new Uint8Array(0), 'a', ''], 'Expected an array for modules'],
  ['setErrorClass', [{}], 'Expected a class for errorClass'],
];

test('the binary says which argument is wrong', (t) => {
  const native = loadNative() as unknown as Record<string, (...args: readonly unknown[]) => unknown>;
  for (const [name, args, message] of wrong)
    t.throws(() => native[name]?.(...args), { name: 'TypeError', message });
});

test('a handle of another kind is refused', async (t) => {
  const native = loadNative();
  const handle = native.loadCertificate(1, await readFile(certificate));
  const name = native.certificateSubject(handle);
  t.is(native.nameText(name), 'CN=server.example');
  const message = 'Expected a handle of this addon for';
  t.throws(() => native.nameText(handle as never), { message: `${message} name` });
  t.throws(() => native.certificateSerial(name as never), { message: `${message} certificate` });
});

test('memory stays flat over many certificates, as long as the event loop turns', async (t) => {
  const source = `
    import { createRequire } from 'node:module';
    import { readFileSync } from 'node:fs';
    const native = createRequire('/')(binary);
    const pem = readFileSync(process.env.CERTIFICATE);
    const sizes = [];
    for (let round = 0; round < 6; round++) {
      for (let i = 0; i < 10000; i++) native.nameText(native.certificateSubject(native.loadCertificate(1, pem)));
      gc();
      await new Promise(setImmediate);
      gc();
      sizes.push(process.memoryUsage.rss());
    }
    console.log(sizes[5] - sizes[1]);`;
  const { stdout, stderr } = await runProgram(source, {
    env: { CERTIFICATE: certificate },
    nodeArguments: ['--expose-gc'],
  });
  t.not(stdout, '', stderr);
  // the sanitizer keeps what is freed for a while; a certificate that is not would take more than 4 KiB
  const allowedMiB = sanitizedModules === undefined ? 8 : 32;
  t.true(Number(stdout) < allowedMiB * 2 ** 20, `${stdout.trim()} bytes more after 40000 certificates`);
});
