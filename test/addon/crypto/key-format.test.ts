// Keys as files: the forms, the encryption, the passphrases; read and written by the command line as well.

import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import type * as Tsopenssl from '../../../addon/lib/index.ts';
import { run } from '../../../build/process.ts';
import { entry, runProgram } from '../../support/addon.ts';
import { temporaryFolder } from '../../support/folder.ts';
import { distribution } from '../../support/openssl.ts';

const { openssl } = await distribution();
const { crypto, OpenSSLError } = (await import(entry)) as typeof Tsopenssl;
const {
  dumpPrivatekey,
  dumpPublickey,
  FILETYPE_ASN1,
  FILETYPE_PEM,
  FILETYPE_TEXT,
  loadPrivatekey,
  loadPublickey,
} = crypto;

const key = new crypto.PKey();
key.generateKey('ec');
const rsa = new crypto.PKey();
rsa.generateKey('rsa', 1024);
const quick = { iterations: 1000 } as const;

const forms = [
  { type: FILETYPE_PEM, format: 'pkcs8', begins: '-----BEGIN PRIVATE KEY-----' },
  { type: FILETYPE_PEM, format: 'traditional', begins: '-----BEGIN EC PRIVATE KEY-----' },
  { type: FILETYPE_PEM, format: undefined, begins: '-----BEGIN PRIVATE KEY-----' },
  { type: FILETYPE_ASN1, format: 'pkcs8', begins: '3081870201003013' },
  { type: FILETYPE_ASN1, format: 'traditional', begins: '30770201010420' },
  { type: FILETYPE_ASN1, format: undefined, begins: '30770201010420' },
] as const;

for (const { type, format, begins } of forms) {
  test(`writes type ${type} as ${format ?? 'the default'} and reads it again`, async (t) => {
    const options = format === undefined ? {} : { format };
    const bytes = dumpPrivatekey(type, key, undefined, undefined, options);
    t.true((type === FILETYPE_PEM ? bytes.toString() : bytes.toString('hex')).startsWith(begins));
    t.true(loadPrivatekey(type, bytes).equals(key));
    t.true(loadPrivatekey(type, bytes).isPrivate());
    const file = path.join(await temporaryFolder(t), 'key');
    await writeFile(file, bytes);
    const { stdout } = await run([openssl, 'pkey', '-in', file, '-pubout']);
    t.is(stdout, dumpPublickey(FILETYPE_PEM, key).toString());
  });
}

const encryptions = [
  { name: 'PBKDF2', type: FILETYPE_PEM, options: quick },
  { name: 'PBKDF2 in DER', type: FILETYPE_ASN1, options: quick },
  { name: 'PBKDF2 with SHA-512', type: FILETYPE_PEM, options: { iterations: 1000, prf: 'sha512' } },
  { name: 'scrypt', type: FILETYPE_PEM, options: { scrypt: { N: 1024, r: 8, p: 1 } } },
  { name: 'the traditional format', type: FILETYPE_PEM, options: { format: 'traditional' } },
] as const;

for (const { name, type, options } of encryptions) {
  test(`a key encrypted with ${name} opens with its passphrase and no other, here and in the command line`, async (t) => {
    const bytes = dumpPrivatekey(type, key, 'aes-256-cbc', 'pässword', options);
    t.true(loadPrivatekey(type, bytes, 'pässword').equals(key));
    t.true(loadPrivatekey(type, bytes, Buffer.from('pässword')).equals(key));
    t.throws(() => loadPrivatekey(type, bytes, 'password'), { instanceOf: OpenSSLError });
    t.throws(() => loadPrivatekey(type, bytes), { instanceOf: OpenSSLError });
    const file = path.join(await temporaryFolder(t), 'key');
    await writeFile(file, bytes);
    const says = (passphrase: string) =>
      run([openssl, 'pkey', '-in', file, '-passin', `pass:${passphrase}`, '-pubout'], { allowFailure: true });
    t.is((await says('pässword')).stdout, dumpPublickey(FILETYPE_PEM, key).toString());
    t.not((await says('password')).exitCode, 0);
  });
}

test('the derivation is what was asked for, as the command line sees it', async (t) => {
  const file = path.join(await temporaryFolder(t), 'key.der');
  const parsed = async (options: Parameters<typeof dumpPrivatekey>[4]) => {
    await writeFile(file, dumpPrivatekey(FILETYPE_ASN1, key, 'aes-128-cbc', 'x', options));
    return (await run([openssl, 'asn1parse', '-inform', 'DER', '-in', file])).stdout;
  };
  const byDefault = await parsed({});
  t.regex(byDefault, /PBKDF2[\s\S]*INTEGER +:0927C0[\s\S]*hmacWithSHA256[\s\S]*aes-128-cbc/); // 600000
  const other = await parsed({ iterations: 4096, prf: 'sha384' });
  t.regex(other, /PBKDF2[\s\S]*INTEGER +:1000[\s\S]*hmacWithSHA384/);
  t.regex(
    await parsed({ scrypt: { N: 2048, r: 4, p: 2 } }),
    /scrypt[\s\S]*INTEGER +:0800[\s\S]*INTEGER +:04[\s\S]*INTEGER +:02/,
  );
});

test('a passphrase function is called when it is needed, and what it throws comes through', (t) => {
  const calls: boolean[] = [];
  const ask = (writing: boolean) => {
    calls.push(writing);
    return 'x';
  };
  const plain = dumpPrivatekey(FILETYPE_PEM, key);
  loadPrivatekey(FILETYPE_PEM, plain, ask);
  t.deepEqual(calls, []);
  const encrypted = dumpPrivatekey(FILETYPE_PEM, key, 'aes-256-cbc', ask, quick);
  t.true(loadPrivatekey(FILETYPE_PEM, encrypted, ask).equals(key));
  t.deepEqual(calls, [true, false]);

  const mine = new SyntaxError('mine');
  const thrower = () => {
    throw mine;
  };
  t.is(
    t.throws(() => loadPrivatekey(FILETYPE_PEM, encrypted, thrower)),
    mine,
  );
  t.is(
    t.throws(() => dumpPrivatekey(FILETYPE_PEM, key, 'aes-256-cbc', thrower, quick)),
    mine,
  );
  for (const wrong of [undefined, null, 1, {}, Promise.resolve('x')]) {
    const message = /^Expected a string or a Uint8Array for what the passphrase function returns, got /;
    t.throws(() => loadPrivatekey(FILETYPE_PEM, encrypted, () => wrong as never), {
      instanceOf: TypeError,
      message,
    });
  }
  const again = (): string => {
    t.true(loadPrivatekey(FILETYPE_PEM, encrypted, 'x').equals(key));
    return 'x';
  };
  t.true(loadPrivatekey(FILETYPE_PEM, encrypted, again).equals(key), 'it may use the library itself');
});

test('nothing is written in the clear where a passphrase was given, and nothing asks at the terminal', async (t) => {
  t.throws(() => dumpPrivatekey(FILETYPE_PEM, key, undefined, 'x'), {
    instanceOf: TypeError,
    message: 'Expected a cipher with the passphrase, got none',
  });
  t.throws(() => dumpPrivatekey(FILETYPE_PEM, key, 'aes-256-cbc'), {
    instanceOf: TypeError,
    message: 'Expected a passphrase with the cipher, got none',
  });
  t.throws(() => dumpPrivatekey(FILETYPE_TEXT, key, 'aes-256-cbc', 'x'), { instanceOf: RangeError });
  t.throws(() => dumpPrivatekey(FILETYPE_ASN1, key, 'aes-256-cbc', 'x', { format: 'traditional' }), {
    instanceOf: RangeError,
    message: 'Expected FILETYPE_PEM for an encrypted key in the traditional format',
  });
  t.throws(() => dumpPrivatekey(FILETYPE_PEM, key, 'aes-256-cbd', 'x'), {
    instanceOf: OpenSSLError,
    message: /^looking for a cipher: /,
  });
  const encrypted = dumpPrivatekey(FILETYPE_PEM, key, 'aes-256-cbc', 'x', quick).toString();
  const { exitCode, stdout } = await runProgram(`
    import { crypto } from ${JSON.stringify(entry)};
    try {
      crypto.loadPrivatekey(crypto.FILETYPE_PEM, ${JSON.stringify(encrypted)});
    } catch (error) {
      console.log(error.message);
    }
  `);
  t.is(exitCode, 0);
  t.regex(stdout, /^loading an encrypted private key without a passphrase: /);
});

test('options that are misspelled or out of range are refused', (t) => {
  const dump = (options: object) => () => dumpPrivatekey(FILETYPE_PEM, key, 'aes-256-cbc', 'x', options);
  t.throws(dump({ iteration: 1 }), {
    instanceOf: TypeError,
    message: /got iteration; did you mean iterations\?$/,
  });
  t.throws(dump({ iterations: 0 }), { instanceOf: RangeError });
  t.throws(dump({ iterations: 2 ** 31 }), { instanceOf: RangeError });
  t.throws(dump({ prf: 'md5' }), { instanceOf: RangeError, message: /^Expected one of sha1, .* got "md5"/ });
  t.throws(dump({ format: 'pkcs1' }), { instanceOf: RangeError });
  t.throws(dump({ scrypt: { N: 1000, r: 8, p: 1 } }), { instanceOf: OpenSSLError }, 'not a power of 2');
  t.throws(dump({ scrypt: { N: 1024, r: 8 } }), { instanceOf: TypeError });
  t.throws(
    () =>
      loadPrivatekey(
        FILETYPE_PEM,
        dumpPrivatekey(FILETYPE_PEM, key, 'aes-256-cbc', 'x', quick),
        'x'.repeat(1025),
      ),
    {
      instanceOf: RangeError,
      message: 'Expected at most 1024 bytes for passphrase, got 1025',
    },
  );
});

test('public keys cross in PEM and DER, and a private one is not read as one', (t) => {
  for (const type of [FILETYPE_PEM, FILETYPE_ASN1] as const) {
    const read = loadPublickey(type, dumpPublickey(type, rsa));
    t.true(read.equals(rsa));
    t.false(read.isPrivate());
    t.throws(() => dumpPrivatekey(type, read), { instanceOf: OpenSSLError });
    t.throws(() => loadPublickey(type, dumpPrivatekey(type, rsa)), { instanceOf: OpenSSLError });
    t.throws(() => loadPrivatekey(type, dumpPublickey(type, rsa)), { instanceOf: OpenSSLError });
  }
  t.regex(dumpPublickey(FILETYPE_TEXT, rsa).toString(), /^Public-Key: \(1024 bit\)\nModulus:/);
  t.throws(() => loadPublickey(FILETYPE_TEXT as never, ''), {
    instanceOf: RangeError,
    message: 'Expected FILETYPE_PEM or FILETYPE_ASN1 for type, got 65535',
  });
  t.throws(() => loadPublickey(FILETYPE_ASN1, 'text'), { instanceOf: TypeError });
});

test('does not derive the key of an encrypted key that asks for too much', (t) => {
  for (const type of [FILETYPE_ASN1, FILETYPE_PEM] as const) {
    const der = dumpPrivatekey(FILETYPE_ASN1, key, 'aes-256-cbc', 'x', { iterations: 65_536 });
    const at = der.lastIndexOf(Buffer.from([2, 3, 1, 0, 0]));
    t.true(at > 0);
    const asking = (...bytes: number[]) => {
      const copy = Buffer.from(der);
      copy.set(bytes, at + 2);
      if (type === FILETYPE_ASN1) return copy;
      return `-----BEGIN ENCRYPTED PRIVATE KEY-----\n${copy.toString('base64')}\n-----END ENCRYPTED PRIVATE KEY-----\n`;
    };
    t.throws(() => loadPrivatekey(type, asking(0x80, 0, 0), 'x'), {
      instanceOf: RangeError,
      message: 'Expected at most 10000000 iterations in an encrypted key, got an endless number',
    });
    // the control: as it was written
    t.true(loadPrivatekey(type, asking(1, 0, 0), 'x').equals(key));
  }
});
