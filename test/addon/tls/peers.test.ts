// Streams with programs that others wrote: nginx as a server and as a proxy, Debian's pyOpenSSL over sockets. In both directions, with
// certificates on both sides; a stranger is refused each time.

import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import http from 'node:http';
import https from 'node:https';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import test, { type ExecutionContext } from 'ava';
import type * as Tsopenssl from '../../../addon/lib/index.ts';
import { run } from '../../../build/process.ts';
import { entry } from '../../support/addon.ts';
import { temporaryFolder } from '../../support/folder.ts';
import { freePort } from '../../support/free-port.ts';
import { connectedTo, type PeerProgram, runPeer, saying } from '../../support/peer-program.ts';
import { makeCredential, root } from '../../support/tls-pair.ts';
import { ca, identity, listen, readAll, type TLSSocket } from '../../support/tls-server.ts';

const ours = (await import(entry)) as typeof Tsopenssl;
const { tls } = ours;

const versions = { TLSv1_2: 'TLSv1.2', TLSv1_3: 'TLSv1.3' } as const;
const client = makeCredential('a client', { issuer: root });
const stranger = makeCredential('stranger', { issuer: makeCredential('nobody') });
const large = 3_000_000;

interface Files {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

/** Certificate and key of `localhost`, and the authority, as files. */
async function writeIdentity(folder: string): Promise<Files> {
  const { cert, key } = identity();
  const files = {
    ca: path.join(folder, 'ca.pem'),
    cert: path.join(folder, 'cert.pem'),
    key: path.join(folder, 'key.pem'),
  };
  await writeFile(files.ca, ca);
  await writeFile(files.cert, cert);
  await writeFile(files.key, key, { mode: 0o600 });
  return files;
}

/** Starts nginx with servers of ours, and waits until it listens. */
async function startNginx(
  t: ExecutionContext,
  folder: string,
  port: number,
  servers: string,
): Promise<PeerProgram> {
  const places = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  const temporary = places.map((name) => `${name}_temp_path ${folder}/${name};`).join('\n');
  const file = path.join(folder, 'nginx.conf');
  await writeFile(
    file,
    `daemon off;\nmaster_process off;\npid ${folder}/nginx.pid;\nerror_log stderr;\nevents {}\nhttp {\naccess_log off;\n${temporary}\n${servers}\n}\n`,
  );
  const nginx = runPeer(t, ['/usr/sbin/nginx', '-p', folder, '-e', 'stderr', '-c', file]);
  (await connectedTo(t, nginx, port)).destroy();
  return nginx;
}

interface Answer {
  readonly status: number | undefined;
  readonly body: Buffer;
  readonly socket: TLSSocket;
}

async function get(url: string, agent: object): Promise<Answer> {
  const request = https.get(url, { agent: agent as https.Agent });
  const [response] = (await once(request, 'response')) as [http.IncomingMessage];
  const socket = response.socket as unknown as TLSSocket;
  return { status: response.statusCode, body: await readAll(response), socket };
}

for (const version of Object.values(versions)) {
  test(`nginx serves us over ${version}: pages, certificates, sessions`, async (t) => {
    const folder = await temporaryFolder(t);
    const files = await writeIdentity(folder);
    const bytes = randomBytes(large);
    await mkdir(path.join(folder, 'pages'));
    await writeFile(path.join(folder, 'pages/large'), bytes);
    const port = await freePort();
    await startNginx(
      t,
      folder,
      port,
      `server {
        listen 127.0.0.1:${port} ssl;
        ssl_certificate ${files.cert}; ssl_certificate_key ${files.key};
        ssl_client_certificate ${files.ca}; ssl_verify_client on;
        ssl_protocols ${version}; ssl_session_cache shared:all:1m;
        root ${folder}/pages;
        location /who { return 200 "$ssl_client_s_dn $ssl_protocol $ssl_session_reused"; }
      }`,
    );
    const url = `https://localhost:${port}`;
    const agent = new ours.https.Agent({ ca, ...identity(client) });
    t.is((await get(`${url}/who`, agent)).body.toString(), `CN=a client ${version} .`);
    const again = await get(`${url}/who`, agent);
    t.is(again.body.toString(), `CN=a client ${version} r`);
    t.true(again.socket.isSessionReused());
    t.true((await get(`${url}/large`, agent)).body.equals(bytes));
    // many at once, over connections that are kept
    const keeping = new ours.https.Agent({ ca, ...identity(client), keepAlive: true, maxSockets: 4 });
    t.teardown(() => keeping.destroy());
    const all = await Promise.all(Array.from({ length: 20 }, () => get(`${url}/large`, keeping)));
    t.true(all.every(({ body }) => body.equals(bytes)));
    t.is(new Set(all.map(({ socket }) => socket)).size, 4);

    // who shows nothing, or what a stranger signed, gets no page; who trusts somebody else, none from nginx
    t.is((await get(`${url}/who`, new ours.https.Agent({ ca }))).status, 400);
    t.is((await get(`${url}/who`, new ours.https.Agent({ ca, ...identity(stranger) }))).status, 400);
    const refusal = await t.throwsAsync(
      get(`${url}/who`, new ours.https.Agent({ ca: identity(stranger).cert, ...identity(client) })),
    );
    t.regex(refusal?.message ?? '', /unable to get local issuer certificate/);
  });

  test(`we serve nginx over ${version}, which verifies us and shows who it is`, async (t) => {
    const folder = await temporaryFolder(t);
    const files = await writeIdentity(folder);
    const serve = async (own: { readonly cert: string; readonly key: string }) => {
      const options = { ...own, ca, requestCert: true, maxVersion: version };
      const server = ours.https.createServer(options, async (request, response) => {
        const body = await readAll(request);
        const socket = request.socket as unknown as TLSSocket;
        response.end(
          `${socket.getPeerCertificate()?.getSubject().CN} ${socket.getProtocol()} ${body.length}`,
        );
      });
      const port = await listen(t, server);
      t.teardown(() => server.closeAllConnections());
      return port;
    };
    const right = await serve(identity());
    const wrong = await serve(identity(stranger));
    const port = await freePort();
    const location = (name: string, upstream: number) => `location /${name} {
        proxy_pass https://127.0.0.1:${upstream}; proxy_ssl_verify on; proxy_ssl_trusted_certificate ${files.ca};
        proxy_ssl_name localhost; proxy_ssl_server_name on; proxy_ssl_protocols ${version};
        proxy_ssl_certificate ${files.cert}; proxy_ssl_certificate_key ${files.key};
      }`;
    const servers = `server { listen 127.0.0.1:${port}; client_max_body_size 10m; ${location('right', right)} ${location('wrong', wrong)} }`;
    const nginx = await startNginx(t, folder, port, servers);
    const post = async (name: string) => {
      const request = http.request(`http://127.0.0.1:${port}/${name}`, { method: 'POST' });
      request.end('x'.repeat(large));
      const [response] = (await once(request, 'response')) as [http.IncomingMessage];
      return [response.statusCode, (await readAll(response)).toString()] as const;
    };
    const words = [200, `localhost ${version} ${large}`] as const;
    t.deepEqual(
      await Promise.all(Array.from({ length: 5 }, () => post('right'))),
      Array.from({ length: 5 }, () => words),
    );
    t.is((await post('wrong'))[0], 502);
    t.regex(nginx.said(), /upstream SSL certificate verify error/);
  });
}

const pythonPeer = fileURLToPath(new URL('../../support/tls-peer.py', import.meta.url));
function python(role: string, version: string, files: Files, ...more: string[]): [string, ...string[]] {
  const words = [role, `${version}_VERSION`, files.cert, files.key, files.ca, ...more];
  return ['/usr/bin/python3', '-W', 'ignore', pythonPeer, ...words];
}

for (const [version, name] of Object.entries(versions) as [keyof typeof versions, string][]) {
  const constant = version.replace('v1', '1');

  test(`pyOpenSSL serves us over ${name}`, async (t) => {
    const files = await writeIdentity(await temporaryFolder(t));
    const peer = runPeer(t, python('server', constant, files));
    const [, port] = /^port (\d+)/.exec(await saying(peer, /^port \d+/)) ?? [];
    const where = { host: 'localhost', port: Number(port) };
    const socket = await tls.connect({ ...where, ca, ...identity(client), allowHalfOpen: true });
    t.is(socket.getProtocol(), name);
    socket.end('x'.repeat(large));
    t.true((await readAll(socket)).equals(Buffer.alloc(large, 'X')));
    await saying(peer, new RegExp(`^client a client ${name}$`, 'm'));

    await t.throwsAsync(tls.connect({ ...where, ca: identity(stranger).cert, ...identity(client) }));
    // TLS 1.3 tells a client that it is refused when it has sent its certificate already
    const refused = async () => {
      const unknown = await tls.connect({ ...where, ca, ...identity(stranger) });
      unknown.end('x');
      await readAll(unknown);
    };
    const error = await t.throwsAsync(refused, { instanceOf: ours.SSL.TLSError });
    t.is(error?.alert, 48); // unknown_ca
    await saying(peer, /^refused Error .*certificate verify failed/m);
  });

  test(`we serve pyOpenSSL over ${name}, and go on with its session`, async (t) => {
    const files = await writeIdentity(await temporaryFolder(t));
    const reused: boolean[] = [];
    const server = tls.createServer(
      { ...identity(), ca, requestCert: true, allowHalfOpen: true },
      async (socket) => {
        reused.push(socket.isSessionReused());
        socket.end((await readAll(socket)).toString().toUpperCase());
      },
    );
    const port = await listen(t, server);
    const argv = python('client', constant, files, String(port), String(large));
    const { stdout } = await run(argv);
    t.is(stdout, `localhost ${name} ${large} True\n`.repeat(2));
    t.deepEqual(reused, [false, true]);
    const strangers = { ...files, ca: path.join(path.dirname(files.ca), 'stranger.pem') };
    await writeFile(strangers.ca, identity(stranger).cert);
    server.on('tlsClientError', () => {});
    const failing = python('client', constant, strangers, String(port), '1');
    const { exitCode, stderr } = await run(failing, { allowFailure: true });
    t.not(exitCode, 0);
    t.regex(stderr, /certificate verify failed/);
  });
}
