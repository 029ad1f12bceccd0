// `debug.report()` and `tsopenssl debug`: the page for a bug report.

import path from 'node:path';
import test from 'ava';
import { run } from '../../build/process.ts';
import { binary, runProgram } from '../support/addon.ts';
import { releaseInfo } from '../support/artifacts.ts';
import { nodes } from '../support/nodes.ts';
import { distribution } from '../support/openssl.ts';

const { packageDir } = await distribution();
const program = 'const { debug } = await import(entry); console.log(debug.report());';

test('says on one page what is in use, in every node', async (t) => {
  for (const { node, version } of await nodes()) {
    const { stdout, stderr } = await runProgram(program, { node, env: { OPENSSL_CONF: '/dev/null' } });
    t.is(stderr, '');
    for (const wanted of [
      `OpenSSL           ${releaseInfo.opensslVersion} (`,
      `Addon             ${binary}\n`,
      "                  isolated from node's own OpenSSL\n",
      `Node.js           ${version}, with OpenSSL `,
      `Package           ${packageDir} (`,
      'Machine           linux-x64; ',
      'System            Linux ',
      `Program           ${node} (node v${version})\n`,
      'Environment       OPENSSL_CONF=/dev/null\n',
      'Providers\n  default         ',
    ])
      t.true(stdout.includes(wanted), `${wanted} in\n${stdout}`);
  }
});

test('names the variables that matter, each on one line, and keeps others to itself', async (t) => {
  const env = {
    OPENSSL_CONF: '/dev/null',
    SSL_CERT_FILE: '/a b',
    NODE_PATH: '/c\n/d\u001b[1m',
    NODE_AUTH_TOKEN: 'geheim',
    OPENSSL_PASSWORD: 'geheim',
    PASSWORD: 'geheim',
  };
  const { stdout } = await runProgram(program, { env });
  t.regex(stdout, /\n {18}SSL_CERT_FILE=\/a b\n/);
  t.regex(stdout, /\n {18}NODE_PATH="\/c\\n\/d\\u001b\[1m"\n?/);
  t.notRegex(stdout, /geheim|await import/);
  t.notRegex((await runProgram(program)).stdout, /SSL_CERT_FILE/);
});

test('the command prints the same page', async (t) => {
  const env = { OPENSSL_CONF: '/dev/null' };
  const command = [process.execPath, path.join(packageDir, 'lib/cli.js'), 'debug'];
  const { stdout } = await run(command, { env });
  t.is(
    stdout,
    (await runProgram(program, { env })).stdout.replace(/\n +--input-type=module --eval …\n/, '\n'),
  );
  const { report } = JSON.parse((await run([...command, '--json'], { env })).stdout) as { report: string };
  t.is(`${report}\n`, stdout);
});
