// The addon's `crypto` against node-forge, @peculiar/x509 and, where it can do it, node:crypto: in one process, in turns.
// Every side gets the same keys, the same names and extensions, the same iterations.

import {
  createHash,
  createPrivateKey,
  generateKeyPairSync,
  sign,
  webcrypto,
  X509Certificate,
} from 'node:crypto';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import 'reflect-metadata'; // what @peculiar/x509 wants loaded before it
import * as peculiar from '@peculiar/x509';
import forge from 'node-forge';
import type * as Tsopenssl from '../../addon/lib/index.ts';
import { distribution } from '../support/openssl.ts';
import { alternate, type Measured, type Side } from './alternate.ts';
import { machine, replaceReport } from './report.ts';

const { packageDir } = await distribution();
const { crypto: ours } = (await import(
  pathToFileURL(path.join(packageDir, 'lib/index.js')).href
)) as typeof Tsopenssl;

interface Task {
  readonly name: string;
  readonly sides: readonly Side[];
  /** How often faster than the side of that name ours is to be. */
  readonly goals: readonly (readonly [side: string, times: number])[];
}

const rsaSigning = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' } as const;
const [notBefore, notAfter] = [new Date('2026-01-01T00:00:00Z'), new Date('2036-01-01T00:00:00Z')];

/** One RSA key of 2048 bits for everybody, in the form that each wants. */
const pair = generateKeyPairSync('rsa', { modulusLength: 2048 });
const pkcs8 = pair.privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
const pkcs8Der = pair.privateKey.export({ format: 'der', type: 'pkcs8' });
const spkiDer = pair.publicKey.export({ format: 'der', type: 'spki' });
const nodeKey = createPrivateKey(pkcs8);
const ourKey = ours.loadPrivatekey(ours.FILETYPE_PEM, pkcs8);
const forgeKey = forge.pki.privateKeyFromPem(pkcs8);
const forgePublic = forge.pki.setRsaPublicKey(forgeKey.n, forgeKey.e);
const webPair = {
  privateKey: await webcrypto.subtle.importKey('pkcs8', pkcs8Der, rsaSigning, true, ['sign']),
  publicKey: await webcrypto.subtle.importKey('spki', spkiDer, rsaSigning, true, ['verify']),
};

function ourCertificate() {
  const certificate = new ours.X509();
  certificate.setVersion(2);
  certificate.setSerialNumber(1n);
  certificate.setNotBefore(notBefore);
  certificate.setNotAfter(notAfter);
  const name = new ours.X509Name();
  name.CN = 'example.org';
  certificate.setSubject(name);
  certificate.setIssuer(name);
  certificate.setPubkey(ourKey);
  certificate.addExtensions([
    new ours.X509Extension('basicConstraints', true, 'CA:TRUE'),
    new ours.X509Extension('keyUsage', true, 'keyCertSign, cRLSign'),
    new ours.X509Extension('subjectAltName', false, 'DNS:example.org'),
  ]);
  certificate.sign(ourKey, 'sha256');
  return certificate;
}

function forgeCertificate() {
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = forgePublic;
  certificate.serialNumber = '01';
  certificate.validity.notBefore = notBefore;
  certificate.validity.notAfter = notAfter;
  const name = [{ name: 'commonName', value: 'example.org' }];
  certificate.setSubject(name);
  certificate.setIssuer(name);
  certificate.setExtensions([
    { name: 'basicConstraints', critical: true, cA: true },
    { name: 'keyUsage', critical: true, keyCertSign: true, cRLSign: true },
    { name: 'subjectAltName', altNames: [{ type: 2, value: 'example.org' }] },
  ]);
  certificate.sign(forgeKey, forge.md.sha256.create());
  return certificate;
}

function peculiarCertificate() {
  const { KeyUsageFlags: usage } = peculiar;
  return peculiar.X509CertificateGenerator.createSelfSigned(
    {
      serialNumber: '01',
      name: 'CN=example.org',
      notBefore,
      notAfter,
      signingAlgorithm: rsaSigning,
      keys: webPair,
      extensions: [
        new peculiar.BasicConstraintsExtension(true, undefined, true),
        new peculiar.KeyUsagesExtension(usage.keyCertSign | usage.cRLSign, true),
        new peculiar.SubjectAlternativeNameExtension([{ type: 'dns', value: 'example.org' }]),
      ],
    },
    webcrypto as never,
  );
}

const data = createHash('sha256').update('data').digest();
const certificatePem = ours.dumpCertificate(ours.FILETYPE_PEM, ourCertificate()).toString();
const certificateDer = Buffer.from(ours.dumpCertificate(ours.FILETYPE_ASN1, ourCertificate()));

/** A root, an intermediate and a leaf, all RSA of 2048 bits. */
function chainOfThree(): readonly string[] {
  const make = (subject: string, issuer: string, isAuthority: boolean, serial: bigint) => {
    const certificate = new ours.X509();
    certificate.setVersion(2);
    certificate.setSerialNumber(serial);
    certificate.setNotBefore(notBefore);
    certificate.setNotAfter(notAfter);
    certificate.getSubject().CN = subject;
    certificate.getIssuer().CN = issuer;
    certificate.setPubkey(ourKey);
    certificate.addExtensions([
      new ours.X509Extension('basicConstraints', true, isAuthority ? 'CA:TRUE' : 'CA:FALSE'),
      new ours.X509Extension('keyUsage', true, isAuthority ? 'keyCertSign' : 'digitalSignature'),
    ]);
    certificate.sign(ourKey, 'sha256');
    return ours.dumpCertificate(ours.FILETYPE_PEM, certificate).toString();
  };
  return [
    make('leaf', 'intermediate', false, 3n),
    make('intermediate', 'root', true, 2n),
    make('root', 'root', true, 1n),
  ];
}
const chain = chainOfThree();
const [leafPem = '', intermediatePem = '', rootPem = ''] = chain;

const ourChain = chain.map((pem) => ours.loadCertificate(ours.FILETYPE_PEM, pem));
const ourStore = new ours.X509Store();
for (const root of ourChain.slice(2)) ourStore.addCert(root);
const nodeChain = chain.map((pem) => new X509Certificate(pem));
const nodeKeys = nodeChain.map(({ publicKey }) => publicKey);
const forgeChain = [leafPem, intermediatePem].map((pem) => forge.pki.certificateFromPem(pem));
const forgeStore = forge.pki.createCaStore([rootPem]);
const peculiarChain = chain.map((pem) => new peculiar.X509Certificate(pem));
const peculiarKeys = await Promise.all(
  peculiarChain.map((certificate) => certificate.publicKey.export(webcrypto as never)),
);

function ourVerify(): void {
  const [leaf, intermediate] = ourChain;
  if (leaf === undefined || intermediate === undefined) return;
  new ours.X509StoreContext(ourStore, leaf, [intermediate]).verifyCertificate();
}

/** node:crypto has no chain: each signature and each issuer by hand. */
function nodeVerify(): void {
  for (const [index, certificate] of nodeChain.entries()) {
    const issuer = Math.min(index + 1, 2);
    const [issuerCertificate, key] = [nodeChain[issuer], nodeKeys[issuer]];
    if (issuerCertificate === undefined || key === undefined) throw new Error('wanted three certificates');
    if (!certificate.checkIssued(issuerCertificate) || !certificate.verify(key)) throw new Error('not right');
  }
}

async function peculiarVerify(): Promise<void> {
  for (const [index, certificate] of peculiarChain.entries()) {
    const publicKey = peculiarKeys[Math.min(index + 1, 2)];
    if (publicKey === undefined) throw new Error('wanted three certificates');
    const isRight = await certificate.verify({ publicKey, date: new Date('2026-06-01') }, webcrypto as never);
    if (!isRight) throw new Error('not right');
  }
}

const iterations = 2048;
const passphrase = 'secret';

function ourPkcs12(): Buffer {
  const file = new ours.PKCS12();
  file.setPrivatekey(ourKey);
  file.setCertificate(ours.loadCertificate(ours.FILETYPE_ASN1, certificateDer));
  return file.export(passphrase, { iterations, macIterations: iterations });
}

function forgePkcs12(): string {
  const certificate = forge.pki.certificateFromPem(certificatePem);
  const options = { algorithm: 'aes256', count: iterations } as const;
  const asn1 = forge.pkcs12.toPkcs12Asn1(forgeKey, [certificate], passphrase, options);
  return forge.asn1.toDer(asn1).getBytes();
}

const ourFile = ourPkcs12();
const forgeFile = forgePkcs12();

const tasks: readonly Task[] = [
  {
    name: 'generate an RSA key of 2048 bits',
    sides: [
      { name: 'tsopenssl', run: () => new ours.PKey().generateKey(ours.TYPE_RSA, 2048) },
      { name: 'node:crypto', run: () => generateKeyPairSync('rsa', { modulusLength: 2048 }) },
      { name: 'node-forge', run: () => forge.pki.rsa.generateKeyPair({ bits: 2048 }) },
      {
        name: '@peculiar/x509 (WebCrypto)',
        run: () =>
          webcrypto.subtle.generateKey(
            { ...rsaSigning, modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]) },
            true,
            ['sign'],
          ),
      },
    ],
    goals: [],
  },
  {
    name: 'generate a P-256 key',
    sides: [
      { name: 'tsopenssl', run: () => new ours.PKey().generateKey(ours.TYPE_EC) },
      { name: 'node:crypto', run: () => generateKeyPairSync('ec', { namedCurve: 'P-256' }) },
      {
        name: '@peculiar/x509 (WebCrypto)',
        run: () => webcrypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign']),
      },
    ],
    goals: [],
  },
  {
    name: 'create and sign a certificate, RSA of 2048 bits',
    sides: [
      { name: 'tsopenssl', run: ourCertificate },
      { name: 'the raw signature, tsopenssl', run: () => ours.sign(ourKey, data, 'sha256') },
      { name: 'the raw signature, node:crypto', run: () => sign('sha256', data, nodeKey) },
      { name: 'node-forge', run: forgeCertificate },
      { name: '@peculiar/x509', run: peculiarCertificate },
    ],
    goals: [
      ['the raw signature, tsopenssl', 1 / 1.5],
      ['node-forge', 50],
      ['@peculiar/x509', 4],
    ],
  },
  {
    name: 'parse a certificate: PEM in; subject, issuer, serial, validity and public key read',
    sides: [
      {
        name: 'tsopenssl',
        run() {
          const certificate = ours.loadCertificate(ours.FILETYPE_PEM, certificatePem);
          return [
            `${certificate.getSubject()}${certificate.getIssuer()}`,
            certificate.getSerialNumber(),
            certificate.getNotBefore(),
            certificate.getNotAfter(),
            certificate.getPubkey(),
          ];
        },
      },
      {
        name: 'node:crypto',
        run() {
          const certificate = new X509Certificate(certificatePem);
          return [
            certificate.subject + certificate.issuer,
            certificate.serialNumber,
            new Date(certificate.validFrom),
            new Date(certificate.validTo),
            certificate.publicKey,
          ];
        },
      },
      {
        name: 'node-forge',
        run() {
          const certificate = forge.pki.certificateFromPem(certificatePem);
          const { subject, issuer, serialNumber, validity, publicKey } = certificate;
          return [subject.attributes, issuer.attributes, serialNumber, validity, publicKey];
        },
      },
      {
        name: '@peculiar/x509',
        run() {
          const certificate = new peculiar.X509Certificate(certificatePem);
          return [
            certificate.subject + certificate.issuer,
            certificate.serialNumber,
            certificate.notBefore,
            certificate.notAfter,
            certificate.publicKey,
          ];
        },
      },
    ],
    goals: [
      ['node:crypto', 2],
      ['@peculiar/x509', 2],
    ],
  },
  {
    name: 'verify a chain of three, RSA of 2048 bits',
    sides: [
      { name: 'tsopenssl', run: ourVerify },
      { name: 'node:crypto, signatures and issuers alone', run: nodeVerify },
      {
        name: 'node-forge',
        run: () =>
          forge.pki.verifyCertificateChain(forgeStore, [...forgeChain], {
            validityCheckDate: new Date('2026-06-01'),
          }),
      },
      { name: '@peculiar/x509, signatures and validity alone', run: peculiarVerify },
    ],
    goals: [],
  },
  {
    name: `write a PKCS#12 file, ${iterations} iterations`,
    sides: [
      { name: 'tsopenssl', run: ourPkcs12 },
      { name: 'node-forge', run: forgePkcs12 },
    ],
    goals: [],
  },
  {
    name: `read a PKCS#12 file, ${iterations} iterations`,
    sides: [
      {
        name: 'tsopenssl',
        run() {
          const file = ours.loadPkcs12(ourFile, passphrase);
          return [file.getPrivatekey(), file.getCertificate()];
        },
      },
      {
        name: 'node-forge',
        run() {
          const file = forge.pkcs12.pkcs12FromAsn1(forge.asn1.fromDer(forgeFile), passphrase);
          return file.getBags({ bagType: '1.2.840.113549.1.12.10.1.2' });
        },
      },
    ],
    goals: [],
  },
];

/** Runs the benchmark and writes its table into docs/benchmarks.md. */
export async function benchCrypto(rounds: number): Promise<string> {
  const lines: string[] = [];
  for (const { name, sides, goals } of tasks) {
    const measured = await alternate(sides, rounds);
    lines.push(...measured.map((side) => row(name, side, measured, goals)));
  }
  const text = [
    `Machine: ${machine()}. Command: \`npm run bench -- crypto --rounds ${rounds}\`; medians of ${rounds}.`,
    '',
    '| what | by | milliseconds | against tsopenssl | goal |',
    '| --- | --- | --- | --- | --- |',
    ...lines,
  ].join('\n');
  await replaceReport('crypto', text);
  return text;
}

function row(task: string, side: Measured, all: readonly Measured[], goals: Task['goals']): string {
  const ratio = side.medianMs / (all[0]?.medianMs ?? Number.NaN);
  const goal = goals.find(([name]) => name === side.name)?.[1];
  const wanted = goal === undefined ? '' : `at least ${goal.toFixed(2)} ×`;
  return `| ${task} | ${side.name} | ${side.medianMs.toFixed(3)} | ${ratio.toFixed(2)} × | ${wanted} |`;
}
