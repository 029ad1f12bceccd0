// The XML documents of an installer package.
//
//   Distribution               what Installer shows and checks, and which components it installs
//   <component>/PackageInfo    what one component is, and where it goes
//
// Source: Apple's Distribution Definition XML Schema Reference; PackageInfo is not published, these are the attributes that
// pkgbuild(1) writes.

import { escapeXml } from '../../build/formats/xml.ts';
import type { MacTarget, PackageInfo } from '../../build/types.ts';

/** A part of a package that has a receipt of its own. */
export interface Component {
  /** Name of the receipt, for pkgutil. */
  readonly identifier: string;
  /** Folder of the part in the package. */
  readonly folder: string;
  /** Absolute: where the part's root goes. */
  readonly installLocation: string;
  /** Whether folders that are there already become root's and get the modes of the package. */
  readonly ownsFolders: boolean;
  /** Files, folders and links, without the root. */
  readonly numberOfFiles: number;
  /** What the part takes up, in KiB. */
  readonly sizeKibibytes: number;
}

/** Name of the licence's file in Resources/. */
export const licenceFileName = 'LICENSE.txt';

/** The Distribution document. */
export function distributionDocument(
  info: PackageInfo,
  target: MacTarget,
  components: readonly Component[],
): string {
  const version = escapeXml(info.distributionVersion);
  const title = escapeXml(`${info.name} ${info.apiVersion} with OpenSSL ${info.opensslVersion}`);
  const references = components.map(({ identifier }) => `        <pkg-ref id="${escapeXml(identifier)}"/>`);
  const packages = components.map(
    ({ identifier, folder, sizeKibibytes }) =>
      `    <pkg-ref id="${escapeXml(identifier)}" version="${version}" onConclusion="none" installKBytes="${sizeKibibytes}">#${escapeXml(folder)}</pkg-ref>`,
  );
  // rootVolumeOnly and the domains say the same to old and new systems: it goes to / and nowhere else
  return `<?xml version="1.0" encoding="utf-8"?>
<installer-gui-script minSpecVersion="2">
    <title>${title}</title>
    <product id="${escapeXml(info.name)}" version="${version}"/>
    <license file="${licenceFileName}" mime-type="text/plain"/>
    <options customize="never" require-scripts="false" rootVolumeOnly="true" hostArchitectures="${target.architectures.join(',')}"/>
    <domains enable_anywhere="false" enable_currentUserHome="false" enable_localSystem="true"/>
    <volume-check>
        <allowed-os-versions>
            <os-version min="${target.minimumSystem}"/>
        </allowed-os-versions>
    </volume-check>
    <choices-outline>
        <line choice="default"/>
    </choices-outline>
    <choice id="default" title="${title}">
${references.join('\n')}
    </choice>
${packages.join('\n')}
</installer-gui-script>
`;
}

/** The PackageInfo document of a component. */
export function packageInfoDocument(info: PackageInfo, component: Component): string {
  const attributes = {
    'format-version': '2',
    identifier: component.identifier,
    version: info.distributionVersion,
    'install-location': component.installLocation,
    auth: 'root',
    'overwrite-permissions': String(component.ownsFolders),
    relocatable: 'false',
    'postinstall-action': 'none',
  };
  const text = Object.entries(attributes).map(([name, value]) => ` ${name}="${escapeXml(value)}"`);
  return `<?xml version="1.0" encoding="utf-8"?>
<pkg-info${text.join('')}>
    <payload numberOfFiles="${component.numberOfFiles}" installKBytes="${component.sizeKibibytes}"/>
</pkg-info>
`;
}
