// The builder's own compilers, for tests that link the addon in other ways than the builder does.

import path from 'node:path';
import { run } from '../../build/process.ts';
import { stepResult } from './step-result.ts';
import { copyZigCache } from './zig-cache.ts';

/** What a compiler needs to know, all absolute. */
export interface Compiler {
  /** OpenSSL as it was installed, with headers and static libraries. */
  readonly openssl: string;
  /** Headers of Node-API. */
  readonly nodeInclude: string;
  /** Runs `zig-cc` or `zig-c++`. */
  readonly compile: (program: 'zig-cc' | 'zig-c++', args: readonly string[], cwd: string) => Promise<void>;
}

/** Finds them among the results of the builder's steps. */
export async function builderCompiler(): Promise<Compiler> {
  const toolchain = await stepResult('toolchain');
  const env = await copyZigCache('cxx');
  return {
    openssl: await stepResult('compile'),
    nodeInclude: path.join(await stepResult('node-headers'), 'include/node'),
    async compile(program, args, cwd) {
      await run([path.join(toolchain, 'bin', program), ...args], { cwd, env });
    },
  };
}
