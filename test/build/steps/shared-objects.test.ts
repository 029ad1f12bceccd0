import test from 'ava';
import { shareObjects } from '../../../build/steps/shared-objects.ts';

interface Difference {
  readonly source?: string;
  readonly flag?: string;
  readonly lastLine?: string;
}

/** A rule as OpenSSL's Makefile writes them. */
function rule(object: string, { source = 'crypto/mem.c', flag = '-DX', lastLine = '\tfi' }: Difference = {}) {
  const stem = object.replace(/\.[^.]*$/, '');
  return [
    `${object}: ${source}`,
    `\t$(CC)  -Iinclude ${flag} $(LIB_CFLAGS) -MMD -MF ${stem}.d.tmp -c -o $@ ${source}`,
    `\t@if cmp ${stem}.d.tmp ${stem}.d > /dev/null 2> /dev/null; then \\`,
    `\t\trm -f ${stem}.d.tmp; \\`,
    lastLine,
  ].join('\n');
}

const inShared = rule('crypto/libcrypto-shlib-mem.o');
const inStatic = rule('crypto/libcrypto-lib-mem.o');
const linked =
  'crypto/libcrypto-lib-mem.o: crypto/libcrypto-shlib-mem.o\n\tln -f crypto/libcrypto-shlib-mem.o $@';

test('an object that is made by the same commands is a link to the first, before or after it', (t) => {
  t.is(shareObjects(`all:\n\n${inShared}\n${inStatic}\nend:\n`), `all:\n\n${inShared}\n${linked}\nend:\n`);
  t.is(shareObjects(`${inStatic}\n\n${inShared}\n`), `${linked}\n\n${inShared}\n`);
});

test('the objects of Windows are named otherwise', (t) => {
  const other = rule('crypto/libcrypto-shlib-mem.obj');
  const own = rule('crypto/libcrypto-lib-mem.obj');
  t.is(shareObjects(`${other}\n${own}\n`), `${other}\n${linked.replaceAll('.o', '.obj')}\n`);
});

const apart: Readonly<Record<string, string>> = {
  'another flag': rule('crypto/libcrypto-lib-mem.o', { flag: '-DOPENSSL_WINDLL' }),
  'another source': rule('crypto/libcrypto-lib-mem.o', { source: 'crypto/mem_sec.c' }),
  'one more needed file': inStatic.replace('crypto/mem.c\n', 'crypto/mem.c crypto/buildinf.h\n'),
  'another last line': rule('crypto/libcrypto-lib-mem.o', { lastLine: '\tfi; true' }),
  'one more line': `${inStatic}\n\t@true`,
  'another folder': rule('crypto/bn/libcrypto-lib-mem.o'),
  'another library': rule('crypto/libssl-lib-mem.o'),
  'another kind of object': rule('crypto/libcrypto-lib-mem.obj'),
  'no twin': rule('providers/libcommon-lib-mem.o'),
  'a name with the mark in its folder': rule('crypto-lib-/libcrypto-mem.o'),
};

for (const [what, text] of Object.entries(apart)) {
  test(`what is not the same is compiled: ${what}`, (t) => {
    const makefile = `${inShared}\n\n${text}\n`;
    t.is(shareObjects(makefile), makefile);
  });
}
