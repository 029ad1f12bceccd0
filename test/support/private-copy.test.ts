import { chmod, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import { firstTreeDifference, isAsStamped, recordTree } from '../../build/tree-record.ts';
import { temporaryFolder } from './folder.ts';
import { privateCopy } from './private-copy.ts';

test('whatever happens in a private copy, the kept folder is unchanged', async (t) => {
  const from = path.join(await temporaryFolder(t), 'kept');
  await mkdir(path.join(from, 'folder'), { recursive: true });
  await chmod(from, 0o711);
  await writeFile(path.join(from, 'text'), 'text');
  await writeFile(path.join(from, 'folder/text'), 'text');
  const record = await recordTree(from);

  const copy = await privateCopy(t, from);
  t.is((await stat(copy)).mode & 0o777, 0o711);
  t.is(await readFile(path.join(copy, 'folder/text'), 'utf8'), 'text');
  await writeFile(path.join(copy, 'text'), 'other');
  await chmod(path.join(copy, 'folder/text'), 0o600);
  await writeFile(path.join(copy, 'folder/more'), '');
  await rm(path.join(copy, 'folder/text'));
  t.deepEqual(await readdir(path.join(copy, 'folder')), ['more']);

  t.true(isAsStamped(from, record));
  // the check bites: the same change in the folder itself is seen
  await writeFile(path.join(from, 'text'), 'other');
  t.false(isAsStamped(from, record));
  t.regex(firstTreeDifference(record, await recordTree(from)) ?? '', /^text was changed/);
});
