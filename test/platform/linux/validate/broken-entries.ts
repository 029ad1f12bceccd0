// Stages that break the rules over the list of entries, each one rule alone.

import {
  type BrokenCase,
  changedEntry,
  type LinuxStage,
  paths,
  type Workshop,
  withEntries,
} from './fixtures.ts';

export const brokenEntries: readonly BrokenCase[] = [
  {
    rule: 'entry-required',
    what: 'the addon is missing',
    breakStage: ({ good }) => without(good, paths.addon),
    path: paths.addon,
    wanted: /^this file in the stage$/,
    got: /^none$/,
  },
  {
    rule: 'entry-order',
    what: 'entries are not sorted',
    breakStage: ({ good }) => ({ ...good, entries: [...good.entries.slice(1), ...good.entries.slice(0, 1)] }),
    path: 'bin',
    wanted: /^entries sorted by the bytes of their paths/,
    got: /^it after ssl\/lib$/,
  },
  {
    rule: 'entry-order',
    what: 'a path stands twice',
    breakStage: ({ good }) => ({
      ...good,
      entries: good.entries.flatMap((entry) => (entry.path === 'ssl' ? [entry, entry] : [entry])),
    }),
    path: 'ssl',
    wanted: /, each once$/,
    got: /^it twice$/,
  },
  ...['share/../x', '/share', 'share//x', 'share/ä', 'share/a b', 'share/-x', 'share/a\nb', ''].map(
    (name) => ({
      rule: 'entry-name',
      what: `a path is ${JSON.stringify(name)}`,
      breakStage: ({ good }: Workshop) => withEntries(good, [{ type: 'directory', path: name, mode: 0o755 }]),
      path: name,
      wanted: /^a relative path of letters, digits/,
      got: new RegExp(`^${JSON.stringify(name).replaceAll('\\', '\\\\')}$`),
    }),
  ),
  ...[
    ['share/README.md', 0o666, /^0644 or 0755$/],
    ['share/README.md', 0o4755, /^0644 or 0755$/],
    ['share/README.md', 0o600, /^0644 or 0755$/],
    ['bin/openssl', 0o644, /^0755$/],
    ['lib', 0o775, /^0755$/],
  ].map(([name, mode, wanted]) => ({
    rule: 'entry-mode',
    what: `${name} has mode 0${Number(mode).toString(8)}`,
    breakStage: ({ good }: Workshop) => changedEntry(good, String(name), { mode: Number(mode) }),
    path: String(name),
    wanted: wanted as RegExp,
    got: new RegExp(`^0${Number(mode).toString(8)}$`),
  })),
  {
    rule: 'entry-parent',
    what: 'no entry names a folder',
    breakStage: ({ good }) => without(good, 'bin'),
    path: 'bin/openssl',
    wanted: /^a folder bin in the stage$/,
    got: /^none$/,
  },
  {
    rule: 'entry-parent',
    what: 'a file lies below a link',
    breakStage: ({ good }) => withEntries(good, [{ type: 'directory', path: 'ssl/lib/x', mode: 0o755 }]),
    path: 'ssl/lib/x',
    wanted: /^a folder ssl\/lib in the stage$/,
    got: /^symlink$/,
  },
  ...(
    [
      ['/usr/lib/tsopenssl/lib', /^"\/usr\/lib\/tsopenssl\/lib"$/],
      ['', /^""$/],
      ['../../etc', /, which leaves the prefix$/],
      ['../..', /, which leaves the prefix$/],
      ['../lib/none', /, which is not there$/],
      ['x', /^x, which leads back to itself$/],
    ] as const
  ).map(([linkTarget, got]) => ({
    rule: 'entry-link',
    what: `a link leads to ${JSON.stringify(linkTarget)}`,
    breakStage: ({ good }: Workshop) => withLink(good, linkTarget),
    path: 'ssl/x',
    wanted: /^a relative link to something in the stage$/,
    got,
  })),
];

/** The good stage with one entry left out. */
function without(stage: LinuxStage, name: string): LinuxStage {
  return { ...stage, entries: stage.entries.filter((entry) => entry.path !== name) };
}

function withLink(stage: LinuxStage, linkTarget: string): LinuxStage {
  return withEntries(stage, [{ type: 'symlink', path: 'ssl/x', mode: 0o755, linkTarget }]);
}
