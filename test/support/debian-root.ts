// A Debian system of its own for one test: a minimal one is made once by debootstrap and kept, and each
// test has a private copy. Programs run in
// it through chroot, in a mount and a process namespace that go when they end. A system for arm64 runs through qemu.

import { copyFile, mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { type RunResult, run } from '../../build/process.ts';
import { checkout } from './artifacts.ts';
import { kept } from './kept.ts';
import { arm64Nodes, nodes } from './nodes.ts';
import { privateCopy } from './private-copy.ts';
import { isInstalled } from './tool-test.ts';

/** Debian's name of the architecture of a system. */
type RootArchitecture = 'amd64' | 'arm64';

/** Packages of the system beside the minimal ones: the one that tsopenssl recommends, and rpm. */
const packages = ['openssl', 'rpm'];

/** A system that a test may change as it likes. */
export interface DebianRoot {
  /** Its root folder, seen from outside. */
  readonly dir: string;
  /** Runs a program inside. Node is in PATH if `node` is true; the environment is empty but for PATH, HOME, locale. */
  run(argv: readonly string[], options?: InsideOptions): Promise<RunResult>;
  /** Copies a file to /opt/in/ and answers its path inside. */
  put(file: string): Promise<string>;
  /** Every file, folder and link with mode, owner and size, less what apt, dpkg, rpm and their logs keep. */
  snapshot(): Promise<Set<string>>;
}

export interface InsideOptions {
  readonly node?: boolean;
  readonly env?: Readonly<Record<string, string>>;
  readonly allowFailure?: boolean;
}

/** Folders that package managers write into for themselves. */
const bookkeeping = [
  './var/lib/dpkg',
  './var/lib/apt',
  './var/lib/rpm',
  './root/.rpmdb',
  './var/cache',
  './var/log',
  './opt/in',
  './tmp',
];

/** Words before a program that starts namespaces in which programs of an architecture run. */
const namespaces: Readonly<Record<RootArchitecture, readonly string[]>> = {
  amd64: ['unshare', '--mount', '--pid', '--fork', '--kill-child'],
  arm64: ['sh', path.join(checkout, 'test/support/foreign-namespace.sh')],
};

/** Shell text that enters a root folder in a fresh namespace: the folder, settings of the environment, program. */
const enter = 'mount -t proc proc "$1/proc" && root=$1 && shift && exec chroot "$root" env -i "$@"';

/** Why this machine cannot make a system, for each architecture. */
const missingRights: Readonly<Record<RootArchitecture, string | undefined>> = {
  amd64: await missingRight('amd64'),
  arm64: await missingRight('arm64'),
};

/** Registers a test with a system of its own, or a skipped one where this machine cannot make any. */
export function rootTest(
  title: string,
  body: (t: ExecutionContext, root: DebianRoot) => Promise<void>,
): void {
  registerRootTest('amd64', title, body);
}

/** As {@link rootTest}, with a system for arm64. */
export function arm64RootTest(
  title: string,
  body: (t: ExecutionContext, root: DebianRoot) => Promise<void>,
): void {
  registerRootTest('arm64', title, body);
}

function registerRootTest(
  architecture: RootArchitecture,
  title: string,
  body: (t: ExecutionContext, root: DebianRoot) => Promise<void>,
): void {
  const reason = missingRights[architecture];
  if (reason === undefined) test(title, async (t) => body(t, await debianRoot(t, architecture)));
  else test.skip(`${title} (skipped: ${reason})`, () => undefined);
}

/** Makes a system for a test and removes it afterwards. */
async function debianRoot(t: ExecutionContext, architecture: RootArchitecture): Promise<DebianRoot> {
  const dir = await privateCopy(t, await baseRoot(architecture));
  await mkdir(path.join(dir, 'opt/node'), { recursive: true });
  await copyFile(await oldestNode(architecture), path.join(dir, 'opt/node/node'));
  await mkdir(path.join(dir, 'opt/in'));
  return {
    dir,
    run: (argv, options = {}) => runInside(dir, architecture, argv, options),
    async put(file) {
      await copyFile(file, path.join(dir, 'opt/in', path.basename(file)));
      return `/opt/in/${path.basename(file)}`;
    },
    snapshot: () => snapshotOf(dir),
  };
}

async function oldestNode(architecture: RootArchitecture): Promise<string> {
  if (architecture === 'amd64') return (await nodes())[0]?.node ?? '';
  return (await arm64Nodes())[0]?.binary ?? '';
}

async function missingRight(architecture: RootArchitecture): Promise<string | undefined> {
  if (process.getuid?.() !== 0) return 'a root of its own needs the rights of the administrator';
  if (!isInstalled('debootstrap')) return 'debootstrap is not installed';
  if (architecture === 'arm64' && !isInstalled('qemu-aarch64-static'))
    return 'qemu-user-static is not installed';
  const probe = await run([...namespaces[architecture], 'true'], { allowFailure: true });
  return probe.exitCode === 0 ? undefined : `this machine makes no namespaces: ${probe.stderr.trim()}`;
}

/**
 * The minimal system. For another processor debootstrap unpacks it outside and configures it inside. There `container` keeps it
 * from making devices, which the first stage made.
 */
async function baseRoot(architecture: RootArchitecture): Promise<string> {
  const { suite, mirror, components } = await aptSource();
  const inputs = { suite, mirror, components, packages, architecture };
  const foreign = architecture === 'amd64' ? '' : (namespaces[architecture][1] ?? '');
  const script = `dir=$1 foreign=$6
    set -- --variant=minbase --include="$4" --components="$5" --arch="$7" "$2" "$dir" "$3"
    if [ -z "$foreign" ]; then debootstrap "$@"; else
      debootstrap --foreign "$@" && sh "$foreign" sh -c "$ENTER" sh "$dir" \
        container=lxc PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 /debootstrap/debootstrap --second-stage
    fi`;
  return kept(`debian-${suite}-${architecture}`, inputs, async (dir) => {
    const words = [dir, suite, mirror, packages.join(','), components.join(','), foreign, architecture];
    await run(['sh', '-c', script, 'sh', ...words], { env: { ENTER: enter } });
  });
}

/** Where this machine's own packages come from. No mirror is written into the project. */
async function aptSource(): Promise<{ suite: string; mirror: string; components: string[] }> {
  const release = await readFile('/etc/os-release', 'utf8');
  const suite = /^VERSION_CODENAME=(.*)$/m.exec(release)?.[1] ?? '';
  const format = '$(REPO_URI) $(RELEASE) $(COMPONENT)';
  const { stdout } = await run(['apt-get', 'indextargets', '--format', format, 'Created-By: Packages']);
  const rows = stdout.split('\n').map((line) => line.split(' '));
  const mirror = rows.find((row) => row[1] === suite && row[2] === 'main')?.[0];
  if (mirror === undefined) throw new Error(`apt knows no mirror for ${suite}; run \`apt-get update\` first`);
  const offered = rows.filter((row) => row[0] === mirror && row[1] === suite).map((row) => row[2] ?? '');
  return { suite, mirror, components: ['main', 'universe'].filter((name) => offered.includes(name)) };
}

/** The process namespace ends with the program, and takes along what the program left running. */
function runInside(
  dir: string,
  architecture: RootArchitecture,
  argv: readonly string[],
  options: InsideOptions,
): Promise<RunResult> {
  const system = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
  const env = {
    PATH: options.node === true ? `/opt/node:${system}` : system,
    HOME: '/root',
    LC_ALL: 'C.UTF-8',
    DEBIAN_FRONTEND: 'noninteractive',
    ...options.env,
  };
  const settings = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  return run([...namespaces[architecture], 'sh', '-c', enter, 'sh', dir, ...settings, ...argv], {
    allowFailure: options.allowFailure ?? false,
  });
}

async function snapshotOf(dir: string): Promise<Set<string>> {
  const pruned = bookkeeping.flatMap((folder) => ['-path', folder, '-prune', '-o']);
  const folders = ['-type', 'd', '-printf', '%P %y %m %U:%G\\n'];
  const others = ['-printf', '%P %y %m %U:%G %s %l\\n'];
  const { stdout } = await run(['find', '.', '-xdev', ...pruned, ...folders, '-o', ...others], { cwd: dir });
  return new Set(stdout.trimEnd().split('\n'));
}

/** What two snapshots do not have in common. */
export function changes(before: Set<string>, after: Set<string>): { added: string[]; removed: string[] } {
  return {
    added: [...after].filter((line) => !before.has(line)),
    removed: [...before].filter((line) => !after.has(line)),
  };
}
