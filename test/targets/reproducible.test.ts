// Every artifact of every target, packed once more in other surroundings than those of the builder that made dist/.

import { readdir } from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import { firstDifference } from '../../build/first-difference.ts';
import { run } from '../../build/process.ts';
import { digestFile } from '../../build/store.ts';
import { targets } from '../../platform/targets.ts';
import { checkout } from '../support/artifacts.ts';
import { temporaryFolder } from '../support/folder.ts';
import { stepResult } from '../support/step-result.ts';

const program = path.join(checkout, 'test/support/pack-again.ts');

for (const { id } of targets) {
  test.serial(
    `${id}: every format is packed to the same bytes under another umask, zone, locale, folder and number of processors`,
    async (t) => {
      const dir = path.join(await temporaryFolder(t), 'two % words');
      const stages = [await stepResult(`stage-${id}`, id), await stepResult(`stage-development-${id}`, id)];
      const argv = [process.execPath, '--import=tsx', program, id, ...stages, dir];
      await run(['sh', '-c', 'umask 077; exec taskset -c 0 "$@"', 'sh', ...argv], {
        cwd: checkout,
        env: {
          TZ: 'Pacific/Kiritimati',
          LC_ALL: 'tr_TR.UTF-8',
          XZ_DEFAULTS: '--threads=2 -1',
          SOURCE_DATE_EPOCH: '1',
        },
      });

      const names = await readdir(dir);
      t.true(names.length >= 3, names.join());
      for (const name of names) {
        const [again, published] = [path.join(dir, name), path.join(checkout, 'dist', name)];
        const isSame = (await digestFile(again)) === (await digestFile(published));
        t.true(isSame, isSame ? name : `${name}: ${await firstDifference(again, published)}`);
      }
      const [first, second] = names.map((name) => path.join(dir, name));
      t.not(await digestFile(first ?? ''), await digestFile(second ?? ''));
    },
  );
}
