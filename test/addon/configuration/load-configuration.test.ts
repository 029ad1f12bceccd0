// The configuration that OPENSSL_CONF names, loaded by real processes.

import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { flatten } from '../../../addon/lib/configuration/flatten.ts';
import { readNamed } from '../../../addon/lib/configuration/read-file.ts';
import { run } from '../../../build/process.ts';
import { loadNative, runProgram } from '../../support/addon.ts';
import { temporaryFolder } from '../../support/folder.ts';

/** Sets OPENSSL_CONF inside of the process, since node itself exits at start on a broken one, then loads the addon. */
const program = `
process.env.OPENSSL_CONF = process.argv[1] ?? process.env.WANTED;
try {
  const { info } = await import(entry);
  const { configuration, providers } = info();
  console.log(JSON.stringify({ configuration, providers: providers.filter((p) => p.active).map((p) => p.name).sort() }));
} catch ({ name, code, message, queue }) {
  console.log(JSON.stringify({ error: { name, code, message, reasons: queue.map((entry) => entry.reason) } }));
}`;

interface Outcome {
  readonly configuration?: Record<string, unknown>;
  readonly providers?: readonly string[];
  readonly error?: {
    readonly name: string;
    readonly code: string;
    readonly message: string;
    readonly reasons: string[];
  };
}

/** Loads a file with the given text, or what `env.WANTED` names. */
async function load(
  t: ExecutionContext,
  text: string,
  env: Readonly<Record<string, string>> = {},
): Promise<Outcome & { readonly file: string; readonly stderr: string }> {
  const file = path.join(await temporaryFolder(t), 'test.cnf');
  await writeFile(file, text);
  const result = await runProgram(program, { env: { WANTED: file, ...env } });
  t.is(result.exitCode, 0, result.stderr);
  return { ...(JSON.parse(result.stdout) as Outcome), file, stderr: result.stderr };
}

const init = 'openssl_conf = init\n[init]\n';
const twoProviders =
  'providers = list\n[list]\ndefault = a\nother = b\n[a]\nactivate = 1\n[b]\nactivate = 1\n';

test('loads a file that activates a built-in provider', async (t) => {
  const { configuration, providers, file, stderr } = await load(
    t,
    `${init}providers = list\n[list]\ndefault = a\nlegacy = a\n[a]\nactivate = 1\n`,
  );
  t.deepEqual(configuration, {
    path: file,
    source: 'OPENSSL_CONF',
    loaded: true,
    reason: `${file} was loaded`,
    files: [file],
    ignored: [],
  });
  t.deepEqual(providers, ['default', 'legacy']);
  t.is(stderr, '');
});

test('loads nothing for an empty OPENSSL_CONF, as OpenSSL does', async (t) => {
  const { configuration, providers } = await load(t, '', { WANTED: '' });
  t.like(configuration, { path: null, source: 'none', loaded: false });
  t.deepEqual(providers, ['default']);
});

/** Text, the message after the file's name, and the reasons in OpenSSL's queue. */
const broken: Readonly<Record<string, readonly [string, string, readonly string[]]>> = {
  'a line without an equals sign': ['a = 1\n[s]\nnonsense\n', ':3: missing equal sign', []],
  'an open bracket': ['a = 1\n[s\n', ':2: missing close square bracket', []],
  'a variable that is not set': ['a = $nowhere\n', ':1: variable has no value', []],
  'a NUL byte': ['a = 1\0\n', ':1: NUL byte; wanted text', []],
  'an openssl_conf that names no section': [
    'openssl_conf = nowhere\n',
    ': openssl conf references missing section',
    ['openssl conf references missing section'],
  ],
  'a module that OpenSSL does not know': [
    `${init}mystery = s\n`,
    ':3: unknown module name (configuration file routines, module=mystery)',
    ['unknown module name'],
  ],
  'an option that OpenSSL does not know': [
    `${init}alg_section = s\n[s]\nmystery = 1\n`,
    ':3: unknown option (digital envelope routines, name=mystery, value=1)',
    ['unknown option', 'module initialization error'],
  ],
  'a provider without a library': [
    `${init}${twoProviders}`,
    ':10: provider other is not available (/usr/lib/tsopenssl/lib/ossl-modules/other.so: cannot open shared object file',
    [],
  ],
  'providers without any algorithm': [
    `${init}providers = list\n[list]\nbase = a\n[a]\nactivate = 1\n`,
    ': no algorithm is available with it, not even SHA2-256',
    [],
  ],
  'properties that no algorithm has': [
    `${init}alg_section = s\n[s]\ndefault_properties = fips=yes\n`,
    ': no algorithm is available with it, not even SHA2-256',
    [],
  ],
  'an engine that is a library': [
    `${init}engines = list\n[list]\npkcs11 = s\n[s]\ndynamic_path = /nowhere/pkcs11.so\n`,
    ': engine pkcs11: an engine is linked to another OpenSSL and cannot work with the one inside the addon',
    [],
  ],
};

for (const [title, [text, message, reasons]] of Object.entries(broken)) {
  test(`refuses a file with ${title}, and names the place`, async (t) => {
    const { error, file, stderr } = await load(t, text);
    t.is(error?.name, 'OpenSSLError');
    t.is(error?.code, 'ERR_OPENSSL_CONFIG');
    t.true(error?.message.includes(`${file}${message}`), error?.message);
    t.regex(error?.message ?? '', /; mend the file, or set OPENSSL_CONF to another one \(empty: none\)/);
    t.deepEqual(error?.reasons, reasons as string[]);
    t.is(stderr, '');
  });
}

test('names the file and the line of an include, whatever came before', async (t) => {
  const folder = await temporaryFolder(t);
  await writeFile(path.join(folder, 'good.cnf'), '[g]\na = 1\nb = 2\n');
  await writeFile(path.join(folder, 'bad.cnf'), '\nnonsense\n');
  const { error } = await load(t, `.include ${folder}/good.cnf\n.include ${folder}/bad.cnf\n`);
  t.true(error?.message.includes(`${folder}/bad.cnf:2: missing equal sign`), error?.message);
});

test('expands variables in an include as OpenSSL does, and says where one has no value', async (t) => {
  const folder = await temporaryFolder(t);
  await writeFile(path.join(folder, 'a.cnf'), 'a = 1\n');
  const text = `dir = ${folder}\n[s]\n.include $dir/a.cnf\n.include $ENV::PLACE/a.cnf\n`;
  const { configuration, file } = await load(t, text, { PLACE: folder });
  t.deepEqual(configuration?.files, [file, `${folder}/a.cnf`, `${folder}/a.cnf`]);
  const { error, file: other } = await load(t, text);
  t.true(
    error?.message.includes(`${other}:4: .include $ENV::PLACE/a.cnf: variable has no value`),
    error?.message,
  );
});

/** What OPENSSL_CONF names, and the message after it. */
const notFiles: Readonly<Record<string, string>> = {
  '/nonexistent/openssl.cnf': ': no such file or directory',
  '/etc': ': wanted a file, got a folder',
  '/dev/zero': ': it is neither a file nor a folder',
};

for (const [file, message] of Object.entries(notFiles)) {
  test(`refuses ${file} as a configuration`, async (t) => {
    const { error } = await load(t, '', { WANTED: file });
    t.is(error?.code, 'ERR_OPENSSL_CONFIG');
    t.true(error?.message.includes(`${file}${message}`), error?.message);
  });
}

test('does not wait for the writer of a pipe', async (t) => {
  const pipe = path.join(await temporaryFolder(t), 'pipe');
  await run(['mkfifo', pipe]);
  const { error } = await load(t, '', { WANTED: pipe });
  t.true(error?.message.includes(`${pipe}: it is neither a file nor a folder`), error?.message);
});

test('takes /dev/null for an empty configuration', async (t) => {
  const { configuration } = await load(t, '', { WANTED: '/dev/null' });
  t.like(configuration, { source: 'OPENSSL_CONF', loaded: true });
});

test('lets a provider that may be missing be missing', async (t) => {
  const { configuration, providers } = await load(t, `${init}${twoProviders}soft_load = 1\n`);
  t.true(configuration?.loaded);
  t.deepEqual(providers, ['default']);
});

test('shows on stderr what was looked at and what was left out, under TSOPENSSL_DEBUG=1 alone', async (t) => {
  const text = 'a = 1\n.include /nonexistent.cnf\n[s]\nrh-allow-sha1-signatures = yes\n';
  const traced = await load(t, text, { TSOPENSSL_DEBUG: '1' });
  const { file, stderr } = traced;
  t.regex(stderr, /^tsopenssl: .*\/src\/build\/Release\/tsopenssl\.node: it was not built$/m);
  t.regex(stderr, /^tsopenssl: .*\/@tsopenssl\/linux-x64\/tsopenssl\.node: loaded$/m);
  t.true(
    stderr.includes(`tsopenssl: ${file}:2: .include /nonexistent.cnf: no such file or directory; left out\n`),
  );
  t.true(
    stderr.includes(
      `tsopenssl: ${file}:4: rh-allow-sha1-signatures, which only Red Hat's OpenSSL knows; left out\n`,
    ),
  );
  t.true(stderr.includes(`tsopenssl: configuration: ${file} was loaded\n`));
  t.is((await load(t, text)).stderr, '');
  t.is((await load(t, text, { TSOPENSSL_DEBUG: '0' })).stderr, '');
});

test('reads included files as OpenSSL itself does', async (t) => {
  const native = loadNative();
  const folder = await temporaryFolder(t);
  await mkdir(path.join(folder, 'd'));
  const files: Readonly<Record<string, string>> = {
    'main.cnf': [
      'dir = .',
      '[s] # comment',
      'quoted = "a # b" # c',
      `.pragma includedir:${folder}`,
      '.include one.cnf',
      'after = $dir::x',
      `.include = "${folder}/two words.cnf"`,
      'long = a \\',
      '  b \\',
      'c',
      `.include ${folder}/d`,
      `d = ${folder}`,
      '.include $d/three.cnf',
      '.include missing.cnf',
      'last::entry = $s::quoted',
      `.include\\`,
      ` ${folder}/crlf.cnf`,
    ].join('\n'),
    'one.cnf': 'one = 1\n[x]\ndir::x = 5\n[dir]\nx = 6\n[s]\nopen = \\\ncontinued\n',
    'two words.cnf': 'two = 2',
    'three.cnf': `x${'y'.repeat(2000)} = ${'z'.repeat(3000)}\n.include one.cnf`,
    'crlf.cnf': 'crlf = 1\r\n[t]\r\nu = "1"\r\n',
    'd/only.cnf': '[only]\na = 1\n',
  };
  for (const [name, text] of Object.entries(files)) await writeFile(path.join(folder, name), text);
  const byOpenSSL = native.parseConfiguration(Buffer.from(files['main.cnf'] ?? ''));
  const flat = flatten(path.join(folder, 'main.cnf'), {
    read: readNamed,
    includeDir: undefined,
    paths: path,
    expand: (lines, section, value) => {
      const parsed = native.parseConfiguration(
        Buffer.from(`${lines.join('\n')}\n[${section}]\nexpanded = ${value}\n`, 'latin1'),
      );
      const entries = 'sections' in parsed ? parsed.sections.flatMap(([, each]) => each) : [];
      return entries.find(([name]) => name === 'expanded')?.[1] ?? '';
    },
  });
  t.false(flat.lines.some((line) => line.includes('.include')));
  const byUs = native.parseConfiguration(Buffer.from(flat.lines.join('\n'), 'latin1'));
  const sorted = (parsed: typeof byUs) => ('sections' in parsed ? [...parsed.sections].sort() : parsed);
  t.deepEqual(sorted(byUs), sorted(byOpenSSL));
  t.true('sections' in byUs && byUs.sections.some(([name]) => name === 'only'));
});
