// The installed package in worker threads, under every node.

import test from 'ava';
import { linuxX64 } from '../../platform/linux/targets.ts';
import { nodes } from '../support/nodes.ts';
import { useInThreads } from '../support/worker-threads.ts';

test('comes and goes with 20 worker threads in turn and at once, because it stays mapped', async (t) =>
  useInThreads(t, linuxX64, await nodes()));
