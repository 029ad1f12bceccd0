import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import test from 'ava';
import type { Problem } from '../../../build/validation/rule.ts';
import { linuxArm64, linuxMuslX64, linuxX64 } from '../../../platform/linux/targets.ts';
import { validateLinux } from '../../../platform/linux/validate.ts';
import {
  addonImporting,
  goodFiles,
  type LinuxStage,
  openWorkshop,
  type Workshop,
} from './validate/fixtures.ts';

const context = { forbiddenPaths: ['/build/checkout'] };

const workshops = new Map<string, Workshop>();
test.before(async () => {
  for (const target of [linuxArm64, linuxMuslX64]) {
    const dir = await mkdtemp(path.join(os.tmpdir(), 'tsopenssl-validate-'));
    workshops.set(target.id, await openWorkshop(dir, target));
  }
});
test.after.always(async () => {
  for (const { dir } of workshops.values()) await rm(dir, { recursive: true, force: true });
});

function workshopOf(id: string): Workshop {
  const found = workshops.get(id);
  if (found === undefined) throw new Error(`no workshop for ${id}`);
  return found;
}

/** Problems as `role: rule: wanted, got`. */
async function problemsOf(workshop: Workshop, stage: LinuxStage): Promise<string[]> {
  const roleOf = ({ path: file }: Problem) =>
    Object.entries(workshop.paths).find(([, name]) => name === file)?.[0] ?? file;
  const problems = await validateLinux(stage, context);
  return problems.map(
    (problem) => `${roleOf(problem)}: ${problem.rule}: wanted ${problem.wanted}, got ${problem.got}`,
  );
}

for (const id of ['linux-arm64', 'linuxmusl-x64'] as const) {
  test(`finds nothing wrong with a good stage for ${id}, and finds a build path in it`, async (t) => {
    const workshop = workshopOf(id);
    t.deepEqual(await problemsOf(workshop, workshop.good), []);
    t.deepEqual(
      await problemsOf(workshop, await workshop.withContent('share/README.md', '/build/checkout')),
      ['share/README.md: build-path: wanted no /build/checkout in any file, got /build/checkout at byte 0'],
    );
  });
}

test('wants the machine and the loader of arm64', async (t) => {
  const { good, paths } = workshopOf('linux-arm64');
  const entries = good.entries.map((entry) => ({
    ...entry,
    path: entry.path.replace('linux-arm64', 'linux-x64'),
  }));
  const found = await validateLinux({ ...good, entries, target: linuxX64 }, context);
  t.deepEqual(
    found.map(({ rule, path: file, got }) => `${file} ${rule} ${got}`).sort(),
    [
      ...Object.values(paths).map((file) => `${file.replace('linux-arm64', 'linux-x64')} elf-machine 183`),
      'bin/openssl elf-interpreter /lib/ld-linux-aarch64.so.1',
    ].sort(),
  );
});

test('holds arm64 to the same floor of glibc', async (t) => {
  const workshop = workshopOf('linux-arm64');
  t.deepEqual(
    await problemsOf(workshop, await workshop.relinked('addon', { source: addonImporting('dlopen') })),
    ['addon: glibc-floor: wanted GLIBC_2.17 or older, got GLIBC_2.34'],
  );
});

test('wants no version of glibc in binaries for musl, whoever offers it', async (t) => {
  const workshop = workshopOf('linuxmusl-x64');
  await workshop.link('libversioned.so', {
    source: 'void versioned(void) {}',
    versions: 'GLIBC_2.2.5 { global: versioned; };',
    flags: ['-shared', '-fPIC', '-Wl,-soname,libc.musl-x86_64.so.1'],
  });
  const stage = await workshop.relinked('addon', {
    source: addonImporting('versioned'),
    flags: [...goodFiles.addon.flags.filter((flag) => flag !== 'libc.so.6'), 'libversioned.so'],
  });
  t.deepEqual(await problemsOf(workshop, stage), [
    'addon: glibc-floor: wanted no version of glibc, got GLIBC_2.2.5',
  ]);
});

test('takes a function for musl’s by its name alone, in the addon and in the libraries', async (t) => {
  const workshop = workshopOf('linuxmusl-x64');
  const rest = 'the symbols of musl in musl-symbols.ts';
  for (const [symbol, isGood] of [
    ['close', true],
    ['getcontext', false], // in glibc alone, though the fixture's C library has it
    ['EVP_sha256', false],
    ['napi_create_object', true],
  ] as const) {
    t.deepEqual(
      await problemsOf(workshop, await workshop.relinked('addon', { source: addonImporting(symbol) })),
      isGood ? [] : [`addon: addon-imports: wanted only ${rest} and Node-API up to version 9, got ${symbol}`],
    );
  }
  const source = 'void getcontext(void); void EVP_new(void); void SSL_new(void) { getcontext(); EVP_new(); }';
  t.deepEqual(await problemsOf(workshop, await workshop.relinked('libssl', { source })), [
    `libssl: imports-resolved: wanted only ${rest} and of the staged libraries, got getcontext`,
  ]);
});

test('wants musl’s loader and nothing of glibc among the libraries', async (t) => {
  const workshop = workshopOf('linuxmusl-x64');
  const flags = ['-Wl,--dynamic-linker=/lib/ld.so'];
  t.deepEqual(await problemsOf(workshop, await workshop.relinked('command', { flags })), [
    'command: elf-interpreter: wanted /lib/ld-musl-x86_64.so.1, got /lib/ld.so',
  ]);
  await workshop.link('libgcc_s.so.1', { source: 'int x;', flags: ['-shared', '-Wl,-soname,libgcc_s.so.1'] });
  t.deepEqual(
    await problemsOf(
      workshop,
      await workshop.relinked('addon', { flags: ['-Wl,--no-as-needed', 'libgcc_s.so.1'] }),
    ),
    ['addon: needed-libraries: wanted only libc.so, libc.musl-x86_64.so.1, got libgcc_s.so.1'],
  );
});
