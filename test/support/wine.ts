// Windows programs under wine: each test has a Windows of its own, copied from one that is made once and kept
// (kept.ts). wine keeps no access lists: what depends on those cannot be shown with it.
//
// stdout and stderr of a Windows program must be files: some of them, node among them, fail on wine's pipes.

import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { ExecutionContext } from 'ava';
import { type RunResult, run } from '../../build/process.ts';
import { kept } from './kept.ts';
import { privateCopy } from './private-copy.ts';

/** A Windows of its own. */
export interface WineRoot {
  /** Absolute path of the folder, `WINEPREFIX`. */
  readonly dir: string;
  /** Absolute path of its drive C. */
  readonly driveC: string;
}

export interface WineOptions {
  /** Windows variables beside the ones that wine sets; nothing of the caller's is passed on. */
  readonly env?: Readonly<Record<string, string>>;
  /** Working folder, absolute, in the notation of Linux. */
  readonly cwd?: string;
  /** Bytes for standard input; without it there are none. */
  readonly input?: string;
  /** Milliseconds after which the program is ended and the call fails; 5 minutes if not given. */
  readonly timeoutMs?: number;
}

/** Debian's 64-bit wine; the script `wine` beside it would ask for the 32-bit one. */
export const wine64 = '/usr/lib/wine/wine64';
const servicesLog = 'services.log';

/** Makes a fresh Windows 10 without any program of ours; it goes, and all that runs in it, when the test ends. */
export async function wineRoot(t: ExecutionContext): Promise<WineRoot> {
  if (!existsSync(wine64))
    throw new Error(`${wine64}: found none; install Debian's packages wine and wine64`);
  const dir = await privateCopy(t, await template());
  t.teardown(() => end(dir));
  return { dir, driveC: path.join(dir, 'drive_c') };
}

/**
 * Runs a Windows program to its end.
 * @param argv - the program, as a path of Linux or Windows or the name of one of Windows' own, and its arguments
 * @returns what it wrote, read as UTF-8, with the line ends of Windows; of the exit code the lowest 8 bits
 * @throws {Error} it did not end in time
 */
export async function runWine(
  root: WineRoot,
  argv: readonly string[],
  options: WineOptions = {},
): Promise<RunResult> {
  const streams = await mkdtemp(path.join(root.dir, 'streams-'));
  const [input, stdout, stderr] = ['in', 'out', 'err'].map((name) => path.join(streams, name)) as [
    string,
    string,
    string,
  ];
  await writeFile(input, options.input ?? '');
  const seconds = (options.timeoutMs ?? 300_000) / 1000;
  const script = `${startServices(root.dir)}\nexec "$@" <"$0/in" >"$0/out" 2>"$0/err"`;
  const redirected = ['sh', '-c', script, streams];
  const { exitCode } = await run(
    [...redirected, 'timeout', '--kill-after=5', String(seconds), wine64, ...argv],
    {
      env: { ...options.env, ...wineEnvironment(root.dir) },
      cwd: options.cwd ?? root.dir,
      allowFailure: true,
    },
  );
  const result = {
    exitCode,
    stdout: await readFile(stdout, 'utf8'),
    stderr: await readFile(stderr, 'utf8'),
  };
  await rm(streams, { recursive: true, force: true });
  if (exitCode !== 124 && exitCode !== 137) return result;
  throw new Error(`${argv.join(' ')}: did not end within ${seconds} s\n${result.stdout}\n${result.stderr}`);
}

/** Path of Linux to path of Windows; below drive C as one of drive C. */
export function windowsPath(root: WineRoot, file: string): string {
  const inside = path.relative(root.driveC, file);
  const below = inside.startsWith('..') ? `Z:${file}` : `C:\\${inside}`;
  return below.replaceAll('/', '\\');
}

/** Path of Windows on drive C to path of Linux. */
export function linuxPath(root: WineRoot, file: string): string {
  if (!/^c:\\/i.test(file)) throw new TypeError(`Expected a path on drive C for file, got ${file}`);
  return path.join(root.driveC, file.slice(3).replaceAll('\\', '/'));
}

/** Waits until every program of a root has ended and its registry is in the files. */
export async function wineSettled(root: WineRoot): Promise<void> {
  await run(['timeout', '60', 'wineserver', '-w'], { env: wineEnvironment(root.dir) });
}

/**
 * A line of sh that has wine start its services. The first program of a root is what they get their stderr from, and they
 * complain there in the name of whatever runs: one of wine 8 that hosts drivers (ntoskrnl.exe) crashes now and then.
 * @param dir - {@link WineRoot.dir}
 */
export function startServices(dir: string): string {
  return `timeout --kill-after=5 300 '${wine64}' cmd /c exit </dev/null >/dev/null 2>>'${dir}/${servicesLog}'`;
}

/** The variables that wine itself needs. @param dir - {@link WineRoot.dir} */
export function wineEnvironment(dir: string): Record<string, string> {
  return {
    HOME: dir,
    WINEPREFIX: dir,
    WINEARCH: 'win64',
    WINEDEBUG: '-all',
    // no menus and no browser or .NET to install
    WINEDLLOVERRIDES: 'winemenubuilder.exe,mscoree,mshtml=d',
  };
}

/** The root that others are copied from. */
async function template(): Promise<string> {
  const { stdout } = await run([wine64, '--version'], { env: { WINEDEBUG: '-all' } });
  return kept('wine-windows-10', { wine: stdout.trim() }, async (dir) => {
    const root = { dir, driveC: path.join(dir, 'drive_c') };
    await mustRun(root, ['wineboot', '--init']);
    await mustRun(root, ['reg', 'add', 'HKCU\\Software\\Wine', '/v', 'Version', '/d', 'win10', '/f']);
    await wineSettled(root);
    await closeUserFolders(root);
    await rm(path.join(dir, servicesLog));
  });
}

async function mustRun(root: WineRoot, argv: readonly string[]): Promise<void> {
  const { exitCode, stderr } = await runWine(root, argv);
  if (exitCode !== 0) throw new Error(`${argv.join(' ')}: exit code ${exitCode}, wanted 0\n${stderr}`);
}

/** wine links a user's folders to those of the user of Linux: here they become folders of the root's own. */
async function closeUserFolders(root: WineRoot): Promise<void> {
  const users = path.join(root.driveC, 'users');
  const entries = await readdir(users, { recursive: true, withFileTypes: true });
  for (const link of entries.filter((entry) => entry.isSymbolicLink())) {
    const place = path.join(link.parentPath, link.name);
    await rm(place);
    await mkdir(place);
  }
}

async function end(dir: string): Promise<void> {
  await run(['timeout', '60', 'wineserver', '-k'], { env: wineEnvironment(dir), allowFailure: true });
}
