// Stages that break the rules over the content of files, each one rule alone.

import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { type BrokenCase, changedEntry, goodFiles, patchedAddon, paths } from './fixtures.ts';

export const brokenContents: readonly BrokenCase[] = [
  {
    rule: 'file-content',
    what: 'a file changed after it was staged',
    breakStage: ({ good }) => changedEntry(good, 'share/README.md', { sha256: '0'.repeat(64) }),
    path: 'share/README.md',
    wanted: /^\d+ bytes with sha256 0{64}$/,
    got: /^\d+ bytes with sha256 [0-9a-f]{64}$/,
  },
  {
    rule: 'file-content',
    what: 'a file has another size',
    breakStage: ({ good }) => changedEntry(good, 'share/README.md', { sizeBytes: 1 }),
    path: 'share/README.md',
    wanted: /^1 bytes with sha256 /,
    got: /^\d\d+ bytes with sha256 /,
  },
  {
    rule: 'file-content',
    what: 'the content is gone',
    breakStage: ({ good, dir }) => changedEntry(good, 'share/README.md', { source: path.join(dir, 'none') }),
    path: 'share/README.md',
    wanted: /^a regular file that can be read$/,
    got: /ENOENT/,
  },
  {
    rule: 'file-content',
    what: 'the content is a folder',
    breakStage: ({ good, dir }) => changedEntry(good, 'share/README.md', { source: dir }),
    path: 'share/README.md',
    wanted: /^a regular file that can be read$/,
    got: /is not a regular file$/,
  },
  {
    rule: 'binary-known',
    what: 'there is a library that no rule covers',
    breakStage: async (workshop) =>
      workshop.withContent('lib/legacy.so', await workshop.contentOf(paths.libssl)),
    path: 'lib/legacy.so',
    wanted: /^no binary beside the ones that have rules$/,
    got: /^an ELF file$/,
  },
  {
    rule: 'binary-known',
    what: 'there is a static library',
    breakStage: (workshop) => workshop.withContent('lib/libcrypto.a', '!<arch>\n'),
    path: 'lib/libcrypto.a',
    wanted: /^no binary beside the ones that have rules$/,
    got: /^an archive$/,
  },
  {
    rule: 'binary-readable',
    what: 'the addon is cut',
    breakStage: async (workshop) =>
      workshop.withContent(paths.addon, (await workshop.contentOf(paths.addon)).subarray(0, 1000)),
    path: paths.addon,
    wanted: /^a whole, dynamically linked binary of the platform$/,
    got: /^wanted the segment of program header \d+ .* inside the file, got a file of 1000$/,
  },
  {
    rule: 'binary-readable',
    what: 'the addon is for 32 bits',
    breakStage: (workshop) => patchedAddon(workshop, 4, 1),
    path: paths.addon,
    wanted: /of the platform$/,
    got: /^wanted EI_CLASS 2 \(64 bits\), got 1$/,
  },
  {
    rule: 'binary-readable',
    what: 'the command is linked statically',
    breakStage: async (workshop) => {
      const file = await workshop.link('static', {
        source: 'void _start(void) {}',
        flags: ['-static', '-fno-pie', '-no-pie'],
      });
      return workshop.withContent(paths.command, await readFile(file));
    },
    path: paths.command,
    wanted: /dynamically linked/,
    got: /^no dynamic table, /,
  },
  {
    rule: 'build-path',
    what: 'a text names the build’s folder',
    breakStage: (workshop) =>
      workshop.withContent('share/x.js', `//# sourceURL=file:///build/checkout/x.js\n`),
    path: 'share/x.js',
    wanted: /^no \/build\/checkout in any file$/,
    got: /^sourceURL=file:\/\/\/build\/checkout\/x\.js at byte 21$/,
  },
  {
    rule: 'build-path',
    what: 'the addon names the build’s folder',
    breakStage: (workshop) =>
      workshop.relinked('addon', {
        source: `${goodFiles.addon.source} __attribute__((used)) static const char file[] = "/build/checkout/x.c";`,
      }),
    path: paths.addon,
    wanted: /^no \/build\/checkout in any file$/,
    got: /\/build\/checkout\/x\.c at byte \d+$/,
  },
  {
    rule: 'build-path',
    what: 'a compiler’s flag names a folder in the root',
    breakStage: (workshop) => workshop.withContent('share/flags', 'cc -I/ci -c x.c\n'),
    path: 'share/flags',
    wanted: /^no \/ci in any file$/,
    got: /^-I\/ci at byte 5$/,
  },
  {
    rule: 'build-path',
    what: 'the library names somebody’s home',
    breakStage: (workshop) =>
      workshop.relinked('libcrypto', {
        source: `${goodFiles.libcrypto.source} __attribute__((used)) static const char file[] = "/home/somebody/x.c";`,
      }),
    path: paths.libcrypto,
    wanted: /^no \/home\/ in any file$/,
    got: /\/home\/somebody\/x\.c at byte \d+$/,
  },
];
