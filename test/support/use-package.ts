// Uses the package in a project, and compares what it answers with what node's own certificate reader finds in the bundle.

import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { ExecutionContext } from 'ava';
import { run } from '../../build/process.ts';
import { entry } from './addon.ts';
import { checkout, releaseInfo } from './artifacts.ts';
import type { TestedNode } from './nodes.ts';
import { ask, type Project } from './npm-project.ts';
import { distribution } from './openssl.ts';

/** What the programs use.mjs and use.cjs print beside what {@link usePackage} compares by itself. */
export interface Used {
  /** How many roots are trusted for each purpose. */
  readonly counts: Readonly<Record<string, number>>;
  /** Path of the embedded bundle. */
  readonly path: string;
  /** Path of the addon's binary. */
  readonly addon: string;
  /** What came of an authority's life, see test/acceptance/programs/authority.cjs. */
  readonly authority: Readonly<Record<string, unknown>>;
}

/** What must come of an authority's life, beside digests that are the same everywhere. */
const authorityMeanings = {
  name: 'CN=Wurzel Ü',
  serial: String(2n ** 100n),
  verified: 'nothing',
  otherHost: 'ERR_HOSTNAME_MISMATCH',
  otherPurpose: 'ERR_INVALID_PURPOSE',
  revoked: 'ERR_CERT_REVOKED',
  pkcs12: true,
  wrongPassphrase: 'ERR_OSSL_PKCS12_MAC_VERIFY_FAILURE',
  keys: Array(6).fill(true),
  verifies: 'nothing',
  verifiesOther: 'ERR_SIGNATURE',
  random: 8,
  tls: {
    ...{ protocol: 'TLSv1.3', group: 'X25519MLKEM768', cipher: 'TLS_AES_256_GCM_SHA384' },
    ...{ chain: 2, sameKeys: true, received: 'hello' },
  },
  dtls: { protocol: 'DTLSv1.2', chain: 2, sameKeys: true, received: 'hello' },
  tlsToOther: 'ERR_OSSL_SSL_CERTIFICATE_VERIFY_FAILED',
} as const;

/** Runs an ESM and a CommonJS program that use the package, checks what they print, and answers it. */
export async function usePackage(t: ExecutionContext, project: Project, node: TestedNode): Promise<Used> {
  const own = await ask<Record<string, string>>(t, project, node, ['-p', 'JSON.stringify(process.versions)']);
  t.is(own.node, node.version);
  t.not(own.openssl, releaseInfo.opensslVersion);
  const expected = await expectedReport(own);
  const fromModule = await ask<Used>(t, project, node, ['use.mjs']);
  const fromScript = await ask<Used>(t, project, node, ['use.cjs']);
  t.like(fromModule, expected);
  t.deepEqual(fromModule.authority, await expectedAuthority());
  t.like(fromModule.authority, authorityMeanings);
  t.deepEqual(fromScript, fromModule);
  return fromModule;
}

/** What must come of streams, see test/acceptance/programs/streams.cjs. */
const streamsMeanings = {
  ...{ refused: 'ERR_DEPTH_ZERO_SELF_SIGNED_CERT', otherName: 'ERR_HOSTNAME_MISMATCH' },
  ...{ authorized: true, group: 'X25519MLKEM768', isWhole: true },
};

async function expectedReport(own: Readonly<Record<string, string>>): Promise<object> {
  const all = await certificatesIn('ca-bundle.crt');
  const [first] = all;
  if (first === undefined) throw new Error('wanted certificates in ca-bundle.crt, found none');
  const text = await versionText();
  const { apiVersion, opensslVersion, distributionVersion, certdataVersion, semver } = releaseInfo;
  return {
    streams: streamsMeanings,
    counts: {
      any: all.length,
      serverAuthentication: (await certificatesIn('ca-bundle-server.crt')).length,
      emailProtection: (await certificatesIn('ca-bundle-email.crt')).length,
      codeSigning: 0,
    },
    first: { certificate: first.toString(), sha1: first.fingerprint, sha256: first.fingerprint256 },
    hexdigest: first.fingerprint.replaceAll(':', '').toLowerCase(),
    subject: first.subject.split('\n'),
    digest: first.fingerprint256,
    der: first.raw.toString('base64'),
    openssl: opensslVersion,
    isolated: true,
    version: {
      ...{ apiVersion, opensslVersion, distributionVersion, certdataVersion, semver },
      openssl: { version: opensslVersion, headers: text, text },
      node: { version: own.node, openssl: own.openssl, napi: own.napi },
    },
  };
}

/** The same life in this process, with the addon of this machine. */
async function expectedAuthority(): Promise<object> {
  const program = path.join(checkout, 'test/acceptance/programs/authority.cjs');
  const { liveAsAuthority } = createRequire(import.meta.url)(program);
  return liveAsAuthority(await import(entry));
}

async function certificatesIn(name: string): Promise<readonly X509Certificate[]> {
  const { packageDir } = await distribution();
  const text = await readFile(path.join(packageDir, 'ca-bundles', name), 'utf8');
  const found = text.match(/^-----BEGIN CERTIFICATE-----$[^-]+^-----END CERTIFICATE-----$/gm) ?? [];
  return found.map((pem) => new X509Certificate(pem));
}

/** Name and date, as the command line prints them: `OpenSSL 3.5.7 9 Jun 2026`. */
async function versionText(): Promise<string> {
  const { openssl } = await distribution();
  const { stdout } = await run([openssl, 'version']);
  return stdout.replace(/ \(.*\n$/, '');
}
