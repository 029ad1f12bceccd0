import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import { readInterpreter } from '../../../addon/lib/native/elf-interpreter.ts';
import { run } from '../../../build/process.ts';
import { temporaryFolder } from '../../support/folder.ts';

test('reads the loader of a program, as readelf does', async (t) => {
  const { stdout } = await run(['readelf', '-lW', process.execPath]);
  const wanted = /\[Requesting program interpreter: (.*)\]/.exec(stdout)?.[1];
  t.true(wanted?.startsWith('/lib'), stdout);
  t.is(readInterpreter(process.execPath), wanted);
});

test('follows the program headers to a loader that stands somewhere else in the file', async (t) => {
  const folder = await temporaryFolder(t);
  const file = path.join(folder, 'program');
  const program = Buffer.alloc(9000);
  program.write('\x7fELF\x02\x01', 'latin1');
  program.writeBigUInt64LE(4096n, 32); // e_phoff
  program.writeUInt16LE(56, 54); // e_phentsize
  program.writeUInt16LE(2, 56); // e_phnum
  program.writeUInt32LE(1, 4096); // PT_LOAD
  program.writeUInt32LE(3, 4096 + 56); // PT_INTERP
  program.writeBigUInt64LE(8000n, 4096 + 56 + 8);
  program.writeBigUInt64LE(25n, 4096 + 56 + 32);
  program.write('/lib/ld-musl-x86_64.so.1\0', 8000, 'latin1');
  await writeFile(file, program);
  t.is(readInterpreter(file), '/lib/ld-musl-x86_64.so.1');
  program.writeUInt32LE(4, 4096 + 56);
  await writeFile(file, program);
  t.is(readInterpreter(file), undefined);
});

test('answers nothing for what is no program, is cut short, or is not there', async (t) => {
  const folder = await temporaryFolder(t);
  const file = path.join(folder, 'file');
  t.is(readInterpreter(file), undefined);
  t.is(readInterpreter(folder), undefined);
  const program = await readFile(process.execPath);
  t.is(readInterpreter(process.execPath)?.[0], '/');
  for (const length of [0, 5, 63, 64, 100, 200]) {
    await writeFile(file, program.subarray(0, length));
    t.is(readInterpreter(file), undefined, `${length} bytes`);
  }
  await writeFile(file, '#!/bin/sh\n'.repeat(10));
  t.is(readInterpreter(file), undefined);
});
