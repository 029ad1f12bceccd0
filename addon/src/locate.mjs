// Answers binding.gyp's questions about the OpenSSL that the addon is built against: `node locate.mjs --root=… WORD`,
// where WORD is include, libraries, version or node-addon-api. What is missing goes to stderr, with exit status 1.

import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { parseArgs } from 'node:util';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    root: { type: 'string', default: '' },
    include: { type: 'string', default: '' },
    lib: { type: 'string', default: '' },
    version: { type: 'string', default: '' },
    'node-addon-api': { type: 'string', default: '' },
  },
});

/** OpenSSL's names of a static libcrypto: the first is that of Microsoft's compiler. */
const staticNames = process.platform === 'win32' ? ['libcrypto_static.lib', 'libcrypto.a'] : ['libcrypto.a'];

const answers = {
  include: () => includeFolder(),
  version: () => values.version || headerVersion(),
  libraries: () => [staticLibrary(), ...privateLibraries()].join('\n'),
  'node-addon-api': () => nodeAddonApi(),
};

try {
  const answer = answers[positionals[0]];
  if (answer === undefined) fail(`unknown question ${positionals[0]}`);
  process.stdout.write(`${answer()}\n`);
} catch (error) {
  process.stderr.write(`tsopenssl: ${error.message}\n`);
  process.exitCode = 1;
}

function fail(message) {
  throw new Error(message);
}

function includeFolder() {
  const folder =
    values.include || (values.root ? path.join(values.root, 'include') : pkgConfig('includedir'));
  const header = path.join(folder, 'openssl', 'opensslv.h');
  if (!existsSync(header))
    fail(`${header} is missing; give the folder of OpenSSL with -- -Dopenssl_root=/opt/openssl`);
  return path.resolve(folder);
}

function libraryFolder() {
  if (values.lib) return path.resolve(values.lib);
  if (!values.root) return pkgConfig('libdir');
  const folders = ['lib', 'lib64'].map((name) => path.resolve(values.root, name));
  return folders.find((folder) => findStatic(folder) !== undefined) ?? folders[0];
}

function findStatic(folder) {
  return staticNames.map((name) => path.join(folder, name)).find((file) => existsSync(file));
}

function staticLibrary() {
  const folder = libraryFolder();
  const found = findStatic(folder);
  if (found !== undefined) return found;
  const library = path.join(folder, staticNames[0]);
  return fail(
    `${library} is missing; the addon needs a static libcrypto, since a shared one would be replaced by the OpenSSL ` +
      'inside node: build OpenSSL without no-static, or install the development package that holds libcrypto.a',
  );
}

/** What libcrypto.a itself was built with, such as -lz, as its pkg-config file says. */
function privateLibraries() {
  const file = path.join(libraryFolder(), 'pkgconfig', 'libcrypto.pc');
  if (!existsSync(file)) return [];
  const line = /^Libs\.private:(.*)$/m.exec(readFileSync(file, 'utf8'))?.[1] ?? '';
  return line.split(/\s+/).filter((word) => /^-[lL]\S+$/.test(word));
}

function headerVersion() {
  const header = readFileSync(path.join(includeFolder(), 'openssl', 'opensslv.h'), 'utf8');
  const version = /#\s*define\s+OPENSSL_VERSION_STR\s+"([^"]+)"/.exec(header)?.[1];
  return version ?? fail(`${includeFolder()} holds an OpenSSL before 3.0; the addon needs 3.0 or later`);
}

function pkgConfig(variable) {
  try {
    return execFileSync('pkg-config', [`--variable=${variable}`, 'libcrypto'], { encoding: 'utf8' }).trim();
  } catch (error) {
    return fail(
      `pkg-config does not know libcrypto (${error.message.split('\n')[0]}); give -- -Dopenssl_root=/opt/openssl`,
    );
  }
}

function nodeAddonApi() {
  if (values['node-addon-api']) return path.resolve(values['node-addon-api']);
  try {
    // relative, since make cannot bear a blank in a path
    return path.relative('', path.dirname(createRequire(import.meta.url).resolve('node-addon-api')));
  } catch {
    return fail('the package node-addon-api is missing: npm install node-addon-api');
  }
}
