// A kill -9 in the middle of what compiles.

import test from 'ava';
import { registerKills, seesHalfMade } from '../../support/killed.ts';

const builder = await registerKills('compile');

test.serial('the check of a killed step bites: a half-compiled result under a key is seen', (t) =>
  seesHalfMade(t, builder, 'compile-linux-x64', 'lib/libcrypto.a'),
);
