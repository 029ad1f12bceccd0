// The artifacts for macOS in dist/. Nothing here can run them: their structure is checked instead.

import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { type MachO, readMachO } from '../../../build/formats/macho.ts';
import { machOParts } from '../../../build/formats/macho-universal.ts';
import { run } from '../../../build/process.ts';
import { readStage } from '../../../build/steps/stage.ts';
import type { MacTarget } from '../../../build/types.ts';
import { nodeApiSymbols } from '../../../build/validation/node-api.ts';
import { binaryPaths } from '../../../build/validation/rule.ts';
import { darwinArm64, darwinUniversal, darwinX64 } from '../../../platform/macos/targets.ts';
import { validateMac } from '../../../platform/macos/validate.ts';
import { release } from '../../../recipes/release.ts';
import { temporaryFolder } from '../../support/folder.ts';
import { nodesForMac } from '../../support/mac-tools.ts';
import { readBom } from '../../support/read-bom.ts';
import { readXar } from '../../support/read-xar.ts';
import { stepResult } from '../../support/step-result.ts';
import { distFile, targetDistribution } from '../../support/target-distribution.ts';
import { treeDigest } from '../../support/tree-digest.ts';
import { compareWithLlvm } from './llvm.ts';

const targets = [darwinArm64, darwinX64, darwinUniversal];

/** What the real Nodes say of themselves; each is read once, since it has hundreds of thousands of symbols. */
const nodes = readNodes();
nodes.catch(() => undefined); // the tests that wait for it tell

async function readNodes() {
  const all = (await nodesForMac()).map(async ({ title, node }) => {
    const { exports, bindings, buildVersion, signature } = readMachO(await readFile(node), title);
    return {
      title,
      signature,
      minimumSystem: buildVersion?.minimumSystem ?? '',
      exported: new Set(exports.map(({ name }) => name)),
      taken: bindings.filter(({ ordinal }) => ordinal > 0).map(({ name }) => name),
    };
  });
  return Promise.all(all);
}

/** The four binaries of a target, each with all its architectures. */
async function binariesOf(target: MacTarget): Promise<ReadonlyMap<string, readonly MachO[]>> {
  const { prefix } = await targetDistribution(target.id);
  const files = Object.values(binaryPaths(target)).map(async (name) => {
    const parts = machOParts(await readFile(path.join(prefix, name)), name);
    return [name, parts.map((part) => readMachO(part, name))] as const;
  });
  return new Map(await Promise.all(files));
}

/** A folder with what a component of the package installs. */
async function installed(t: ExecutionContext, target: MacTarget, component: string) {
  const { files } = readXar(await readFile(distFile(target.id, 'pkg')));
  const dir = await temporaryFolder(t);
  await writeFile(path.join(dir, 'payload'), files.get(`${component}/Payload`) ?? '');
  const tree = path.join(dir, 'tree');
  await mkdir(tree);
  await run(['bsdtar', '-xpf', path.join(dir, 'payload')], { cwd: tree });
  return { tree, bom: readBom(files.get(`${component}/Bom`) ?? Buffer.alloc(0)) };
}

for (const target of targets) {
  test(`${target.id}: structure checked, not run: the tree keeps every rule of the validator`, async (t) => {
    const { prefix } = await targetDistribution(target.id);
    const stage = await readStage(prefix, target, release.epochSeconds);
    const systemStub = path.join(await stepResult('zig'), 'lib/libc/darwin/libSystem.tbd');
    const context = { forbiddenPaths: [], systemStub };
    t.deepEqual(await validateMac({ ...stage, target }, context), []);
    // the negative control: the same tree by the rules of another processor
    const other = target === darwinX64 ? darwinArm64 : darwinX64;
    const wrong = { ...target, architectures: other.architectures };
    const problems = await validateMac({ ...stage, target: wrong }, context);
    t.deepEqual(
      problems.map(({ rule }) => rule),
      Array.from({ length: 4 }, () => 'macho-architectures'),
    );
    t.log(`${target.id}: structure checked, not run`);
  });

  test(`${target.id}: our reader and LLVM's tools say the same of every binary`, async (t) => {
    const { prefix } = await targetDistribution(target.id);
    for (const name of Object.values(binaryPaths(target))) {
      for (const architecture of target.architectures) {
        await compareWithLlvm(t, path.join(prefix, name), architecture);
      }
    }
  });

  test(`${target.id}: the package installs what the archive holds, and a link to it`, async (t) => {
    const { prefix } = await targetDistribution(target.id);
    const { tree, bom } = await installed(t, target, 'tsopenssl.pkg');
    t.is(await treeDigest(tree), await treeDigest(prefix));
    const found = (await run(['find', '.'], { cwd: tree })).stdout.trimEnd().split('\n');
    t.deepEqual(bom.map(({ path: name }) => name).sort(), found.sort());
    const command = await installed(t, target, 'tsopenssl-command.pkg');
    t.is(
      (await run(['find', '.', '-printf', '%p %y %l\n'], { cwd: command.tree })).stdout,
      '. d \n./tsopenssl l /opt/tsopenssl/bin/tsopenssl\n',
    );
  });

  test(`${target.id}: 7z and bsdtar list the package without a warning`, async (t) => {
    const file = distFile(target.id, 'pkg');
    for (const argv of [
      ['7z', 't', file],
      ['bsdtar', '-tvf', file],
    ]) {
      const { stdout, stderr } = await run(argv);
      t.is(stderr, '');
      t.notRegex(stdout, /warning|error/i);
    }
  });

  test(`${target.id}: takes from libSystem only what its oldest macOS has`, async (t) => {
    const known = await oldSystemSymbols();
    for (const [name, parts] of await binariesOf(target)) {
      for (const macho of parts) {
        const taken = macho.bindings.filter(({ ordinal }) =>
          target.allowedLibraries.includes(macho.dylibs[ordinal - 1]?.name ?? ''),
        );
        t.true(taken.length > 10, name);
        t.deepEqual(
          taken.map((binding) => binding.name).filter((symbol) => !known.has(symbol)),
          [],
          name,
        );
      }
    }
    t.false(known.has('_memset_explicit')); // macOS 15.4
  });

  test(`${target.id}: every Node for macOS exports what the addon takes from it`, async (t) => {
    const parts = (await binariesOf(target)).get(binaryPaths(target).addon) ?? [];
    t.is(parts.length, target.architectures.length);
    for (const { title, exported } of await nodes) {
      for (const { bindings } of parts) {
        const taken = bindings.filter(({ ordinal }) => ordinal < 1).map(({ name }) => name);
        t.true(taken.length > 20);
        t.deepEqual(
          taken.filter((name) => !exported.has(name)),
          [],
          title,
        );
      }
    }
  });
}

/**
 * Names in libSystem that Node 20, for macOS 10.15 and 11, does without, and that are as old: C and POSIX, BSD's issetugid,
 * the unwinder of C++, a function of hardened string.h, and aligned_alloc, which <malloc/malloc.h> dates to 10.15.
 */
const alsoOld =
  `alarm atof dup pthread_exit putchar setpgid strerror_r strpbrk strtoimax strtok strtoumax times wait
  issetugid _Unwind_DeleteException _Unwind_GetIP _Unwind_GetLanguageSpecificData _Unwind_GetRegionStart
  _Unwind_RaiseException _Unwind_Resume _Unwind_SetGR _Unwind_SetIP __strncat_chk aligned_alloc`.split(/\s+/);

/** What Node 20 takes from its libraries, which are macOS' own, and the names above. */
async function oldSystemSymbols(): Promise<ReadonlySet<string>> {
  const old = (await nodes).filter(({ minimumSystem }) => ['10.15', '11.0'].includes(minimumSystem));
  return new Set([...old.flatMap(({ taken }) => taken), ...alsoOld.map((name) => `_${name}`)]);
}

test('every Node for macOS exports all of Node-API 9, and its pages are those that Apple’s tools signed', async (t) => {
  const all = await nodes;
  t.deepEqual(
    all.map(({ minimumSystem }) => minimumSystem),
    ['11.0', '13.5', '10.15'],
  );
  for (const { title, exported, signature } of all) {
    t.deepEqual(
      [...nodeApiSymbols].filter((name) => !exported.has(`_${name}`)),
      [],
      title,
    );
    t.false(exported.has('_napi_no_such_function'));
    t.deepEqual(signature?.wrongPages, [], title);
    t.true((signature?.pageCount ?? 0) > 20_000 && (signature?.cmsSizeBytes ?? 0) > 1000, title);
  }
});
