// What node loads with the installed package. Time is not asserted, since machines differ; what takes it is: each file of the
// package, and modules of node that hardly any program has loaded already (`npm run bench -- startup` measures).

import { appendFile, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import { nodes, type TestedNode } from '../support/nodes.ts';
import { ask, installedProject } from '../support/npm-project.ts';

interface Loaded {
  /** Files of packages, from node_modules on. */
  readonly scripts: readonly string[];
  /** Modules of node. */
  readonly builtIn: readonly string[];
}

const library = 'tsopenssl/lib/index.cjs';
const wrapper = 'tsopenssl/lib/index.js';

/** What takes node time: its public modules, and what finds the names in a CommonJS module. */
const slow = ({ builtIn }: Loaded): string[] =>
  builtIn.filter((name) => !name.startsWith('internal/') || name.includes('cjs-module-lexer'));

test('require and import leave the namespaces until they are asked for, and load no module of node that takes time', async (t) => {
  const project = await installedProject(t);
  const all = await nodes();
  for (const node of all) {
    const required = await ask<Loaded>(t, project, node, ['startup.cjs', 'require']);
    t.deepEqual([required.scripts, slow(required)], [[library], []], node.version);
    const imported = await ask<Loaded>(t, project, node, ['startup.cjs', 'import']);
    t.deepEqual(
      [[...imported.scripts].sort(), slow(imported)],
      [[wrapper, library].sort(), ['module']],
      node.version,
    );
    const used = await ask<Loaded>(t, project, node, ['startup.cjs', 'import', 'SSL']);
    t.true(used.scripts.includes('tsopenssl/lib/ssl.cjs'), node.version);
    t.false(used.scripts.includes('tsopenssl/lib/https.cjs'), node.version);
  }

  const [oldest] = all as [TestedNode];
  const file = (name: string) => path.join(project.dir, 'node_modules', name);
  await writeFile(file('tsopenssl/lib/more.cjs'), '');
  await appendFile(file(library), "\nrequire('node:crypto');\nrequire('./more.cjs');\n");
  const required = await ask<Loaded>(t, project, oldest, ['startup.cjs', 'require']);
  t.deepEqual([...required.scripts].sort(), [library, 'tsopenssl/lib/more.cjs'].sort());
  t.true(slow(required).includes('crypto'), slow(required).join());
  const [, names] = /const (\{.*\}) = createRequire/.exec(await readFile(file(wrapper), 'utf8')) ?? [];
  await writeFile(file(wrapper), `export ${names} from './index.cjs';\n`);
  const imported = await ask<Loaded>(t, project, oldest, ['startup.cjs', 'import']);
  t.true(
    slow(imported).some((name) => name.includes('cjs-module-lexer')),
    slow(imported).join(),
  );
});
