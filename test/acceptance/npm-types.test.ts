// TypeScript programs against the declarations of the installed package, as ES module and as CommonJS.

import { mkdir, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import { run } from '../../build/process.ts';
import { checkout } from '../support/artifacts.ts';
import { nodes } from '../support/nodes.ts';
import { ask, installedProject } from '../support/npm-project.ts';

/** What both programs do; only the first line differs between them. */
const program = `
const [root]: Iterable<caBundle.CARootCertificate> = caBundle.iterCaBundle(undefined, caBundle.TRUST_EMAIL_PROTECTION);
if (root === undefined) throw new RangeError('no root');
const purposes: readonly caBundle.Purpose[] | undefined = root.purposes;
const x509: crypto.X509 = root.getX509();
const der: Buffer = crypto.dumpCertificate(crypto.FILETYPE_ASN1, x509);
const again: crypto.X509 = crypto.loadCertificate(crypto.FILETYPE_ASN1, der);
const answer: Info = info();
const numbers: Version = version;
const decoded: DistributionVersion = decodeDistributionVersion(numbers.distributionVersion);
try {
  crypto.loadCertificate(crypto.FILETYPE_PEM, 'none');
} catch (error) {
  if (!(error instanceof OpenSSLError)) throw error;
}
const serial: bigint = again.getSerialNumber();
console.log(JSON.stringify([answer.version.openssl.version, decoded.opensslVersion, again.digest('sha1') === root.sha1, purposes?.length !== 0, serial > 0n]));
`;

const names =
  'caBundle, crypto, decodeDistributionVersion, type DistributionVersion, info, type Info, OpenSSLError, version, type Version';

/** Mistakes that the declarations must not let pass, with the number of the compiler's message. */
const mistakes: readonly (readonly [code: string, line: string])[] = [
  ['TS2345', "caBundle.getCaBundle(undefined, 'server');"],
  ['TS2345', "crypto.loadCertificate(3, '');"],
  ['TS2540', 'version.semver = "2.0.0";'],
  ['TS2322', 'const number: number = crypto.loadCertificate(crypto.FILETYPE_PEM, "").getSerialNumber();'],
];

test('TypeScript programs compile against the declarations and run, with modules of either kind', async (t) => {
  const project = await installedProject(t);
  const file = (name: string) => path.join(project.dir, 'types', name);
  await mkdir(file('out'), { recursive: true });
  await mkdir(path.join(project.dir, 'node_modules/@types'), { recursive: true });
  await symlink(
    path.join(checkout, 'node_modules/@types/node'),
    path.join(project.dir, 'node_modules/@types/node'),
  );
  const compilerOptions = {
    module: 'nodenext',
    target: 'es2023',
    lib: ['es2023'],
    strict: true,
    types: ['node'],
    outDir: 'out',
  };
  const strictest = {
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    verbatimModuleSyntax: false,
  };
  await writeFile(
    file('tsconfig.json'),
    JSON.stringify({ compilerOptions: { ...compilerOptions, ...strictest } }),
  );
  const tsc = async () => {
    const argv = [
      process.execPath,
      path.join(checkout, 'node_modules/typescript/bin/tsc'),
      '--pretty',
      'false',
    ];
    const { exitCode, stdout } = await run(argv, { cwd: file('.'), allowFailure: true });
    return { exitCode, stdout };
  };

  const imports = `import { ${names} } from 'tsopenssl';`;
  for (const name of ['module.mts', 'script.cts']) await writeFile(file(name), imports + program);
  t.deepEqual(await tsc(), { exitCode: 0, stdout: '' });
  for (const node of await nodes()) {
    for (const name of ['module.mjs', 'script.cjs']) {
      t.deepEqual(await ask(t, project, node, [`types/out/${name}`]), ['3.5.7', '3.5.7', true, true, true]);
    }
  }

  const wrong = [imports, ...mistakes.map(([, line]) => line)].join('\n');
  for (const name of ['module.mts', 'script.cts']) await writeFile(file(name), wrong);
  const { exitCode, stdout } = await tsc();
  t.not(exitCode, 0);
  const expected = ['module.mts', 'script.cts'].flatMap((name) =>
    mistakes.map(([code], index) => `${name}(${index + 2}): ${code}`),
  );
  const found = [...stdout.matchAll(/^(\S+)\((\d+),\d+\): error (TS\d+):/gm)];
  t.deepEqual(
    found.map(([, name, line, code]) => `${name}(${line}): ${code}`),
    expected,
  );
});
