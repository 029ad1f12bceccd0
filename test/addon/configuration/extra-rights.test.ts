// A process that has more rights than who started it. Such a process loads no sanitizer, hence a file of its own.

import { chmod, copyFile } from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import { run } from '../../../build/process.ts';
import { runProgram } from '../../support/addon.ts';
import { temporaryFolder } from '../../support/folder.ts';

/** Sets OPENSSL_CONF inside of the process, since node itself would take it, and says whether the addon did. */
const program = `
process.env.OPENSSL_CONF = process.env.WANTED;
const { info } = await import(entry);
console.log(info().configuration.source);`;

test('ignores OPENSSL_CONF in a process that has more rights than who started it', async (t) => {
  const { stdout } = await run(['sh', '-c', 'command -v setpriv && id -u'], { allowFailure: true });
  const [setpriv = '', uid] = stdout.trim().split('\n');
  if (uid !== '0') {
    t.log('skipped: wanted root and setpriv to start a set-user-ID program as another user');
    return t.pass();
  }
  const folder = await temporaryFolder(t);
  await chmod(folder, 0o755);
  const node = path.join(folder, 'node');
  await copyFile(process.execPath, node);
  await chmod(node, 0o4755);
  const source = async (user: string) => {
    const prefix = [setpriv, `--reuid=${user}`, '--clear-groups'];
    const result = await runProgram(program, { node, prefix, env: { WANTED: '/dev/null' } });
    return result.stdout.trim();
  };
  t.is(await source('65534'), 'default');
  t.is(await source('0'), 'OPENSSL_CONF');
});
