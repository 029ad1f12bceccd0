// Netscape's signed public keys, read by the packaged command line and written by it.

import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { inspect } from 'node:util';
import test from 'ava';
import type * as Tsopenssl from '../../../addon/lib/index.ts';
import { run } from '../../../build/process.ts';
import { entry, loadNative } from '../../support/addon.ts';
import { temporaryFolder } from '../../support/folder.ts';
import { freshKey } from '../../support/fresh-keys.ts';
import { distribution } from '../../support/openssl.ts';

const { openssl } = await distribution();
const { crypto, OpenSSLError } = (await import(entry)) as typeof Tsopenssl;
const { FILETYPE_PEM, loadPrivatekey, NetscapeSPKI, PKey } = crypto;

const env = { OPENSSL_CONF: '/dev/null' };
const pem = freshKey('rsa');
const key = loadPrivatekey(FILETYPE_PEM, pem);
const other = loadPrivatekey(FILETYPE_PEM, freshKey('rsa'));

function signed(challenge = 'riddle'): InstanceType<typeof NetscapeSPKI> {
  const spki = new NetscapeSPKI();
  spki.setPubkey(key);
  spki.setChallenge(challenge);
  spki.sign(key, 'sha256');
  return spki;
}

test('writes what openssl spkac reads and verifies', async (t) => {
  const encoded = signed().b64Encode();
  const verified = await run([openssl, 'spkac', '-verify'], { env, input: `SPKAC=${encoded}\n` });
  t.regex(verified.stderr, /Signature OK/);
  t.regex(verified.stdout, /Challenge String: riddle\n {2}Signature Algorithm: sha256WithRSAEncryption/);
  // the control: another character near the end, which is in the signature
  const at = encoded.length - 20;
  const damaged = encoded.slice(0, at) + (encoded[at] === 'A' ? 'B' : 'A') + encoded.slice(at + 1);
  const refused = await run([openssl, 'spkac', '-verify'], {
    env,
    input: `SPKAC=${damaged}\n`,
    allowFailure: true,
  });
  t.notRegex(refused.stderr, /Signature OK/);
  t.throws(() => new NetscapeSPKI(damaged).verify(key), { instanceOf: OpenSSLError, code: 'ERR_SIGNATURE' });
});

test('reads and verifies what openssl spkac writes', async (t) => {
  const file = path.join(await temporaryFolder(t), 'key.pem');
  await writeFile(file, pem);
  const { stdout } = await run([openssl, 'spkac', '-key', file, '-challenge', 'hello'], { env });
  const spki = new NetscapeSPKI(stdout.trim().replace(/^SPKAC=/, ''));
  t.is(spki.getChallenge(), 'hello');
  t.true(spki.getPubkey().equals(key));
  t.true(spki.verify(spki.getPubkey()));
  t.true(spki.verify(key));
  t.throws(() => spki.verify(other), {
    instanceOf: OpenSSLError,
    code: 'ERR_SIGNATURE',
    message: 'verifying an SPKI: its signature is not right',
  });
  t.is(spki.b64Encode(), stdout.trim().replace(/^SPKAC=/, ''));
});

test('holds the public part of a key alone', (t) => {
  const spki = new NetscapeSPKI();
  spki.setPubkey(key);
  t.true(key.isPrivate());
  t.false(spki.getPubkey().isPrivate());
  t.true(spki.getPubkey().equals(key));
  t.regex(inspect(spki), /^NetscapeSPKI \{ key: PKey \{ public RSA, 2048 bits \} \}$/);
});

test('is empty when it is new', (t) => {
  const spki = new NetscapeSPKI();
  t.is(spki.getChallenge(), '');
  t.is(inspect(spki), 'NetscapeSPKI { key: <malformed> }');
  const error = { instanceOf: OpenSSLError };
  t.throws(() => spki.getPubkey(), { ...error, message: /^reading the public key of an SPKI: / });
  t.throws(() => spki.b64Encode(), { ...error, message: /^encoding an SPKI: / });
  t.throws(() => spki.sign(key, 'sha256'), { ...error, message: /^copying an SPKI: / });
  t.throws(() => spki.verify(key), error);
  t.deepEqual(loadNative().drainErrors(), []);
});

test('what fails leaves it as it was', (t) => {
  const spki = signed();
  const before = spki.b64Encode();
  t.throws(() => spki.sign(spki.getPubkey(), 'sha256'), { instanceOf: OpenSSLError });
  t.throws(() => spki.sign(key, 'nonsense'), { instanceOf: OpenSSLError });
  t.throws(() => spki.sign(key), { instanceOf: RangeError });
  t.throws(() => spki.setChallenge('ä'), {
    instanceOf: RangeError,
    message: 'Expected ASCII text for challenge, got "ä"',
  });
  t.throws(() => spki.setChallenge('a\0'), { instanceOf: RangeError });
  t.throws(() => spki.setPubkey(new PKey()), { instanceOf: TypeError });
  t.is(spki.b64Encode(), before);
  t.true(spki.verify(key));
  spki.setChallenge('another');
  t.throws(() => spki.verify(key), { code: 'ERR_SIGNATURE' });
});

test('signs with a key that has a digest of its own', (t) => {
  const ed25519 = new PKey();
  ed25519.generateKey('ed25519');
  const spki = new NetscapeSPKI();
  spki.setPubkey(ed25519);
  spki.sign(ed25519);
  t.true(new NetscapeSPKI(spki.b64Encode()).verify(ed25519));
});

test('refuses what is no such key', (t) => {
  const encoded = signed().b64Encode();
  for (const text of [
    '',
    'A',
    '!!!!',
    encoded.slice(0, -40),
    `${encoded.slice(0, 64)}\n${encoded.slice(64)}`,
  ]) {
    t.throws(() => new NetscapeSPKI(text), { instanceOf: OpenSSLError, message: /^reading an SPKI: / });
  }
  t.throws(() => new NetscapeSPKI(Buffer.from(encoded) as never), {
    instanceOf: TypeError,
    message: 'Expected a string for encoded, got an instance of Buffer',
  });
});

test('survives every byte changed', (t) => {
  const der = Buffer.from(signed().b64Encode(), 'base64');
  let read = 0;
  for (let at = 0; at < der.length; at++) {
    for (const value of [0, 0xff, (der[at] ?? 0) ^ 0x20, (der[at] ?? 0) + 1]) {
      const changed = Buffer.from(der);
      changed[at] = value;
      try {
        const spki = new NetscapeSPKI(changed.toString('base64'));
        read++;
        inspect(spki);
        spki.getChallenge();
        spki.b64Encode();
        spki.verify(key);
      } catch (error) {
        t.true(error instanceof OpenSSLError, String(error));
      }
    }
  }
  t.true(read > 500, `${read} were read`);
  t.deepEqual(loadNative().drainErrors(), []);
});
