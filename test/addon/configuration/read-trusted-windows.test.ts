// The way to a file of Windows, with facts in the place of the system's answers; with the real ones it is run under wine,
// by test/targets/windows/planted-configuration.test.ts.

import test from 'ava';
import { MAX_SIZE_BYTES } from '../../../addon/lib/configuration/read-file.ts';
import { type Inspect, trustedReader } from '../../../addon/lib/configuration/read-trusted-windows.ts';
import type { InspectedPath } from '../../../addon/lib/native/binding.ts';

const drive = 'O:SYD:P(A;;LC;;;AU)(A;;FA;;;BA)';
const closed = 'O:BAD:P(A;OICI;FA;;;BA)(A;OICI;0x1200a9;;;BU)';
const open = 'O:BAD:P(A;;FA;;;WD)';

type Found = Partial<InspectedPath> | number;

/** A system that knows these paths; a number is the error that it answers. */
function system(tree: Readonly<Record<string, Found>>): {
  readonly inspect: Inspect;
  readonly asked: string[];
} {
  const asked: string[] = [];
  const inspect: Inspect = (file, maxSizeBytes) => {
    asked.push(`${file} ${maxSizeBytes > 0}`);
    const found = tree[file.slice('\\\\?\\'.length)] ?? 2;
    if (typeof found === 'number') throw Object.assign(new Error(`it says ${found}`), { systemCode: found });
    const finalPath = file;
    const common = { kind: 'directory', isReparsePoint: false, sizeBytes: 0, content: undefined } as const;
    return { ...common, finalPath, descriptor: closed, ...found };
  };
  return { inspect, asked };
}

const content = Buffer.from('text');
const file: Found = { kind: 'file', sizeBytes: 4, content };

test('looks at every folder before what is in it, and reads the file that it looked at', (t) => {
  const { inspect, asked } = system({ 'C:\\': { descriptor: drive }, 'C:\\a': {}, 'C:\\a\\b.cnf': file });
  t.deepEqual(trustedReader(inspect, MAX_SIZE_BYTES)('C:/a/./x/../b.cnf'), { kind: 'file', content });
  t.deepEqual(asked, ['\\\\?\\C:\\ false', '\\\\?\\C:\\a false', '\\\\?\\C:\\a\\b.cnf true']);
});

test('refuses what others can change, and what is on no drive of this machine', (t) => {
  const { inspect } = system({
    'C:\\': { descriptor: drive },
    'C:\\a': { descriptor: open },
    'C:\\a\\b.cnf': file,
  });
  t.deepEqual(trustedReader(inspect, MAX_SIZE_BYTES)('C:\\a\\b.cnf'), {
    kind: 'refused',
    reason: 'C:\\a can be changed by Everyone (S-1-1-0) (FILE_WRITE_DATA)',
  });
  const elsewhere = { kind: 'refused', reason: 'it is on no drive of this machine' } as const;
  t.deepEqual(trustedReader(inspect, MAX_SIZE_BYTES)('\\\\server\\share\\b.cnf'), elsewhere);
  t.deepEqual(trustedReader(inspect, MAX_SIZE_BYTES)('\\\\.\\pipe\\b'), elsewhere);
});

test('tells a file that is missing from one that cannot be read, and that from one that others keep shut', (t) => {
  const trusted = { 'C:\\': { descriptor: drive }, 'C:\\a': {} };
  const read = (tree: Readonly<Record<string, Found>>) =>
    trustedReader(system(tree).inspect, MAX_SIZE_BYTES)('C:\\a\\b.cnf');
  t.deepEqual(read({}), { kind: 'missing', reason: 'no such file' });
  t.deepEqual(read(trusted), { kind: 'missing', reason: 'no such file' });
  t.deepEqual(read({ ...trusted, 'C:\\a\\b.cnf': 3 }), { kind: 'missing', reason: 'no such file' });
  t.deepEqual(read({ ...trusted, 'C:\\a\\b.cnf': 5 }), { kind: 'unreadable', reason: 'it says 5' });
  t.like(read({ ...trusted, 'C:\\a': { descriptor: open }, 'C:\\a\\b.cnf': 5 }), { kind: 'refused' });
  t.deepEqual(read({ ...trusted, 'C:\\a\\b.cnf': { kind: 'file', sizeBytes: 2 ** 30 } }), {
    kind: 'unreadable',
    reason: 'it has 1073741824 bytes, wanted at most 16777216',
  });
});

test('passes on an error that is not the system’s', (t) => {
  const inspect: Inspect = () => {
    throw new TypeError('wrong');
  };
  t.throws(() => trustedReader(inspect, MAX_SIZE_BYTES)('C:\\a'), {
    instanceOf: TypeError,
    message: 'wrong',
  });
});
