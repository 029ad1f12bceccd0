// The default configuration, /etc/ssl/openssl.cnf, which is compiled in: each case gets an /etc of its own in a mount
// namespace.

import { readFile } from 'node:fs/promises';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { type RunResult, run } from '../../../build/process.ts';
import { runProgram } from '../../support/addon.ts';
import { stepResult } from '../../support/step-result.ts';

const cnf = '/etc/ssl/openssl.cnf';
const { exitCode } = await run(['unshare', '--mount', 'mount', '-t', 'tmpfs', 'tmpfs', '/etc'], {
  allowFailure: true,
});
const skipped = exitCode === 0 ? undefined : 'skipped: wanted root and the right to make a mount namespace';
const upstream = await readFile(path.join(await stepResult('extract'), 'apps/openssl.cnf'), 'utf8');

const program = `
const warnings = [];
process.on('warning', (warning) => warnings.push(warning));
try {
  const { info } = await import(entry);
  const { configuration, providers } = info();
  await new Promise(setImmediate);
  console.log(JSON.stringify({
    configuration,
    providers: providers.filter((p) => p.active).map((p) => p.name),
    warnings: warnings.map(({ code, message }) => ({ code, message })),
  }));
} catch ({ code, message }) {
  console.log(JSON.stringify({ error: { code, message }, warnings }));
}`;

interface Outcome {
  readonly configuration?: {
    readonly loaded: boolean;
    readonly source: string;
    readonly reason: string;
    readonly files: string[];
  };
  readonly providers?: readonly string[];
  readonly warnings: readonly { readonly code: string; readonly message: string }[];
  readonly error?: { readonly code: string; readonly message: string };
}

/** The program in an /etc that holds nothing but what `setup`, lines of sh, puts there. */
function runInOwnEtc(setup: string, source = program): Promise<RunResult> {
  const shell = `set -e; umask 022; mount -t tmpfs -o mode=755 tmpfs /etc; mkdir /etc/ssl; ${setup}\nexec "$@"`;
  return runProgram(source, {
    prefix: ['unshare', '--mount', 'sh', '-c', shell, 'sh'],
    nodeArguments: ['--openssl-config=/dev/null'], // or node itself would exit on a broken file
  });
}

async function load(t: ExecutionContext, setup: string): Promise<Outcome> {
  const { stdout, stderr } = await runInOwnEtc(setup);
  t.is(stderr.replaceAll(/^\(node:\d+\) \[TSOPENSSL_CONFIG\].*\n\(Use `node --trace-warnings.*\n/gm, ''), '');
  return JSON.parse(stdout) as Outcome;
}

function inOwnEtc(title: string, body: (t: ExecutionContext) => Promise<void>): void {
  test(title, async (t) => {
    if (skipped === undefined) return body(t);
    t.log(skipped);
    t.pass();
  });
}

const write = (file: string, text: string) =>
  `mkdir -p ${path.dirname(file)}; cat > ${file} <<'END'\n${text}\nEND\n`;
const legacy = 'openssl_conf = i\n[i]\nproviders = p\n[p]\ndefault = a\nlegacy = a\n[a]\nactivate = 1';

inOwnEtc('loads the default file when the administrator alone can change it', async (t) => {
  const { configuration, providers, warnings } = await load(t, write(cnf, legacy));
  t.like(configuration, { source: 'default', loaded: true, reason: `${cnf} was loaded`, files: [cnf] });
  t.deepEqual(providers, ['default', 'legacy']);
  t.deepEqual(warnings, []);
});

inOwnEtc('loads nothing, and says nothing, where there is no default file', async (t) => {
  const { configuration, providers, warnings } = await load(t, '');
  t.like(configuration, { source: 'default', loaded: false, reason: `${cnf}: no such file or directory` });
  t.deepEqual([providers, warnings], [['default'], []]);
});

/** What is done to a good file or to its folders, and why it is then not trusted. */
const untrusted: Readonly<Record<string, readonly [string, string]>> = {
  'belongs to somebody': [`chown 1000 ${cnf}`, `${cnf} belongs to uid 1000, wanted 0`],
  'can be written by its group': [`chmod 664 ${cnf}`, `${cnf} can be written by its group (mode 0664)`],
  'can be written by everybody': [`chmod 646 ${cnf}`, `${cnf} can be written by everybody (mode 0646)`],
  'is in a folder of somebody': ['chown 1000 /etc/ssl', '/etc/ssl belongs to uid 1000, wanted 0'],
  'is in a folder that everybody writes': [
    'chmod 757 /etc/ssl',
    '/etc/ssl can be written by everybody (mode 0757)',
  ],
  'is in a sticky folder': ['chmod 1757 /etc/ssl', '/etc/ssl can be written by everybody (mode 1757)'],
  'is below a folder of somebody': ['chown 1000 /etc', '/etc belongs to uid 1000, wanted 0'],
  'is a link into a folder of somebody': [
    `mkdir /etc/home; mv ${cnf} /etc/home/a; ln -s ../home/a ${cnf}; chown 1000 /etc/home`,
    '/etc/home belongs to uid 1000, wanted 0',
  ],
  'is a link through a folder of somebody that leads to a good file': [
    `mkdir /etc/home; mv ${cnf} /etc/good; ln -s /etc/good /etc/home/a; ln -s ../home/a ${cnf}; chown 1000 /etc/home`,
    '/etc/home belongs to uid 1000, wanted 0',
  ],
  'is a pipe': [`rm ${cnf}; mkfifo ${cnf}`, `${cnf} is neither a file nor a folder`],
};

for (const [title, [change, reason]] of Object.entries(untrusted)) {
  inOwnEtc(`loads nothing, and says nothing, when the default file ${title}`, async (t) => {
    const { configuration, providers, warnings } = await load(t, write(cnf, legacy) + change);
    t.like(configuration, { source: 'default', loaded: false, reason: `${cnf} is not trusted: ${reason}` });
    t.deepEqual([providers, warnings], [['default'], []]);
  });
}

inOwnEtc('follows links that the administrator alone can change', async (t) => {
  const { configuration } = await load(t, `${write('/etc/pki/tls/a', legacy)}ln -s ../pki/tls/a ${cnf}`);
  t.like(configuration, { loaded: true });
});

inOwnEtc('loads nothing when what the default file includes is not trusted', async (t) => {
  const setup = `${write(cnf, `${legacy}\n.include /etc/d`)}mkdir /etc/d; echo a=1 > /etc/d/a.cnf; `;
  const reasonAfter = async (change: string) => (await load(t, setup + change)).configuration?.reason;
  t.is(await reasonAfter(''), `${cnf} was loaded`);
  t.is(
    await reasonAfter('chmod 757 /etc/d'),
    `${cnf}:9: .include /etc/d is not trusted: /etc/d can be written by everybody (mode 0757)`,
  );
  t.is(
    await reasonAfter('chown 1000 /etc/d/a.cnf'),
    `${cnf}:9: .include /etc/d/a.cnf is not trusted: /etc/d/a.cnf belongs to uid 1000, wanted 0`,
  );
});

/** A default file that is broken, and what the warning says. */
const broken: Readonly<Record<string, readonly [string, string]>> = {
  'a syntax error': [
    write(cnf, 'a = 1\nnonsense'),
    `${cnf}:2: missing equal sign (configuration file routines)`,
  ],
  'an unknown module': [
    write(cnf, 'openssl_conf = i\n[i]\nmystery = s'),
    `${cnf}:3: unknown module name (configuration file routines, module=mystery)`,
  ],
  'a provider that is missing': [
    write(cnf, legacy.replace('legacy', 'other')),
    `${cnf}:8: provider other is not available`,
  ],
  'a folder in its place': [`mkdir ${cnf}`, `${cnf}: wanted a file, got a folder`],
};

for (const [title, [setup, reason]] of Object.entries(broken)) {
  inOwnEtc(`warns once about a default file with ${title}, and goes on without it`, async (t) => {
    const { configuration, warnings } = await load(t, setup);
    t.false(configuration?.loaded);
    t.true(configuration?.reason.startsWith(reason), configuration?.reason);
    t.is(warnings.length, 1);
    t.is(warnings[0]?.code, 'TSOPENSSL_CONFIG');
    t.is(
      warnings[0]?.message,
      `the default configuration of OpenSSL was not used in full: ${configuration?.reason}`,
    );
  });
}

inOwnEtc('refuses to go on with a default file that leaves no algorithm', async (t) => {
  const { error } = await load(t, write(cnf, legacy.replace('default = a\nlegacy', 'base')));
  t.is(error?.code, 'ERR_OPENSSL_CONFIG');
  t.true(
    error?.message.includes(`${cnf}: no algorithm is available with it, not even SHA2-256`),
    error?.message,
  );
});

inOwnEtc('warns in one of several threads only', async (t) => {
  const source = `
    import { Worker } from 'node:worker_threads';
    const worker = () => new Promise((resolve) => {
      const one = new Worker(\`
        import { parentPort } from 'node:worker_threads';
        const warnings = [];
        process.on('warning', ({ code }) => warnings.push(code));
        await import(\${JSON.stringify(entry)});
        await new Promise(setImmediate);
        parentPort.postMessage(warnings);\`, { eval: true });
      one.on('message', resolve);
    });
    console.log(JSON.stringify(await Promise.all(Array.from({ length: 8 }, worker))));`;
  const { stdout } = await runInOwnEtc(write(cnf, 'nonsense'), source);
  const warnings = JSON.parse(stdout) as string[][];
  t.is(warnings.length, 8);
  t.deepEqual(warnings.flat(), ['TSOPENSSL_CONFIG']);
});

/**
 * The files of distributions, as their documentation describes what they add to OpenSSL's own: Ubuntu its security level,
 * Fedora its policies, which are a file elsewhere that a link leads to, and options that only its own OpenSSL knows.
 */
const initSection = /\[openssl_init\]\nproviders = provider_sect\n/;
const policy = `CipherString = @SECLEVEL=2:kEECDH:kEDH:-aDSS:!aNULL:!eNULL
Ciphersuites = TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256
TLS.MinProtocol = TLSv1.2
TLS.MaxProtocol = TLSv1.3
DTLS.MinProtocol = DTLSv1.2
DTLS.MaxProtocol = DTLSv1.2
SignatureAlgorithms = ?mldsa65:ECDSA+SHA256:ed25519:rsa_pss_rsae_sha256:RSA+SHA256
Groups = *X25519MLKEM768:X25519:secp256r1
[openssl_init]
alg_section = evp_properties
[evp_properties]
rh-allow-sha1-signatures = no`;
const fedora = upstream
  .replace(
    initSection,
    `[openssl_init]
providers = provider_sect
ssl_conf = ssl_module
alg_section = evp_properties
[ evp_properties ]
rh-allow-sha1-signatures = yes
[ ssl_module ]
system_default = crypto_policy
[ crypto_policy ]
.include = /etc/crypto-policies/back-ends/opensslcnf.config
`,
  )
  .replace('# activate = 1', 'activate = 1');

const distributions: Readonly<Record<string, string>> = {
  'OpenSSL itself, Alpine and Arch': write(cnf, upstream),
  Ubuntu: write(
    cnf,
    upstream.replace(
      initSection,
      '[openssl_init]\nproviders = provider_sect\nssl_conf = ssl_sect\n[ssl_sect]\nsystem_default = system_default_sect\n[system_default_sect]\nCipherString = DEFAULT:@SECLEVEL=2\n',
    ),
  ),
  Fedora: [
    write('/etc/pki/tls/openssl.cnf', fedora),
    write('/etc/crypto-policies/policies/opensslcnf.txt', policy),
    'mkdir /etc/crypto-policies/back-ends; rmdir /etc/ssl; ln -s pki/tls /etc/ssl\n',
    'ln -s ../policies/opensslcnf.txt /etc/crypto-policies/back-ends/opensslcnf.config',
  ].join(''),
  'openSUSE with its folders for engines': write(
    cnf,
    upstream.replace(
      initSection,
      '[openssl_init]\nproviders = provider_sect\nengines = engine_section\n[engine_section]\n.include /etc/ssl/engines.d\n',
    ),
  ),
};

for (const [title, setup] of Object.entries(distributions)) {
  inOwnEtc(`loads in silence the openssl.cnf of ${title}`, async (t) => {
    const { configuration, providers, warnings, error } = await load(t, setup);
    t.is(error, undefined);
    t.like(configuration, { loaded: true, reason: `${cnf} was loaded` });
    t.deepEqual([providers, warnings], [['default'], []]);
  });
}

test('the files of distributions differ from the one of OpenSSL, and Fedora has what only its own OpenSSL knows', (t) => {
  t.is(new Set(Object.values(distributions)).size, 4);
  t.regex(fedora, /^activate = 1$/m);
  t.regex(fedora, /^rh-allow-sha1-signatures = yes$/m);
});

test("loads in silence this machine's own openssl.cnf", async (t) => {
  const { stdout, stderr } = await runProgram(program);
  const { configuration, warnings } = JSON.parse(stdout) as Outcome;
  t.is(stderr, '');
  t.deepEqual(warnings, []);
  t.log(configuration?.reason ?? '');
  t.is(configuration?.source, 'default');
});
