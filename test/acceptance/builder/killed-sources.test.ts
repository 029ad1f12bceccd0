// A kill -9 in the middle of what fetches, unpacks and generates.

import test from 'ava';
import { registerKills, seesHalfMade } from '../../support/killed.ts';

const builder = await registerKills('sources');

test.serial('the check of a killed step bites: a half-made result under a key is seen', (t) =>
  seesHalfMade(t, builder, 'bundles', 'ca-bundle.json'),
);
