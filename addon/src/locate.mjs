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

/** The libraries that are linked in, in the linker's order. */
const libraries = ['libssl', 'libcrypto'];

/** What OpenSSL calls a static library: the first name is that of Microsoft's compiler. */
const suffixes = process.platform === 'win32' ? ['_static.lib', '.a'] : ['.a'];

const answers = {
  include: () => includeFolder(),
  version: () => values.version || headerVersion(),
  libraries: () => [...libraries.map(staticLibrary), ...privateLibraries()].join('\n'),
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
  return folders.find((folder) => findStatic(folder, 'libcrypto') !== undefined) ?? folders[0];
}

function findStatic(folder, library) {
  return suffixes.map((suffix) => path.join(folder, `${library}${suffix}`)).find((file) => existsSync(file));
}

function staticLibrary(library) {
  const folder = libraryFolder();
  const found = findStatic(folder, library);
  if (found !== undefined) return found;
  return fail(
    `${path.join(folder, `${library}${suffixes[0]}`)} is missing; the addon needs a static ${library}, since a shared one would ` +
      `be replaced by the OpenSSL inside node: build OpenSSL without no-static, or install the development package that holds ${library}.a`,
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
  const [major, minor] = version?.split('.').map(Number) ?? [0, 0];
  if (major > 3 || (major === 3 && minor >= 3)) return version;
  return fail(`${includeFolder()} holds OpenSSL ${version ?? 'before 3.0'}; the addon needs 3.3 or later`);
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
