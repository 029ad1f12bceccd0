// A TLS 1.3 handshake over loopback between two command lines of OpenSSL, by a certificate that one of them made.

import path from 'node:path';
import type { ExecutionContext } from 'ava';
import { run, start } from '../../build/process.ts';
import { temporaryFolder } from './folder.ts';

/** The words that start a command line: an emulator where it needs one, and its path. */
export type CommandLine = readonly [string, ...string[]];

const env = { OPENSSL_CONF: '/dev/null' };

/** Makes a key and a certificate for localhost that signs itself. */
export async function makeCertificate(
  t: ExecutionContext,
  command: CommandLine,
): Promise<{ readonly key: string; readonly certificate: string }> {
  const dir = await temporaryFolder(t);
  const [key, certificate] = [path.join(dir, 'key.pem'), path.join(dir, 'certificate.pem')];
  await run(
    [
      ...[
        ...command,
        'req',
        '-x509',
        '-newkey',
        'ec',
        '-pkeyopt',
        'ec_paramgen_curve:P-256',
        '-noenc',
        '-days',
        '2',
      ],
      ...[
        '-subj',
        '/CN=localhost',
        '-addext',
        'subjectAltName=DNS:localhost',
        '-keyout',
        key,
        '-out',
        certificate,
      ],
    ],
    { env },
  );
  return { key, certificate };
}

/**
 * Serves with one command line and connects with the other: once trusting the certificate, once not.
 * @returns the first client's output
 */
export async function shakeHands(
  t: ExecutionContext,
  server: CommandLine,
  client: CommandLine,
): Promise<string> {
  const { key, certificate } = await makeCertificate(t, server);
  const serving = start([
    ...server,
    ...[
      's_server',
      '-accept',
      '127.0.0.1:0',
      '-key',
      key,
      '-cert',
      certificate,
      '-tls1_3',
      '-www',
      '-naccept',
      '2',
    ],
  ]);
  t.teardown(() => serving.kill());
  const port = await new Promise<string>((resolve, reject) => {
    let printed = '';
    const read = (chunk: Buffer) => {
      printed += chunk.toString();
      const found = /^ACCEPT .*:(\d+)$/m.exec(printed)?.[1];
      if (found !== undefined) resolve(found);
    };
    serving.stdout.on('data', read);
    serving.stderr.on('data', read);
    serving.on('exit', () => reject(new Error(`the server ended before it served: ${printed}`)));
  });
  const connect = (...trust: string[]) =>
    run(
      [
        ...[...client, 's_client', '-connect', `127.0.0.1:${port}`, '-servername', 'localhost', '-tls1_3'],
        ...['-verify_hostname', 'localhost', '-verify_return_error', ...trust],
      ],
      { env, allowFailure: true, input: 'GET / HTTP/1.0\r\n\r\n' },
    );
  const trusting = await connect('-CAfile', certificate);
  t.is(trusting.exitCode, 0, trusting.stderr);
  t.regex(trusting.stdout, /^New, TLSv1\.3, Cipher is TLS_AES_256_GCM_SHA384$/m);
  t.regex(trusting.stdout, /^Verify return code: 0 \(ok\)$/m);
  const doubting = await connect('-no-CAfile', '-no-CApath', '-no-CAstore');
  t.is(doubting.exitCode, 1);
  t.regex(doubting.stderr, /self-signed certificate/);
  return trusting.stdout;
}
