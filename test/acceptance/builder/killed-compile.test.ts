// A kill -9 in the middle of what compiles.

import { registerKills } from '../../support/killed.ts';

await registerKills('compile');
