// Looks a bundle of root certificates over: the embedded one, or a file of your own.
//
//   npx tsx ca-bundle.ts              the roots that Mozilla trusts for TLS servers
//   npx tsx ca-bundle.ts my-cas.pem   the roots of a file, whatever wrote it

import { caBundle } from 'tsopenssl';

const [file] = process.argv.slice(2);
const roots =
  file === undefined
    ? caBundle.iterCaBundle(undefined, caBundle.TRUST_SERVER_AUTHENTICATION)
    : caBundle.iterCaBundle(caBundle.getCaBundle(file));

let count = 0;
for (const root of roots) {
  count++;
  const certificate = root.getX509();
  const remarks: string[] = [];
  if (certificate.hasExpired()) remarks.push(`expired on ${certificate.getNotAfter().toISOString()}`);
  if (root.purposes === undefined) remarks.push('unknown to Mozilla');
  if (root.purposes?.length === 0) remarks.push('explicitly distrusted');
  // a leaf issued after this date must be refused, which no PEM file can say
  const date = root.distrustAfter.serverAuthentication;
  if (date !== undefined) remarks.push(`not trusted for servers whose certificate begins after ${date}`);
  if (remarks.length > 0) console.log(`${root.name} (${root.hexdigest()}): ${remarks.join(', ')}`);
}
console.log(`${count} roots`);
