import { symlink } from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import { run } from '../../build/process.ts';
import { linuxPlaces } from '../../openssl-config/directories.ts';
import { distribution } from '../support/openssl.ts';
import { issue, makeAuthority } from './authority.ts';

/** The variable that the table gives for a place. */
function overrideOf(name: string): string {
  const { override } = linuxPlaces.find((place) => place.name === name) ?? {};
  if (override === undefined) throw new Error(`the table has no variable for ${name}`);
  return override;
}

test('the variables of the table name other places than the default ones', async (t) => {
  const authority = await makeAuthority(t);
  const certificate = await issue(authority, 'server_cert', 'www.example.org');
  const { openssl } = await distribution();
  const { folder } = authority;
  const verify = async (env: Record<string, string>) => {
    const { exitCode } = await run([openssl, 'verify', certificate], {
      cwd: folder,
      env,
      allowFailure: true,
    });
    return exitCode === 0;
  };
  const { stdout: hash } = await run([openssl, 'x509', '-in', 'demoCA/cacert.pem', '-noout', '-hash'], {
    cwd: folder,
  });
  await symlink('cacert.pem', path.join(folder, 'demoCA', `${hash.trim()}.0`));

  t.false(await verify({}));
  t.true(await verify({ [overrideOf('certificate file')]: 'demoCA/cacert.pem' }));
  t.true(await verify({ [overrideOf('certificate directory')]: 'demoCA' }));

  const says = async (argv: readonly string[], env: Record<string, string>) =>
    (await run([openssl, ...argv], { cwd: folder, env, allowFailure: true })).stderr;
  for (const [name, argv] of [
    ['provider modules', ['list', '-provider', 'missing']],
    ['engines', ['engine', 'missing']],
  ] as const) {
    t.regex(await says(argv, { [overrideOf(name)]: '/elsewhere' }), /\(\/elsewhere\/missing\.so\)/);
    t.notRegex(await says(argv, {}), /elsewhere/);
  }
  t.regex(
    await says(['req', '-new'], { [overrideOf('configuration file')]: '/elsewhere/x.cnf' }),
    /\/elsewhere\/x\.cnf/,
  );
});
