// TypeScript programs against the declarations of the installed package, as ES module and as CommonJS.

import { mkdir, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { type RunResult, run } from '../../build/process.ts';
import { checkout, releaseInfo } from '../support/artifacts.ts';
import { nodes } from '../support/nodes.ts';
import { ask, installedProject, type Project } from '../support/npm-project.ts';

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

const compilerOptions = {
  module: 'nodenext',
  target: 'es2023',
  lib: ['es2023'],
  types: ['node'],
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
};

const files = ['module.mts', 'script.cts'] as const;

/** A project with the package and the types of node. */
async function typedProject(t: ExecutionContext): Promise<Project> {
  const project = await installedProject(t);
  const types = path.join(project.dir, 'node_modules/@types');
  await mkdir(types, { recursive: true });
  await symlink(path.join(checkout, 'node_modules/@types/node'), path.join(types, 'node'));
  await writeFile(path.join(project.dir, 'tsconfig.json'), JSON.stringify({ compilerOptions, files }));
  return project;
}

/** Compiles a program as either kind of module. */
async function compile(project: Project, lines: readonly string[]): Promise<RunResult> {
  const imports = `import { ${names} } from 'tsopenssl';`;
  for (const file of files) await writeFile(path.join(project.dir, file), [imports, ...lines].join('\n'));
  const tsc = path.join(checkout, 'node_modules/typescript/bin/tsc');
  return run([process.execPath, tsc, '--pretty', 'false'], { cwd: project.dir, allowFailure: true });
}

test('TypeScript programs compile against the declarations and run, with modules of either kind', async (t) => {
  const project = await typedProject(t);
  const { opensslVersion } = releaseInfo;

  t.deepEqual(await compile(project, [program]), { exitCode: 0, stdout: '', stderr: '' });

  for (const node of await nodes()) {
    for (const file of ['module.mjs', 'script.cjs']) {
      t.deepEqual(await ask(t, project, node, [file]), [opensslVersion, opensslVersion, true, true, true]);
    }
  }
});

test('the declarations let no mistake pass', async (t) => {
  const project = await typedProject(t);
  t.is((await compile(project, [program])).exitCode, 0);

  const { stdout } = await compile(
    project,
    mistakes.map(([, line]) => line),
  );

  const found = [...stdout.matchAll(/^(\S+)\((\d+),\d+\): error (TS\d+):/gm)];
  t.deepEqual(
    found.map(([, file, line, code]) => `${file} ${line} ${code}`),
    files.flatMap((file) => mistakes.map(([code], index) => `${file} ${index + 2} ${code}`)),
  );
});
