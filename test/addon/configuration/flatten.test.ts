import path from 'node:path';
import test from 'ava';
import {
  type FlatConfiguration,
  flatten,
  placeOfLine,
  placesOfEntries,
  UnusableConfiguration,
} from '../../../addon/lib/configuration/flatten.ts';
import type { Read } from '../../../addon/lib/configuration/read-file.ts';

/** Files by path; an array is a folder. */
type Tree = Readonly<Record<string, string | readonly string[] | Read>>;

function flattenTree(tree: Tree, includeDir?: string): FlatConfiguration {
  return flattenFile('/main.cnf', tree, path.posix, includeDir);
}

function flattenFile(
  file: string,
  tree: Tree,
  paths: typeof path.posix,
  includeDir?: string,
): FlatConfiguration {
  return flatten(file, {
    paths,
    includeDir,
    expand: (_lines, section, value) => `/expanded/${section}/${value.replaceAll(/\W/g, '')}`,
    read: (file): Read => {
      const found = tree[file];
      if (found === undefined) return { kind: 'missing', reason: 'no such file or directory' };
      if (typeof found === 'string') return { kind: 'file', content: Buffer.from(found) };
      return 'kind' in found ? found : { kind: 'directory', names: found };
    },
  });
}

const text = ({ lines }: FlatConfiguration) => lines.join('\n');
const places = (flat: FlatConfiguration) =>
  flat.lines.map((_, index) => {
    const place = placeOfLine(flat, index);
    return `${place?.file}:${place?.line}`;
  });

test('puts an included file in the place of the line that names it, and remembers where each line stood', (t) => {
  const flat = flattenTree({
    '/main.cnf': 'a = 1\n[s]\n.include = /b.cnf\nc = 3\n',
    '/b.cnf': 'b = 2\r\n[t]',
  });
  t.is(text(flat), 'a = 1\n[s]\n\nb = 2\r\n[t]\nc = 3');
  t.deepEqual(places(flat), [
    '/main.cnf:1',
    '/main.cnf:2',
    '/main.cnf:3',
    '/b.cnf:1',
    '/b.cnf:2',
    '/main.cnf:4',
  ]);
  t.deepEqual(flat.files, ['/main.cnf', '/b.cnf']);
  t.deepEqual(placesOfEntries(flat, 's').get('b'), { file: '/b.cnf', line: 1 });
  t.deepEqual(placesOfEntries(flat, 't').get('c'), { file: '/main.cnf', line: 4 });
  t.deepEqual(placeOfLine(flat, 99), { file: '/main.cnf', line: 4 });
});

test('finds the entries of a section wherever they stand, the last of a name, and no other', (t) => {
  const flat = flattenTree({
    '/main.cnf': 'a = 1\n[s] # s\na = 2\n[t]\na = 3\ns::b = \\\n  4\nc = 5\n[ s ]\n# a = 6\na = 7\r\n',
  });
  t.deepEqual(
    [...placesOfEntries(flat, 's')],
    [
      ['a', { file: '/main.cnf', line: 11 }],
      ['b', { file: '/main.cnf', line: 6 }],
    ],
  );
  t.deepEqual([...placesOfEntries(flat, 'default').keys()], ['a']);
  t.deepEqual([...placesOfEntries(flat, 'none')], []);
});

test('goes on in the section that a plain file ends with', (t) => {
  const flat = flattenTree({
    '/main.cnf': '[s]\n.include /b\n.include $x\n',
    '/b': '[t]\r\na = 1\n [ u ] # last\nb = 2\n',
    '/expanded/u/x': 'c = 3\n',
  });
  t.deepEqual(flat.files, ['/main.cnf', '/b', '/expanded/u/x']);
  t.deepEqual(placesOfEntries(flat, 'u').get('c'), { file: '/expanded/u/x', line: 1 });
});

test('joins continued lines, unless the backslash is escaped', (t) => {
  const flat = flattenTree({
    '/main.cnf': '.incl\\\r\nude \\\n /b.cnf\nx = \\\\\n.include /b.cnf\n',
    '/b.cnf': 'b = 2\n',
  });
  t.is(text(flat), '\n\n\nb = 2\nx = \\\\\n\nb = 2');
});

test('keeps bytes that are no UTF-8, and a byte order mark', (t) => {
  const content = Buffer.from([0xef, 0xbb, 0xbf, 0x61, 0x3d, 0xff, 0x0a]);
  const flat = flattenTree({ '/main.cnf': { kind: 'file', content } });
  t.deepEqual(Buffer.from(text(flat), 'latin1'), content.subarray(0, -1));
  t.true(placesOfEntries(flat, 'default').has('a'));
});

test('takes the *.cnf and *.conf of a folder by name, and no folder inside of it', (t) => {
  const flat = flattenTree({
    '/main.cnf': '.include /d\n',
    '/d': ['b.CONF', 'a.cnf', '.cnf', 'c.txt', 'sub.cnf'],
    '/d/a.cnf': 'a = 1\n.include /e\n',
    '/d/b.CONF': 'b = 1\n',
    '/d/sub.cnf': ['x.cnf'],
    '/e': ['y.cnf'],
    '/e/y.cnf': 'y = 1\n',
  });
  t.deepEqual(flat.files, ['/main.cnf', '/d/a.cnf', '/d/b.CONF']);
  t.deepEqual(flat.ignored, [
    '/d/a.cnf:2: .include /e: a folder inside of an included folder',
    '/main.cnf:1: .include /d/sub.cnf: a folder inside of an included folder',
  ]);
});

test('passes over an include that is missing or cannot be read, and says so', (t) => {
  const flat = flattenTree({
    '/main.cnf': '.include /none\n.include /closed\na = 1\n',
    '/closed': { kind: 'unreadable', reason: 'permission denied' },
  });
  t.is(text(flat), '\n\na = 1');
  t.deepEqual(flat.ignored, [
    '/main.cnf:1: .include /none: no such file or directory',
    '/main.cnf:2: .include /closed: permission denied',
  ]);
});

test('resolves relative includes by .pragma includedir, which OPENSSL_CONF_INCLUDE beats', (t) => {
  const tree = {
    '/main.cnf': '.pragma includedir:/p\n.include a.cnf\n',
    '/p/a.cnf': 'p = 1\n',
    '/v/a.cnf': 'v = 1\n',
  };
  t.deepEqual(flattenTree(tree).files, ['/main.cnf', '/p/a.cnf']);
  t.deepEqual(flattenTree(tree, '/v').files, ['/main.cnf', '/v/a.cnf']);
});

test('has values with quotes or variables expanded in their section', (t) => {
  const flat = flattenTree({
    '/main.cnf': '[s]\n.include $dir\nother::.include "x"\n',
    '/expanded/s/dir': 'a = 1\n',
    '/expanded/other/x': 'b = 1\n',
  });
  t.deepEqual(flat.files, ['/main.cnf', '/expanded/s/dir', '/expanded/other/x']);
});

test("leaves out Red Hat's own options, since OpenSSL drops the whole section because of one", (t) => {
  const flat = flattenTree({
    '/main.cnf': '[evp]\nrh-allow-sha1-signatures = yes\ndefault_properties = x\n',
  });
  t.is(text(flat), '[evp]\n\ndefault_properties = x');
  t.deepEqual(flat.ignored, ["/main.cnf:2: rh-allow-sha1-signatures, which only Red Hat's OpenSSL knows"]);
});

/** A tree, the kind of its fault and the message. */
const faults: Readonly<Record<string, readonly [Tree, UnusableConfiguration['kind'], string]>> = {
  'a missing file': [{}, 'missing', '/main.cnf: no such file or directory'],
  'a folder': [{ '/main.cnf': [] }, 'broken', '/main.cnf: wanted a file, got a folder'],
  'an untrusted file': [
    { '/main.cnf': { kind: 'refused', reason: 'somebody writes it' } },
    'refused',
    '/main.cnf is not trusted: somebody writes it',
  ],
  'an unreadable file': [
    { '/main.cnf': { kind: 'unreadable', reason: 'permission denied' } },
    'broken',
    '/main.cnf: permission denied',
  ],
  'an untrusted include': [
    { '/main.cnf': 'a = 1\n.include /b\n', '/b': { kind: 'refused', reason: 'somebody writes it' } },
    'refused',
    '/main.cnf:2: .include /b is not trusted: somebody writes it',
  ],
  'an untrusted file in an included folder': [
    {
      '/main.cnf': '.include /d\n',
      '/d': ['b.cnf'],
      '/d/b.cnf': { kind: 'refused', reason: 'somebody writes it' },
    },
    'refused',
    '/main.cnf:1: .include /d/b.cnf is not trusted: somebody writes it',
  ],
  'a file that includes itself': [
    { '/main.cnf': '.include /b\n', '/b': '\n.include /main.cnf\n' },
    'broken',
    '/b:2: .include /main.cnf: it includes itself',
  ],
  'a NUL byte': [{ '/main.cnf': 'a = 1\nb\0 = 2\n' }, 'broken', '/main.cnf:2: NUL byte; wanted text'],
  'a relative include against the pragma': [
    { '/main.cnf': '.pragma abspath:on\n.include b\n' },
    'broken',
    "/main.cnf:2: .include b: wanted an absolute path, as the file's .pragma demands",
  ],
  'includes that go too deep': [
    Object.fromEntries([
      ['/main.cnf', '.include /0\n'],
      ...Array.from({ length: 40 }, (_, level) => [`/${level}`, `.include /${level + 1}\n`]),
    ]),
    'broken',
    '/15:1: .include /16: wanted at most 16 levels',
  ],
};

for (const [title, [tree, kind, message]] of Object.entries(faults)) {
  test(`refuses ${title}`, (t) => {
    const error = t.throws(() => flattenTree(tree), { instanceOf: UnusableConfiguration });
    t.is(error?.kind, kind);
    t.is(error?.message, message);
  });
}

test('knows the absolute paths of Windows, and joins relative ones with a backslash', (t) => {
  const flat = flattenFile(
    'C:\\openssl\\main.cnf',
    {
      'C:\\openssl\\main.cnf':
        '.pragma = includedir:C:/conf\n.include D:/a.cnf\n.include one/b.cnf\n.include /c.cnf\n.include C:/folder',
      'D:/a.cnf': 'a = 1',
      'C:\\conf\\one\\b.cnf': 'b = 1',
      '/c.cnf': 'c = 1',
      'C:/folder': ['z.conf', 'y.CNF', 'x.txt'],
      'C:\\folder\\y.CNF': 'y = 1',
      'C:\\folder\\z.conf': 'z = 1',
    },
    path.win32,
  );
  t.deepEqual(flat.files, [
    'C:\\openssl\\main.cnf',
    'D:/a.cnf',
    'C:\\conf\\one\\b.cnf',
    '/c.cnf',
    'C:\\folder\\y.CNF',
    'C:\\folder\\z.conf',
  ]);
  t.deepEqual(flat.ignored, []);
  const relative = { 'C:\\main.cnf': '.pragma = abspath:true\n.include C:b.cnf' };
  t.throws(() => flattenFile('C:\\main.cnf', relative, path.win32), {
    instanceOf: UnusableConfiguration,
    message: /^C:\\main\.cnf:2: \.include C:b\.cnf: wanted an absolute path/,
  });
});
