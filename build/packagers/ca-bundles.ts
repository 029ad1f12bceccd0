// The CA bundles alone, for whoever needs roots and nothing else. The same on every target.

import type { PackageInfo, Packager } from '../types.ts';
import { isFile, type Member, moved } from './members.ts';
import { packFolder } from './tar-xz.ts';

export const caBundles: Packager = {
  format: 'ca-bundles',
  tools: ['xz'],
  fileName: (info) => `${folderName(info)}.tar.xz`,
  pack: (stage, info, file) => {
    const members: readonly Member[] = [
      ...moved(stage.entries, 'node_modules/tsopenssl/ca-bundles', '.').filter(isFile),
      ...moved(stage.entries, 'share/doc/licences/mozilla.txt', 'LICENSE'),
      { type: 'made', path: 'README.md', mode: 0o644, content: readme(info) },
    ];
    return packFolder(members, folderName(info), stage, file);
  },
};

function folderName(info: PackageInfo): string {
  return `${info.name}-ca-bundles-${info.certdataVersion}`;
}

function readme(info: PackageInfo): string {
  return `# Bundles of certificate authorities

Made from Mozilla's certdata.txt, root module ${info.certdataVersion}, as the NSS project releases it. PEM, UTF-8.

| file | roots trusted for |
| --- | --- |
| ca-bundle.crt | at least one of the purposes below |
| ca-bundle-server.crt | server authentication (TLS) |
| ca-bundle-email.crt | e-mail protection (S/MIME) |
| ca-bundle-codesigning.crt | code signing; empty while Mozilla trusts no root for it |
| ca-bundle.json | the index: names, digests, purposes and the dates after which a root's new certificates are distrusted |

Roots that Mozilla distrusts are in none of them. PEM cannot carry the distrust-after dates: a program that heeds them
reads the index and compares them with the notBefore of the leaf.

Licence: Mozilla Public License 2.0, see LICENSE. The source is certdata.txt of NSS with that root module.
`;
}
