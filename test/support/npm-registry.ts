// A registry of npm packages on loopback, made of tarballs: what package managers ask of the real one, and no more.
//
//   GET /@scope%2fname or /name    the versions there are; with `Accept: application/vnd.npm.install-v1+json` only the
//                                  fields that installing needs. libc is not among them, in the real one neither.
//   GET /-/FILE.tgz                a tarball
//
// Source: https://github.com/npm/registry/blob/main/docs/responses/package-metadata.md

import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { ExecutionContext } from 'ava';
import { run } from '../../build/process.ts';
import { startServer } from './server.ts';

const abbreviatedType = 'application/vnd.npm.install-v1+json';

const abbreviatedKeys = [
  ...['name', 'version', 'deprecated', 'bin', 'dist', 'engines', 'hasInstallScript', 'cpu', 'os'],
  ...['dependencies', 'devDependencies', 'optionalDependencies', 'bundleDependencies', 'peerDependencies'],
];

type Manifest = Readonly<Record<string, unknown>> & { readonly name: string; readonly version: string };

interface Published {
  readonly manifest: Manifest;
  readonly fileName: string;
  readonly bytes: Buffer;
}

/** A registry that runs. */
export interface Registry {
  /** Its address, without a slash at the end. */
  readonly url: string;
  /** What was asked for, decoded, in order: `/tsopenssl`, `/-/tsopenssl-1.0.0.tgz`. */
  readonly requests: readonly string[];
  /** Hands out a tarball with one byte flipped from now on; its digest stays what it was. */
  damage(packageName: string): void;
}

/** Publishes packages in a registry that ends with the test. @param tarballs - as `npm pack` writes them */
export async function startRegistry(t: ExecutionContext, tarballs: readonly string[]): Promise<Registry> {
  const published = await Promise.all(tarballs.map(publish));
  const requests: string[] = [];
  const damaged = new Set<string>();
  const url = await startServer(t, (request, response) => {
    const asked = decodeURIComponent(request.url ?? '/');
    requests.push(asked);
    const file = published.find(({ fileName }) => asked === `/-/${fileName}`);
    const found = published.find(({ manifest }) => asked === `/${manifest.name}`);
    if (file !== undefined) {
      response.end(damaged.has(file.manifest.name) ? withFlippedByte(file.bytes) : file.bytes);
    } else if (found !== undefined) {
      const isAbbreviated = request.headers.accept?.includes(abbreviatedType) === true;
      response.setHeader('Content-Type', isAbbreviated ? abbreviatedType : 'application/json');
      response.end(JSON.stringify(packument(found, `http://${request.headers.host}`, isAbbreviated)));
    } else {
      response.writeHead(404, { 'Content-Type': 'application/json' }).end('{"error":"Not found"}');
    }
  });
  return { url, requests, damage: (name) => damaged.add(name) };
}

async function publish(tarball: string): Promise<Published> {
  const { stdout } = await run(['tar', '-xzOf', tarball, 'package/package.json']);
  const manifest = JSON.parse(stdout) as Manifest;
  const name = manifest.name.replace(/^@/, '').replace('/', '-');
  return { manifest, fileName: `${name}-${manifest.version}.tgz`, bytes: await readFile(tarball) };
}

function packument({ manifest, fileName, bytes }: Published, url: string, isAbbreviated: boolean): object {
  const dist = {
    tarball: `${url}/-/${fileName}`,
    shasum: createHash('sha1').update(bytes).digest('hex'),
    integrity: `sha512-${createHash('sha512').update(bytes).digest('base64')}`,
  };
  const fields = Object.entries({ ...manifest, dist });
  const shown = fields.filter(([key]) => !isAbbreviated || abbreviatedKeys.includes(key));
  return {
    name: manifest.name,
    'dist-tags': { latest: manifest.version },
    // yarn installs nothing that is younger than a day
    time: { [manifest.version]: '2020-01-01T00:00:00.000Z' },
    versions: { [manifest.version]: Object.fromEntries(shown) },
  };
}

/** The byte of gzip's header that names a system: the archive still unpacks, and its digest alone tells. */
function withFlippedByte(bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes);
  copy.writeUInt8(copy.readUInt8(9) ^ 1, 9);
  return copy;
}
