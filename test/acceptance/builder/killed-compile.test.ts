// A kill -9 in the middle of what compiles.

import test from 'ava';
import { registerKills, seesHalfMade } from '../../support/killed.ts';

const builder = await registerKills('compile');

test.serial('the check of a killed step bites: a half-configured tree under a key is seen', (t) =>
  seesHalfMade(t, builder, 'configure-linux-x64', 'configdata.pm'),
);
