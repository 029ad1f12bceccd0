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
const shared = 'tsopenssl/lib/shared.cjs';
/** The namespaces `crypto` and `SSL`, and what they share. */
const late = ['SSL', 'crypto'].map((name) => `tsopenssl/lib/${name.toLowerCase()}.cjs`);
const sharedLate = 'tsopenssl/lib/shared-crypto.cjs';
const wrapper = 'tsopenssl/lib/index.js';

/** What takes node time: its public modules, and what finds the names in a CommonJS module. */
const slow = ({ builtIn }: Loaded): string[] =>
  builtIn.filter((name) => !name.startsWith('internal/') || name.includes('cjs-module-lexer'));

test('require leaves crypto and SSL until they are asked for, import reads all, and neither loads a module of node that takes time', async (t) => {
  const project = await installedProject(t);
  const all = await nodes();
  for (const node of all) {
    const required = await ask<Loaded>(t, project, node, ['startup.cjs', 'require']);
    t.deepEqual([required.scripts, slow(required)], [[library, shared], []], node.version);
    const imported = await ask<Loaded>(t, project, node, ['startup.cjs', 'import']);
    t.deepEqual(
      [[...imported.scripts].sort(), slow(imported)],
      [[wrapper, library, shared, sharedLate, ...late].sort(), ['module']],
      node.version,
    );
  }

  const [oldest] = all as [TestedNode];
  const file = (name: string) => path.join(project.dir, 'node_modules', name);
  await writeFile(file('tsopenssl/lib/more.cjs'), '');
  await appendFile(file(library), "\nrequire('node:crypto');\nrequire('./more.cjs');\n");
  const required = await ask<Loaded>(t, project, oldest, ['startup.cjs', 'require']);
  t.deepEqual([...required.scripts].sort(), [library, 'tsopenssl/lib/more.cjs', shared].sort());
  t.true(slow(required).includes('crypto'), slow(required).join());
  const [, names] = /const (\{.*\}) = createRequire/.exec(await readFile(file(wrapper), 'utf8')) ?? [];
  // the getters of the namespaces are no names that node finds there
  const found = names?.replace(/ (crypto|SSL),/g, '');
  await writeFile(file(wrapper), `export ${found} from './index.cjs';\n`);
  const imported = await ask<Loaded>(t, project, oldest, ['startup.cjs', 'import']);
  t.true(
    slow(imported).some((name) => name.includes('cjs-module-lexer')),
    slow(imported).join(),
  );
});
