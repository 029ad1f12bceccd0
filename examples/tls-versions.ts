// Finds out which versions of TLS a server speaks, by connecting once with each, and shows both ways to choose a range.
//
//   npx tsx tls-versions.ts example.org 443

import { SSL, tls } from 'tsopenssl';

const [host, port] = process.argv.slice(2);
if (host === undefined || port === undefined) {
  console.error('Usage: npx tsx tls-versions.ts HOST PORT');
  process.exit(2);
}

const versions = {
  'TLS 1.0': SSL.TLS1_VERSION,
  'TLS 1.1': SSL.TLS1_1_VERSION,
  'TLS 1.2': SSL.TLS1_2_VERSION,
  'TLS 1.3': SSL.TLS1_3_VERSION,
};

/** A context that offers a range by its limits. */
function within(lowest: number, highest: number): SSL.Context {
  const context = new SSL.Context(SSL.TLS_CLIENT_METHOD);
  context.setMinProtoVersion(lowest);
  context.setMaxProtoVersion(highest);
  return context;
}

/** A context that offers every version but those that are left out, as programs of old do it. */
function without(options: number): SSL.Context {
  const context = new SSL.Context(SSL.SSLv23_METHOD);
  context.setOptions(options);
  return context;
}

/** The version that both sides agree on. Nothing is sent, so nobody is verified: never do that with what matters. */
async function agreed(host: string, port: number, context: SSL.Context): Promise<string> {
  context.setSecurityLevel(0); // TLS 1.0 and 1.1 are below the level that is usual
  try {
    const options = { host, port, secureContext: context, rejectUnauthorized: false };
    const socket = await tls.connect({ ...options, timeout: 10_000 });
    const protocol = socket.getProtocol();
    socket.destroy();
    return String(protocol);
  } catch (error) {
    return `no: ${(error as Error).message}`;
  }
}

const ask = (context: SSL.Context) => agreed(host, Number(port), context);
for (const [name, version] of Object.entries(versions))
  console.log(`${name} alone: ${await ask(within(version, version))}`);
console.log(`TLS 1.2 and newer: ${await ask(within(SSL.TLS1_2_VERSION, SSL.TLS1_3_VERSION))}`);
const old = SSL.OP_NO_SSLv2 | SSL.OP_NO_SSLv3 | SSL.OP_NO_TLSv1 | SSL.OP_NO_TLSv1_1;
console.log(`without SSL, TLS 1.0 and 1.1: ${await ask(without(old))}`);
