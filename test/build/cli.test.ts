import path from 'node:path';
import test from 'ava';
import { release } from '../../recipes/release.ts';
import { builder } from '../support/builder.ts';
import { temporaryFolder } from '../support/folder.ts';

test('list shows lines, targets, formats and steps', async (t) => {
  const { code, stdout } = await builder(['list']);
  t.is(code, 0);
  for (const part of [
    /^tsopenssl 1\.0\.0\.3\.5\.7$/m,
    /3\.5 \(OpenSSL 3\.5\.7\), default/,
    /linux-x64/,
    /^target {3}linux-x64 \(glibc 2\.17\): tar\.xz, deb, rpm, npm, ca-bundles$/m,
    /^target {3}darwin-universal \(macOS 11\.0\): /m,
  ]) {
    t.regex(stdout, part);
  }
});

test('list --json says the same to programs', async (t) => {
  const { stdout } = await builder(['list', '--json']);
  const listed = JSON.parse(stdout);
  t.is(listed.distributionVersion, `${release.apiVersion}.3.5.7`);
  t.deepEqual(listed.targets[0], {
    id: 'linux-x64',
    floor: 'glibc 2.17',
    formats: ['tar.xz', 'deb', 'rpm', 'npm', 'ca-bundles'],
  });
  const seen = new Set<string>();
  for (const { name, needs } of listed.steps) {
    for (const need of needs) t.true(seen.has(need), `${name} comes after ${need}`);
    seen.add(name);
  }
});

test('--help shows options, examples and exit status, and runs nothing', async (t) => {
  const { code, stdout, stderr } = await builder(['--help']);
  t.is(code, 0);
  t.is(stderr, '');
  for (const part of ['Options', 'Examples', 'Exit status']) t.true(stdout.includes(part), part);
});

for (const [args, message] of [
  [
    ['--target', 'linux-x86'],
    /Expected a target out of linux-x64, .*, all, got linux-x86; did you mean linux-x64\?/,
  ],
  [['--format', 'exe'], /Expected a format of linux-x64: tar\.xz, deb, rpm, npm, ca-bundles, got exe/],
  [['--format', 'debb'], /Expected a format out of .*, got debb; did you mean deb\?/],
  [['--toolchain', 'hosts'], /Expected a toolchain out of recipe, host, got hosts; did you mean host\?/],
  [
    ['--launcher', 'cache'],
    /Expected a launcher out of ccache, sccache, distcc, got cache; did you mean ccache\?/,
  ],
  [['--tarket', 'linux-x64'], /Unknown option '--tarket'; did you mean --target\?/],
  [['lst'], /Expected one command out of dist, list, reproduce, cache, got lst; did you mean list\?/],
  [['list', 'more'], /Expected one command .*, got more/],
  [['--until', 'compil'], /Expected a step out of .* for --until, got compil; did you mean compile\?/],
  [['--jobs', '0'], /Expected a number from 1 to 9999 for --jobs, got 0/],
  [['--jobs', '2; id'], /Expected a number from 1 to 9999 for --jobs, got 2; id/],
  [
    ['--mirror', '/no/such/folder'],
    /Expected a folder that can be read for --mirror, got \/no\/such\/folder/,
  ],
] as const) {
  test(`stops with exit 2 and says what is wrong: ${args.join(' ')}`, async (t) => {
    const folder = await temporaryFolder(t);
    const { code, stdout, stderr } = await builder([...args, '--cache', path.join(folder, 'cache')]);
    t.is(code, 2);
    t.is(stdout, '');
    t.regex(stderr, /^ERR_USAGE: /m);
    t.regex(stderr, message);
    t.notRegex(stderr, /^\s+at /m, 'no stack without DEBUG=1');
  });
}

test('a launcher that is not installed is exit 2, and DEBUG=1 shows where an error came from', async (t) => {
  const env = { PATH: path.dirname(process.execPath), DEBUG: '1' };
  const { code, stderr } = await builder(['--launcher', 'sccache', 'list'], env);
  t.is(code, 2);
  t.regex(stderr, /ERR_PREREQUISITE: --launcher sccache: wanted sccache in PATH, found none/);
  t.regex(stderr, /^\s+at /m);
});

test('a folder that make cannot work in is exit 2', async (t) => {
  const { code, stderr } = await builder(['list', '--cache', '/tmp/with blanks']);
  t.is(code, 2);
  t.regex(
    stderr,
    /Expected a folder that make can work in, got \/tmp\/with blanks; move the checkout, or choose/,
  );
});

test('SOURCE_DATE_EPOCH must be a number of seconds', async (t) => {
  const { code, stderr } = await builder(['list'], { SOURCE_DATE_EPOCH: 'yesterday' });
  t.is(code, 2);
  t.regex(stderr, /Expected seconds since 1970 in SOURCE_DATE_EPOCH, got yesterday/);
});
