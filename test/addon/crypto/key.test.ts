// Keys: made, checked, compared, taken over from node:crypto and given to it, and kept out of every text.

import { generateKeyPairSync, sign as nodeSign, verify as nodeVerify, randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import test from 'ava';
import type * as Tsopenssl from '../../../addon/lib/index.ts';
import { entry, runProgram } from '../../support/addon.ts';

const { crypto, OpenSSLError } = (await import(entry)) as typeof Tsopenssl;
const { PKey, TYPE_DH, TYPE_DSA, TYPE_EC, TYPE_RSA } = crypto;

type Key = InstanceType<typeof PKey>;

function keyOf(...args: Parameters<Key['generateKey']>): Key {
  const key = new PKey();
  key.generateKey(...args);
  return key;
}

const rsa = keyOf(TYPE_RSA, 2048);
const ed25519 = keyOf('ed25519');

/** What is asked for, the type that comes back, the bits, and whether there is a raw form. */
const kinds = [
  { args: [TYPE_RSA, 1024], type: TYPE_RSA, bits: 1024 },
  { args: ['rsa', { bits: 1024, exponent: 3 }], type: TYPE_RSA, bits: 1024 },
  { args: ['rsa-pss', 1024], type: 'rsa-pss', bits: 1024 },
  { args: [TYPE_DSA, 1024], type: TYPE_DSA, bits: 1024 },
  { args: [TYPE_DH, 2048], type: TYPE_DH, bits: 2048, group: 'ffdhe2048' },
  { args: ['dh', { group: 'modp_2048' }], type: TYPE_DH, bits: 2048, group: 'modp_2048' },
  { args: [TYPE_EC], type: TYPE_EC, bits: 256, group: 'prime256v1' },
  { args: ['ec', { group: 'secp384r1' }], type: TYPE_EC, bits: 384, group: 'secp384r1' },
  { args: ['sm2'], type: 'sm2', bits: 256, group: 'SM2' },
  { args: ['ed25519'], type: 'ed25519', bits: 256, raw: [32, 32] },
  { args: ['ed448'], type: 'ed448', bits: 456, raw: [57, 57] },
  { args: ['x25519'], type: 'x25519', bits: 253, raw: [32, 32] },
  { args: ['x448'], type: 'x448', bits: 448, raw: [56, 56] },
  { args: ['ml-kem-768'], type: 'ml-kem-768', bits: 768, raw: [1184, 2400] },
  { args: ['ml-dsa-65'], type: 'ml-dsa-65', bits: 15616, raw: [1952, 4032] },
  { args: ['slh-dsa-sha2-128f'], type: 'slh-dsa-sha2-128f', bits: 256, raw: [32, 64] },
] as const;

for (const { args, type, bits, ...rest } of kinds) {
  test(`makes ${JSON.stringify(args)}: type ${type}, ${bits} bits`, (t) => {
    const key = keyOf(...(args as unknown as Parameters<Key['generateKey']>));
    t.is(key.type(), type);
    t.is(key.bits(), bits);
    t.true(key.securityBits() >= 80);
    t.is(key.group(), 'group' in rest ? rest.group : undefined);
    t.true(key.isPrivate());
    t.true(key.check());
    const other = keyOf(...(args as unknown as Parameters<Key['generateKey']>));
    t.false(key.equals(other), 'two keys of one kind are never the same');
    if ('raw' in rest) {
      const [publicLength, privateLength] = rest.raw;
      t.is(key.getRawPublic().length, publicLength);
      t.is(key.getRawPrivate().length, privateLength);
      const publicKey = PKey.fromRawPublic(key.type(), key.getRawPublic());
      t.true(publicKey.equals(key));
      t.false(publicKey.isPrivate());
      t.true(PKey.fromRawPrivate(key.type(), key.getRawPrivate()).equals(key));
      t.throws(() => publicKey.getRawPrivate(), { instanceOf: OpenSSLError });
      t.throws(() => PKey.fromRawPublic(key.type(), key.getRawPublic().subarray(1)), {
        instanceOf: OpenSSLError,
      });
    } else {
      t.throws(() => key.getRawPublic(), { instanceOf: OpenSSLError });
    }
  });
}

const refused = [
  {
    args: ['rsa', 511],
    error: RangeError,
    message: 'Expected an integer from 512 to 16384 for bits, got 511',
  },
  {
    args: ['rsa', 16385],
    error: RangeError,
    message: 'Expected an integer from 512 to 16384 for bits, got 16385',
  },
  {
    args: ['rsa', Number.NaN],
    error: RangeError,
    message: 'Expected an integer from 512 to 16384 for bits, got NaN',
  },
  { args: ['rsa', -1], error: RangeError, message: 'Expected an integer from 512 to 16384 for bits, got -1' },
  {
    args: ['rsa', { bits: '2048' }],
    error: TypeError,
    message: 'Expected an integer from 512 to 16384 for bits, got a string',
  },
  {
    args: ['rsa', { exponent: 4 }],
    error: RangeError,
    message: 'Expected an odd number for exponent, got 4',
  },
  {
    args: ['rsa', { bit: 1 }],
    error: TypeError,
    message: 'Expected bits, exponent in options, got bit; did you mean bits?',
  },
  { args: ['ed25519', 256], error: TypeError, message: /^Expected nothing in options, got bits/ },
  {
    args: ['dsa', 512],
    error: RangeError,
    message: 'Expected an integer from 1024 to 3072 for bits, got 512',
  },
  {
    args: ['dh', 1024],
    error: RangeError,
    message: 'Expected one of 2048, 3072, 4096, 6144, 8192 for bits, got 1024',
  },
  { args: ['ed2519'], error: RangeError, message: /, got "ed2519"; did you mean ed25519\?$/ },
  { args: [7], error: RangeError, message: /^Expected a TYPE constant or one of rsa, .* for type, got 7$/ },
  {
    args: [undefined],
    error: TypeError,
    message: /^Expected a TYPE constant or one of rsa, .* for type, got undefined$/,
  },
  { args: ['ec', { group: 'P-257' }], error: OpenSSLError, message: /^generating a key: / },
  {
    args: ['ec', { group: 'P-256\0' }],
    error: RangeError,
    message: /^Expected a string without NUL for group/,
  },
] as const;

for (const { args, error, message } of refused) {
  test(`refuses ${JSON.stringify(args)}, and the key stays what it was`, async (t) => {
    const key = keyOf('ed25519');
    const before = key.getRawPublic();
    const words = args as unknown as Parameters<Key['generateKey']>;
    t.throws(() => key.generateKey(...words), { instanceOf: error, message });
    await t.throwsAsync(key.generateKeyAsync(...words), { instanceOf: error, message });
    t.deepEqual(key.getRawPublic(), before);
  });
}

test('an empty key says that it is empty', (t) => {
  const message = 'Expected a PKey that holds a key for this, got an empty one';
  for (const use of [(key: Key) => key.bits(), (key: Key) => key.check(), (key: Key) => key.toKeyObject()])
    t.throws(() => use(new PKey()), { instanceOf: TypeError, message });
  t.is(inspect(new PKey()), 'PKey { empty }');
  t.is(JSON.stringify(new PKey()), 'null');
});

test('a key is made off the main thread, which goes on meanwhile', async (t) => {
  const key = new PKey();
  let turns = 0;
  const timer = setInterval(() => turns++, 1);
  t.is(await key.generateKeyAsync('rsa', 4096), key);
  clearInterval(timer);
  t.is(key.bits(), 4096);
  t.true(turns > 0, 'the event loop did not turn');
});

test('several keys are made at once', async (t) => {
  const keys = await Promise.all(Array.from({ length: 8 }, () => new PKey().generateKeyAsync('rsa', 1024)));
  const moduli = new Set(keys.map((key) => crypto.dumpPublickey(crypto.FILETYPE_ASN1, key).toString('hex')));
  t.is(moduli.size, 8);
});

test('a signal ends the generation with its reason, and the key stays what it was', async (t) => {
  const key = new PKey();
  const controller = new AbortController();
  const generation = key.generateKeyAsync('rsa', 16384, { signal: controller.signal });
  setTimeout(() => controller.abort(new RangeError('mine')), 20);
  await t.throwsAsync(generation, { instanceOf: RangeError, message: 'mine' });
  t.is(inspect(key), 'PKey { empty }');

  const aborted = AbortSignal.abort();
  await t.throwsAsync(key.generateKeyAsync('ed25519', {}, { signal: aborted }), {
    any: true,
    name: 'AbortError',
  });
  t.is(inspect(await key.generateKeyAsync('ed25519', {}, {})), 'PKey { private ED25519, 256 bits }');
  const wrong = { signal: {} as AbortSignal };
  await t.throwsAsync(key.generateKeyAsync('ed25519', {}, wrong), {
    message: 'Expected an AbortSignal for cancel.signal, got an instance of Object',
  });
});

test('a worker thread that is terminated does not wait for its keys, whatever becomes of them', async (t) => {
  const { exitCode, stdout, stderr } = await runProgram(`
    import { once } from 'node:events';
    import { Worker } from 'node:worker_threads';
    const source = \`
      import(\${JSON.stringify(entry)}).then(({ crypto: { PKey } }) => {
        for (const bits of [16384, 1024, 16384, 1024, 16384, 16384]) new PKey().generateKeyAsync('rsa', bits);
        for (let count = 0; count < 20; count++) new PKey().generateKeyAsync('ed25519');
        return import('node:worker_threads');
      }).then(({ parentPort }) => parentPort.postMessage('begun'));
    \`;
    for (const milliseconds of [0, 1, 5, 20, 80]) {
      const worker = new Worker(source, { eval: true });
      await once(worker, 'message');
      await new Promise((resolve) => setTimeout(resolve, milliseconds));
      await worker.terminate();
    }
    console.log(process.cpuUsage().user);
  `);
  t.is(exitCode, 0, stderr);
  // each of the long ones takes minutes of the processor's time
  t.true(Number(stdout) < 30e6, `${stdout} µs`);
});

test('more generations than are done at once wait, and can be given up while they do', async (t) => {
  const controllers = Array.from({ length: 6 }, () => new AbortController());
  const ended: number[] = [];
  const all = controllers.map(({ signal }, index) =>
    new PKey().generateKeyAsync('rsa', 16384, { signal }).catch((error: Error) => {
      ended.push(index);
      return error;
    }),
  );
  controllers[5]?.abort(new RangeError('waiting'));
  t.like(await all[5], { message: 'waiting' });
  t.deepEqual(ended, [5]);
  controllers[0]?.abort(new RangeError('at work'));
  t.like(await all[0], { message: 'at work' });
  for (const controller of controllers) controller.abort();
  t.deepEqual(
    (await Promise.all(all)).map((error) => error instanceof Error),
    Array(6).fill(true),
  );
  t.is(inspect(await new PKey().generateKeyAsync('ed25519')), 'PKey { private ED25519, 256 bits }');
});

for (const [name, type, options] of [
  ['rsa', 'rsa', { modulusLength: 1024 }],
  ['ec', 'ec', { namedCurve: 'P-256' }],
  ['ed25519', 'ed25519', {}],
  ['x448', 'x448', {}],
] as const) {
  test(`${name} crosses to node:crypto and back`, (t) => {
    const pair = generateKeyPairSync(type as 'ec', options as { namedCurve: string });
    const [privateKey, publicKey] = [PKey.fromKeyObject(pair.privateKey), PKey.fromKeyObject(pair.publicKey)];
    t.true(privateKey.isPrivate());
    t.false(publicKey.isPrivate());
    t.true(privateKey.equals(publicKey));
    t.true(privateKey.toKeyObject().equals(pair.privateKey));
    t.true(publicKey.toKeyObject().equals(pair.publicKey));
    const other = generateKeyPairSync(type as 'ec', options as { namedCurve: string });
    t.false(PKey.fromKeyObject(other.publicKey).equals(publicKey));
  });
}

test('a kind of key that node does not know is an error of ours, with its own as the cause', (t) => {
  const key = keyOf('ml-dsa-44');
  const [major = 0, minor = 0] = (process.versions.openssl ?? '').split('.').map(Number);
  if (major > 3 || minor >= 5) return void t.notThrows(() => key.toKeyObject());
  const error = t.throws(() => key.toKeyObject(), { instanceOf: OpenSSLError });
  t.is(error?.code, 'ERR_NODE_CRYPTO');
  t.is(error?.message, "making a KeyObject: node's own OpenSSL does not take such a key");
  t.true(error?.cause instanceof Error);
});

test('only keys of node:crypto are taken over', (t) => {
  const wrong = [undefined, {}, rsa, 'a', Object.create(null)];
  for (const value of wrong) {
    const message = /^Expected a private or public KeyObject for keyObject, got /;
    t.throws(() => PKey.fromKeyObject(value as never), { instanceOf: TypeError, message });
  }
});

test('what one side signs the other verifies, and a changed byte does not', (t) => {
  const data = randomBytes(100);
  const changed = Buffer.from(data);
  changed.writeUInt8(changed.readUInt8(50) ^ 1, 50);
  for (const [key, digest] of [
    [rsa, 'sha256'],
    [keyOf('ec'), 'sha384'],
    [ed25519, undefined],
  ] as const) {
    const nodeKey = key.toKeyObject();
    t.true(nodeVerify(digest, data, nodeKey, crypto.sign(key, data, digest)));
    const signature = nodeSign(digest, data, nodeKey);
    t.notThrows(() => crypto.verify(key, signature, data, digest));
    const error = t.throws(() => crypto.verify(key, signature, changed, digest), {
      instanceOf: OpenSSLError,
    });
    t.is(error?.code, 'ERR_SIGNATURE');
  }
});

test('RSA signatures are deterministic and the bytes that node makes; a digest is wanted or refused by kind', (t) => {
  t.deepEqual(crypto.sign(rsa, 'text', 'sha512'), nodeSign('sha512', Buffer.from('text'), rsa.toKeyObject()));
  t.notDeepEqual(crypto.sign(rsa, 'text', 'sha512'), crypto.sign(rsa, 'text', 'sha256'));
  t.throws(() => crypto.sign(rsa, 'text'), {
    instanceOf: RangeError,
    message: 'Expected the name of a digest for digest, got none',
  });
  t.throws(() => crypto.sign(ed25519, 'text', 'sha256'), {
    instanceOf: RangeError,
    message: 'Expected no digest for a key whose algorithm has its own, got sha256',
  });
  t.throws(() => crypto.sign(rsa, 'text', 'sha257'), {
    instanceOf: OpenSSLError,
    message: /^looking for the digest sha257: /,
  });
  t.throws(() => crypto.sign(keyOf('x25519'), 'text'), { instanceOf: OpenSSLError, message: /^signing: / });
  const publicKey = PKey.fromKeyObject(generateKeyPairSync('ed25519').publicKey);
  t.throws(() => crypto.sign(publicKey, 'text'), { instanceOf: OpenSSLError });
});

test('a pair that does not belong together fails its check', (t) => {
  const der = crypto.dumpPrivatekey(crypto.FILETYPE_ASN1, rsa, undefined, undefined, {
    format: 'traditional',
  });
  t.true(crypto.loadPrivatekey(crypto.FILETYPE_ASN1, der).check());
  const broken = Buffer.from(der);
  broken.writeUInt8(broken.readUInt8(600) ^ 1, 600); // within the first prime
  const key = crypto.loadPrivatekey(crypto.FILETYPE_ASN1, broken);
  t.throws(() => key.check(), { instanceOf: OpenSSLError, message: /^checking a key: / });
});

test('no text that is made of a key holds a part of it', (t) => {
  for (const key of [rsa, ed25519, keyOf('ml-dsa-44'), keyOf('ec')]) {
    const text = crypto.dumpPrivatekey(crypto.FILETYPE_TEXT, key).toString();
    const secrets = text.match(/[0-9a-f]{2}(:[0-9a-f]{2}){5,}/g) ?? [];
    t.true(secrets.length > 0, 'the text form does show the parts');
    const error = t.throws(() => crypto.dumpPrivatekey(crypto.FILETYPE_PEM, key, 'no-such-cipher', 'secret'));
    const shown = [
      ...[inspect(key, { depth: null, showHidden: true }), JSON.stringify({ key }), String(key), `${error}`],
      ...[inspect(error, { depth: null, showHidden: true }), JSON.stringify(Object.entries(key))],
    ].join('\n');
    for (const secret of secrets) {
      t.false(shown.includes(secret));
      t.false(shown.includes(secret.replaceAll(':', '')));
    }
    t.false(shown.includes('secret'));
  }
});

test('curves are listed and found by name', (t) => {
  const curves = crypto.getEllipticCurves();
  t.true(curves.length > 50);
  t.is(crypto.getEllipticCurve('secp521r1').name, 'secp521r1');
  t.true(curves.includes(crypto.getEllipticCurve('prime256v1')));
  t.throws(() => crypto.getEllipticCurve('secp521r2'), {
    instanceOf: RangeError,
    message: /^Expected the short name of a curve for name, got secp521r2; did you mean /,
  });
});
