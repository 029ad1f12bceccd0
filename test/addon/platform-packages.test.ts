import test from 'ava';
import {
  type Machine,
  packagedPlatforms,
  platformsOf,
  thisMachine,
} from '../../addon/lib/platform-packages.ts';
import { targets } from '../../platform/targets.ts';

const rows: readonly (readonly [Machine, readonly string[]])[] = [
  [{ platform: 'linux', arch: 'x64', isMusl: false }, ['linux-x64']],
  [{ platform: 'linux', arch: 'arm64', isMusl: false }, ['linux-arm64']],
  [{ platform: 'linux', arch: 'x64', isMusl: true }, ['linuxmusl-x64']],
  [{ platform: 'linux', arch: 'arm64', isMusl: true }, ['linuxmusl-arm64']],
  [{ platform: 'darwin', arch: 'arm64', isMusl: false }, ['darwin-arm64', 'darwin-universal']],
  [{ platform: 'darwin', arch: 'x64', isMusl: false }, ['darwin-x64', 'darwin-universal']],
  [{ platform: 'win32', arch: 'x64', isMusl: false }, ['win32-x64']],
  [{ platform: 'win32', arch: 'ia32', isMusl: false }, ['win32-ia32']],
  [{ platform: 'freebsd', arch: 'x64', isMusl: false }, ['freebsd-x64']],
];

test('looks for the package of the system, its processor and its C library, and on macOS for the universal one', (t) => {
  for (const [machine, platforms] of rows) t.deepEqual(platformsOf(machine), platforms);
});

test('knows the packages of every target, and no other', (t) => {
  t.deepEqual([...packagedPlatforms].sort(), targets.map(({ id }) => id as string).sort());
  for (const { id, npm } of targets) {
    t.is(npm.packageName, `@tsopenssl/${id}`);
    for (const arch of npm.cpu) {
      const machine = { platform: npm.os, arch, isMusl: npm.libc === 'musl' };
      t.true(platformsOf(machine).includes(id), `${id} on ${arch}`);
    }
  }
});

test('sees the machine that runs this test, as node itself reports it', (t) => {
  const { platform, arch, isMusl } = thisMachine();
  t.is(platform, process.platform);
  t.is(arch, process.arch);
  const { header } = process.report.getReport() as { header?: { glibcVersionRuntime?: string } };
  t.is(isMusl, platform === 'linux' && header?.glibcVersionRuntime === undefined);
});
