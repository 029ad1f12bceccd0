import { readFile } from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import { run } from '../../../build/process.ts';
import { stepResult } from '../../support/step-result.ts';

test("each source of OpenSSL's libraries is compiled once for both of their kinds", async (t) => {
  const tree = await stepResult('configure');
  const makefile = await readFile(path.join(tree, 'Makefile'), 'utf8');
  const twins = [...makefile.matchAll(/^(\S+)-lib-(\S+\.o): /gm)].filter(([, library, name]) =>
    makefile.includes(`\n${library}-shlib-${name}: `),
  );
  t.true(twins.length > 900, `wanted more than 900 objects that are in both, got ${twins.length}`);
  for (const [start, library, name] of twins) {
    t.true(
      makefile.includes(`\n${start}${library}-shlib-${name}\n\tln -f ${library}-shlib-${name} $@\n`),
      start,
    );
  }

  const wouldRun = async (...objects: string[]) => {
    const { stdout } = await run(['make', '--dry-run', '--silent', 'CC=compile', ...objects], { cwd: tree });
    return stdout.match(/^compile /gm)?.length ?? 0;
  };
  const objects = ['crypto/libcrypto-lib-mem.o', 'crypto/libcrypto-shlib-mem.o'];
  t.is(await wouldRun(...objects), 1);
  t.is(await wouldRun(...objects, 'crypto/libcrypto-lib-mem_sec.o'), 2);
});
