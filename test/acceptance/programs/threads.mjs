// Loads the package in 20 worker threads, one after the other and at once, and prints what each found, once.

import { isMainThread, parentPort, Worker } from 'node:worker_threads';

if (isMainThread) {
  const work = () =>
    new Promise((resolve, reject) => {
      let found;
      const worker = new Worker(new URL(import.meta.url));
      worker.on('message', (message) => {
        found = message;
      });
      worker.on('error', reject);
      worker.on('exit', (exitCode) => resolve(JSON.stringify({ exitCode, ...found })));
    });
  const inTurn = [];
  for (let count = 0; count < 20; count++) inTurn.push(await work());
  const atOnce = await Promise.all(Array.from({ length: 20 }, work));
  const distinct = [...new Set([...inTurn, ...atOnce])].map((text) => JSON.parse(text));
  console.log(JSON.stringify({ workers: inTurn.length + atOnce.length, distinct }));
} else {
  const { caBundle, crypto, info, rand, SSL } = await import('tsopenssl');
  const { liveAsAuthority } = (await import('./authority.cjs')).default;
  const { addon, version } = info();
  const subjects = [...caBundle.iterCaBundleX509()].map((certificate) => `${certificate.getSubject()}`);
  parentPort.postMessage({
    openssl: version.openssl.version,
    isolated: addon.isolated,
    roots: subjects.length,
    authority: liveAsAuthority({ crypto, rand, SSL }),
  });
}
