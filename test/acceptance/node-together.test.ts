// Several copies of the installed package in one process, beside node's own crypto and TLS, under every node.

import test from 'ava';
import { linuxX64 } from '../../platform/linux/targets.ts';
import { useTogether } from '../support/copies-together.ts';
import { nodes } from '../support/nodes.ts';

test('lives in one process with other copies of itself, while node itself shakes hands', async (t) =>
  useTogether(t, linuxX64, await nodes()));
