import test from 'ava';
import { BuildError } from '../../../build/errors.ts';
import { readTextStub, stubSymbols } from '../../../build/formats/text-stub.ts';
import { mutate, randomNumbers } from '../../support/random.ts';

const stub = `--- !tapi-tbd
tbd-version:     4
targets:         [ x86_64-macos, arm64-macos ]
install-name:    '/usr/lib/libSystem.B.dylib'
current-version: 1351
reexported-libraries:
  - targets:         [ x86_64-macos, arm64-macos ]
    libraries:       [ '/usr/lib/system/libdyld.dylib',
                       /usr/lib/system/libabsent.dylib ]
  - targets:         [ x86_64-macos ]
    libraries:       [ '/usr/lib/system/libold.dylib' ]
exports:
  - targets:         [ x86_64-macos ]
    symbols:         [ '_open$NOCANCEL', _old ]
  - targets:         [ x86_64-macos, arm64-macos ]
    symbols:         [ _open,
                       _close ]
    weak-symbols:    [ _weak ]
    objc-classes:    [ NotASymbol ]
    thread-local-symbols: [ _errno ]
reexports:
  - targets:         [ arm64-macos ]
    symbols:         [ _again ]
--- !tapi-tbd
tbd-version:     4
targets:         [ x86_64-macos, arm64-macos ]
install-name:    '/usr/lib/system/libdyld.dylib'
parent-umbrella:
  - targets:         [ x86_64-macos, arm64-macos ]
    umbrella:        System
reexported-libraries:
  - targets:         [ arm64-macos ]
    libraries:       [ '/usr/lib/libSystem.B.dylib' ]
exports:
  - targets:         [ arm64-macos ]
    symbols:         [ dyld_stub_binder ]
--- !tapi-tbd
tbd-version:     4
targets:         [ x86_64-macos ]
install-name:    '/usr/lib/system/libold.dylib'
exports:
  - targets:         [ x86_64-macos ]
    symbols:         [ _older ]
...
`;

const system = '/usr/lib/libSystem.B.dylib';

test('answers the symbols of a library for one target, with those of the libraries that it re-exports', (t) => {
  const read = readTextStub(stub, 'sample');
  t.deepEqual([...stubSymbols(read, system, 'arm64-macos')].sort(), [
    '_again',
    '_close',
    '_errno',
    '_open',
    '_weak',
    'dyld_stub_binder',
  ]);
  t.deepEqual([...stubSymbols(read, system, 'x86_64-macos')].sort(), [
    '_close',
    '_errno',
    '_old',
    '_older',
    '_open',
    '_open$NOCANCEL',
    '_weak',
  ]);
  t.deepEqual([...stubSymbols(read, '/usr/lib/system/libold.dylib', 'x86_64-macos')], ['_older']);
});

test('refuses a library or a target that the stub has nothing for', (t) => {
  const read = readTextStub(stub, 'sample');
  for (const [library, target] of [
    ['/usr/lib/libz.1.dylib', 'arm64-macos'],
    ['/usr/lib/system/libold.dylib', 'arm64-macos'],
    [system, 'arm64-ios'],
  ] as const) {
    t.throws(() => stubSymbols(read, library, target), {
      code: 'ERR_VALIDATION',
      message: `wanted a stub of ${library} for ${target}, got none with symbols`,
    });
  }
});

const damages: readonly (readonly [what: string, text: string, message: string])[] = [
  [
    'another file',
    'GROUP ( libc.so.6 )\n',
    'sample: wanted a text stub (--- !tapi-tbd), got "GROUP ( libc.so.6 )\\n"',
  ],
  ['an empty one', '', 'sample: wanted a text stub (--- !tapi-tbd), got ""'],
  [
    'an older version',
    stub.replace('version:     4', 'version:     3'),
    'sample: wanted tbd-version 4, got 3',
  ],
  ['no version', stub.replace(/^tbd-version.*\n/m, ''), 'sample: wanted tbd-version 4, got none'],
  ['no name', stub.replace(/^install-name.*\n/m, ''), 'sample: wanted an install-name, got none'],
  [
    'a list for nobody',
    stub.replace('- targets:         [ x86_64-macos ]\n    symbols', '- symbols'),
    'sample: wanted targets before symbols, got none',
  ],
];

for (const [what, text, message] of damages) {
  test(`refuses ${what}`, (t) => {
    t.not(text, stub);
    t.throws(() => readTextStub(text, 'sample'), { instanceOf: BuildError, code: 'ERR_VALIDATION', message });
  });
}

test('answers every stub with random damage, or refuses it', (t) => {
  const random = randomNumbers(4);
  const answers = { read: 0, refused: 0 };
  for (let round = 0; round < 5000; round += 1) {
    const text = mutate(Buffer.from(stub), random).toString('latin1');
    try {
      stubSymbols(readTextStub(text, 'sample'), system, 'arm64-macos');
      answers.read += 1;
    } catch (error) {
      if (!(error instanceof BuildError)) throw error;
      t.is(error.code, 'ERR_VALIDATION');
      answers.refused += 1;
    }
  }
  t.true(answers.read > 100 && answers.refused > 100, JSON.stringify(answers));
});
