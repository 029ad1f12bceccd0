// libssl reads OpenSSL's configuration by itself when it makes its first context, from wherever the environment says: here it must
// find that the addon has done so already, by its own rule of which files are trusted.

import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import { runProgram } from '../../support/addon.ts';
import { temporaryFolder } from '../../support/folder.ts';

const configuration = `
openssl_conf = init
[init]
providers = list
ssl_conf = tls
[list]
default = on
legacy = on
[on]
activate = 1
[tls]
system_default = defaults
[defaults]
MaxProtocol = TLSv1.2
`;

/** Says which providers there are, and the highest version of a new context, 0 for any. */
const program = `
const { info, SSL } = await import(entry);
if (late !== '') process.env.OPENSSL_CONF = late;
const context = new SSL.Context(SSL.TLS_METHOD);
const highest = () => {
  const client = new SSL.Connection(context);
  client.setConnectState();
  try {
    client.doHandshake();
  } catch {}
  // supported_versions of a ClientHello, RFC 8446 section 4.2.1, with TLS 1.3 in it
  return client.bioRead(65536).includes(Buffer.from('002b', 'hex')) ? 'TLS 1.3' : 'TLS 1.2';
};
console.log(info().providers.map(({ name }) => name).join(), highest());
`;

test('a context reads no configuration of its own', async (t) => {
  const file = path.join(await temporaryFolder(t), 'openssl.cnf');
  await writeFile(file, configuration);
  const say = async (late: string, env: Readonly<Record<string, string>>) => {
    const source = `const late = ${JSON.stringify(late)};\n${program}`;
    const { exitCode, stdout, stderr } = await runProgram(source, { env });
    t.is(exitCode, 0, stderr);
    return stdout.trim();
  };
  const none = { OPENSSL_CONF: '/dev/null' };
  t.is(await say('', none), 'default TLS 1.3');
  t.is(await say(file, none), 'default TLS 1.3');
  // the control: where the user names it when the process starts, it counts, for contexts as well
  t.is(await say('', { OPENSSL_CONF: file }), 'default,legacy TLS 1.2');
});
