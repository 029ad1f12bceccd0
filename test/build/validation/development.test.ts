import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import test from 'ava';
import { run } from '../../../build/process.ts';
import type { Entry, Stage } from '../../../build/types.ts';
import { developmentRules, validateDevelopment } from '../../../build/validation/validate-development.ts';
import { linuxArm64 } from '../../../platform/linux/targets.ts';
import { darwinUniversal } from '../../../platform/macos/targets.ts';
import { win32X64 } from '../../../platform/windows/targets.ts';
import { developmentFixture } from '../../support/development-fixture.ts';

const context = { forbiddenPaths: ['/build/checkout', '/'] };
const archive = 'lib/libcrypto.a';
const config = 'lib/cmake/OpenSSL/OpenSSLConfig.cmake';

let dir = '';
let good: Stage;
test.before(async () => {
  dir = await mkdtemp(path.join(os.tmpdir(), 'tsopenssl-development-'));
  good = await developmentFixture(dir);
});
test.after.always(() => rm(dir, { recursive: true, force: true }));

function sorted(entries: readonly Entry[]): Entry[] {
  return [...entries].sort((left, right) => Buffer.compare(Buffer.from(left.path), Buffer.from(right.path)));
}

function without(name: string): Stage {
  return { ...good, entries: good.entries.filter((entry) => entry.path !== name) };
}

function withEntry(entry: Entry): Stage {
  return { ...good, entries: sorted([...without(entry.path).entries, entry]) };
}

function changed(name: string, changes: Partial<Entry>): Stage {
  const entries = good.entries.map((entry) => (entry.path === name ? { ...entry, ...changes } : entry));
  return { ...good, entries: entries as Entry[] };
}

let made = 0;
async function withContent(name: string, content: string | Buffer): Promise<Stage> {
  made += 1;
  const source = path.join(dir, `content-${made}`);
  await writeFile(source, content);
  const sha256 = createHash('sha256').update(content).digest('hex');
  return withEntry({
    type: 'file',
    path: name,
    mode: 0o644,
    source,
    sizeBytes: Buffer.byteLength(content),
    sha256,
  });
}

async function replacedIn(name: string, from: string, to: string): Promise<Stage> {
  const entry = good.entries.find((it) => it.path === name);
  const text = await readFile(entry?.type === 'file' ? entry.source : '', 'latin1');
  if (!text.includes(from)) throw new Error(`${name} does not hold ${from}`);
  return withContent(name, Buffer.from(text.replaceAll(from, to), 'latin1'));
}

/** The good stage with an archive that gcc and ar make of a C source. */
async function withArchive(source: string, arFlags = 'rcsD'): Promise<Stage> {
  made += 1;
  const work = await mkdtemp(path.join(dir, 'archive-'));
  await writeFile(path.join(work, 'x.c'), source);
  await run(['gcc', '-g0', '-c', 'x.c'], { cwd: work });
  await run(['ar', arFlags, 'x.a', 'x.o'], { cwd: work });
  return withContent(archive, await readFile(path.join(work, 'x.a')));
}

interface Broken {
  readonly rule: string;
  readonly what: string;
  readonly stage: () => Stage | Promise<Stage>;
  readonly path: string;
  readonly wanted: RegExp;
  readonly got: RegExp;
}

const link = (linkTarget: string): Entry => ({
  type: 'symlink',
  path: 'lib/libssl.so',
  mode: 0o755,
  linkTarget,
});

const brokenStages: readonly Broken[] = [
  {
    rule: 'entry-order',
    what: 'entries are not sorted',
    stage: () => ({ ...good, entries: [...good.entries.slice(1), ...good.entries.slice(0, 1)] }),
    path: 'include',
    wanted: /^entries sorted/,
    got: /^it after /,
  },
  {
    rule: 'entry-name',
    what: 'a header has a blank in its name',
    stage: () => withContent('include/openssl/a b.h', ''),
    path: 'include/openssl/a b.h',
    wanted: /^a relative path of letters/,
    got: /^"include\/openssl\/a b\.h"$/,
  },
  {
    rule: 'entry-mode',
    what: 'others may write a header',
    stage: () => changed('include/openssl/ssl.h', { mode: 0o666 }),
    path: 'include/openssl/ssl.h',
    wanted: /^0644 or 0755$/,
    got: /^0666$/,
  },
  {
    rule: 'entry-parent',
    what: 'no entry names a folder',
    stage: () => without('share/doc/development/licences'),
    path: 'share/doc/development/licences/openssl.txt',
    wanted: /^a folder share\/doc\/development\/licences in the stage$/,
    got: /^none$/,
  },
  {
    rule: 'entry-link',
    what: 'a further link leads nowhere in either stage',
    stage: () => withEntry({ ...link('libssl.so.4'), path: 'lib/libother.so' } as Entry),
    path: 'lib/libother.so',
    wanted: /^a relative link to something in the stage$/,
    got: /^libssl\.so\.4, which is not there$/,
  },
  {
    rule: 'development-required',
    what: 'a static library is missing',
    stage: () => without(archive),
    path: archive,
    wanted: /^a file in the stage$/,
    got: /^none$/,
  },
  {
    rule: 'development-required',
    what: 'the file for pkg-config is missing',
    stage: () => without('lib/pkgconfig/openssl.pc'),
    path: 'lib/pkgconfig/openssl.pc',
    wanted: /^a file in the stage$/,
    got: /^none$/,
  },
  {
    rule: 'development-required',
    what: 'a link of the linker is missing',
    stage: () => without('lib/libssl.so'),
    path: 'lib/libssl.so',
    wanted: /^a symlink in the stage$/,
    got: /^none$/,
  },
  {
    rule: 'development-links',
    what: 'a link leads to the other library',
    stage: () => withEntry(link('libcrypto.so.3')),
    path: 'lib/libssl.so',
    wanted: /^libssl\.so\.3$/,
    got: /^libcrypto\.so\.3$/,
  },
  {
    rule: 'file-content',
    what: 'a header changed after it was staged',
    stage: () => changed('include/openssl/ssl.h', { sha256: '0'.repeat(64) } as Partial<Entry>),
    path: 'include/openssl/ssl.h',
    wanted: /sha256 0{64}$/,
    got: /sha256 [0-9a-f]{64}$/,
  },
  {
    rule: 'build-path',
    what: 'a header names the folder of the build',
    stage: () => withContent('include/openssl/ssl.h', '#line 1 "/build/checkout/ssl.h.in"\n'),
    path: 'include/openssl/ssl.h',
    wanted: /^no \/build\/checkout in any file$/,
    got: /^"\/build\/checkout\/ssl\.h\.in" at byte 9$/,
  },
  {
    rule: 'development-known',
    what: 'a library of the other stage is here as well',
    stage: () => withContent('lib/libssl.so.3', Buffer.from('7f454c4602010100', 'hex')),
    path: 'lib/libssl.so.3',
    wanted: /^no binary beside lib\/libcrypto\.a, lib\/libssl\.a$/,
    got: /^an ELF file$/,
  },
  {
    rule: 'archive-build-path',
    what: 'an object names somebody’s home',
    stage: () => withArchive('const char *file = "/home/somebody/x.c";\n'),
    path: archive,
    wanted: /^no \/home\/ in any file$/,
    got: /\/home\/somebody\/x\.c at byte \d+$/,
  },
  {
    rule: 'archive-readable',
    what: 'a static library is cut',
    stage: async () => {
      const entry = good.entries.find((it) => it.path === archive);
      const bytes = await readFile(entry?.type === 'file' ? entry.source : '');
      return withContent(archive, bytes.subarray(0, bytes.length - 100));
    },
    path: archive,
    wanted: /^a whole archive of objects$/,
    got: /^wanted a member of \d+ bytes at byte \d+, got a file of \d+$/,
  },
  {
    rule: 'archive-readable',
    what: 'a static library is empty',
    stage: () => withContent(archive, '!<arch>\n'),
    path: archive,
    wanted: /^a whole archive of objects$/,
    got: /^no object$/,
  },
  {
    rule: 'archive-machine',
    what: 'a static library holds no objects of a compiler',
    stage: () => withContent(archive, `!<arch>\n${'x.o/'.padEnd(48)}${'4'.padEnd(10)}\`\ntext`),
    path: archive,
    wanted: /^objects for ELF 0x3e$/,
    got: /^x\.o: no object$/,
  },
  {
    rule: 'archive-deterministic',
    what: 'a static library tells when it was made',
    stage: () => withArchive('int x;\n', 'rcsU'),
    path: archive,
    wanted: /^members with time 0 and owner 0:0$/,
    got: /x\.o: \d{9,} \d+:\d+$/,
  },
  {
    rule: 'header-includes',
    what: 'a header includes one that is not there',
    stage: () => withContent('include/openssl/x509.h', '# include <openssl/none.h>\n#include <stdio.h>\n'),
    path: 'include/openssl/x509.h',
    wanted: /^only headers of the stage$/,
    got: /^openssl\/none\.h$/,
  },
  {
    rule: 'relocatable',
    what: 'pkg-config is given a fixed prefix',
    stage: () => replacedIn('lib/pkgconfig/libssl.pc', `\${pcfiledir}/../..`, '/tsopenssl'),
    path: 'lib/pkgconfig/libssl.pc',
    wanted: /^(prefix=\$\{pcfiledir\}\/\.\.\/\.\.|no fixed folder)$/,
    got: /^(prefix=)?\/tsopenssl$/,
  },
  {
    rule: 'relocatable',
    what: 'pkg-config is given a flag with a fixed folder',
    stage: () => replacedIn('lib/pkgconfig/libssl.pc', `-L\${libdir}`, '-L/usr/local/lib'),
    path: 'lib/pkgconfig/libssl.pc',
    wanted: /^no fixed folder$/,
    got: /^\/usr\/local\/lib$/,
  },
  ...['/tsopenssl', 'C:/tsopenssl', 'c:\\tsopenssl'].map((folder) => ({
    rule: 'relocatable',
    what: `CMake is given ${folder}`,
    stage: () => replacedIn(config, `\${_ossl_prefix}/lib`, `${folder}/lib`),
    path: config,
    wanted: /^no fixed folder$/,
    got: /^(\/|[Cc]:[/\\])tsopenssl\/lib$/,
  })),
];

test('finds nothing wrong with a stage that keeps every rule', async (t) => {
  t.deepEqual(await validateDevelopment(good, context), []);
});

test('has a broken stage for each rule', (t) => {
  const ids = developmentRules.map(({ id }) => id);
  t.is(new Set(ids).size, ids.length);
  t.deepEqual([...new Set(brokenStages.map(({ rule }) => rule))].sort(), [...ids].sort());
});

for (const { rule, what, stage, path: name, wanted, got } of brokenStages) {
  test(`${rule} bites when ${what}`, async (t) => {
    const problems = await validateDevelopment(await stage(), context);
    const allowed = rule === 'entry-link' ? [rule, 'development-links'] : [rule];
    t.deepEqual([...new Set(problems.map((problem) => problem.rule))], allowed, JSON.stringify(problems));
    for (const problem of problems.filter((it) => it.rule === rule)) {
      t.is(problem.path, name);
      t.regex(problem.wanted, wanted);
      t.regex(problem.got, got);
    }
  });
}

test('knows the objects of other targets, whatever their format', async (t) => {
  for (const [target, wanted] of [
    [linuxArm64, 'objects for ELF 0xb7'],
    [win32X64, 'objects for COFF 0x8664'],
  ] as const) {
    const problems = await validateDevelopment({ ...good, target }, context);
    const [first] = problems.filter(({ rule }) => rule === 'archive-machine');
    t.is(first?.wanted, wanted);
    t.regex(first?.got ?? '', /^a_name_longer_than_fifteen_bytes\.o: ELF 0x3e$/);
  }
});

test('reads the archives in a universal file, and misses none of its architectures', async (t) => {
  const machO = (cpuType: number) => {
    const bytes = Buffer.alloc(32);
    bytes.writeUInt32LE(0xfeedfacf, 0);
    bytes.writeUInt32LE(cpuType, 4);
    return Buffer.concat([Buffer.from(`!<arch>\n${'x.o/'.padEnd(48)}${'32'.padEnd(10)}\`\n`), bytes]);
  };
  const universal = (cpuTypes: readonly number[]) => {
    const parts = cpuTypes.map(machO);
    const header = Buffer.alloc(8 + 20 * 2 + 8);
    header.writeUInt32BE(0xcafebabe, 0);
    header.writeUInt32BE(parts.length, 4);
    for (const [index, part] of parts.entries()) {
      const fields = [cpuTypes[index] ?? 0, 0, header.length + index * part.length, part.length, 2];
      for (const [field, value] of fields.entries()) header.writeUInt32BE(value, 8 + index * 20 + field * 4);
    }
    return Buffer.concat([header, ...parts]);
  };
  const problems = async (cpuTypes: readonly number[]) => {
    const stage = { ...(await withContent(archive, universal(cpuTypes))), target: darwinUniversal };
    return (await validateDevelopment(stage, context))
      .filter(({ path: name, rule }) => name === archive && rule.startsWith('archive-'))
      .map(({ rule, got }) => `${rule}: ${got}`);
  };

  t.deepEqual(await problems([0x0100000c, 0x01000007]), []);
  t.deepEqual(await problems([0x0100000c]), ['archive-machine: none for Mach-O 0x1000007']);
  t.deepEqual(await problems([0x0100000c, 0x7]), ['archive-machine: x.o: Mach-O 0x7']);
});

test('describes every rule in docs/development-packages.md, in their order', async (t) => {
  const text = await readFile(new URL('../../../docs/development-packages.md', import.meta.url), 'utf8');
  const described = [...text.matchAll(/^\| `([a-z-]+)` \|/gm)].map(([, id]) => id);
  t.deepEqual(
    described,
    developmentRules.map(({ id }) => id),
  );
});
