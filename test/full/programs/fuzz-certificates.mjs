// Feeds changed certificates to the addon, and asks whatever it accepts for everything it has.
//
//   node fuzz-certificates.mjs <package folder> <folder of certificates> <module with mutate> <seed> <seconds>

import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const [packageDir = '', certsDir = '', randomModule = '', seed = '', seconds = ''] = process.argv.slice(2);
const { crypto } = await import(pathToFileURL(path.join(packageDir, 'lib/index.js')).href);
const { randomNumbers, mutate } = await import(pathToFileURL(randomModule).href);
const random = randomNumbers(Number(seed));
const files = readdirSync(certsDir).map((name) => readFileSync(path.join(certsDir, name)));
const seeds = files.flatMap((pem) => {
  const body = /-----BEGIN CERTIFICATE-----([^-]+)-----END/.exec(pem.toString('latin1'))?.[1];
  return body === undefined ? [pem] : [pem, Buffer.from(body, 'base64')];
});

function useEverything(certificate) {
  certificate.getSerialNumber();
  certificate.getVersion();
  certificate.digest('sha256');
  for (const name of [certificate.getSubject(), certificate.getIssuer()]) {
    name.getComponents();
    String(name);
  }
  for (const time of ['getNotBefore', 'getNotAfter', 'hasExpired']) {
    try {
      certificate[time]();
    } catch (error) {
      if (!(error instanceof Error)) throw error;
    }
  }
  for (const type of [crypto.FILETYPE_PEM, crypto.FILETYPE_ASN1, crypto.FILETYPE_TEXT])
    crypto.dumpCertificate(type, certificate);
}

const end = Date.now() + Number(seconds) * 1000;
let [tried, accepted] = [0, 0];
while (Date.now() < end) {
  for (let batch = 0; batch < 1000; batch++) {
    const bytes = mutate(seeds[random(seeds.length)], random);
    tried++;
    for (const type of [crypto.FILETYPE_PEM, crypto.FILETYPE_ASN1]) {
      let certificate;
      try {
        certificate = crypto.loadCertificate(type, bytes);
      } catch (error) {
        if (error.name !== 'OpenSSLError') throw error;
        continue;
      }
      accepted++;
      useEverything(certificate);
    }
  }
}
console.log(JSON.stringify({ tried, accepted }));
