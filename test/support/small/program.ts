// `npm run dist` over the small source: the same plan, steps and engine as build/cli.ts, in a checkout that
// test/support/small/checkout.ts makes. Runs compiled, since the tests start it often.
//
//   program.js [--until STEP] [--cache DIR] [--out DIR] [--launcher L] …
//   program.js --reduced …               OpenSSL's whole source with few algorithms, not optimised
//   program.js adopt FROM --cache DIR    links what another cache has and was made of the same inputs

import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, symlink } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { consoleReporter, printResult } from '../../../build/console.ts';
import { dist } from '../../../build/dist.ts';
import { keySteps } from '../../../build/engine.ts';
import { makePlan } from '../../../build/make-plan.ts';
import { plannedArtifacts } from '../../../build/pipeline/package-steps.ts';
import { pipelineSteps } from '../../../build/pipeline.ts';
import type { Plan } from '../../../build/plan.ts';
import type { Source } from '../../../build/types.ts';
import { emittedFolder, sourceFile } from './names.ts';

const options = {
  until: { type: 'string' },
  cache: { type: 'string' },
  mirror: { type: 'string' },
  out: { type: 'string' },
  launcher: { type: 'string' },
  toolchain: { type: 'string' },
  jobs: { type: 'string' },
  reduced: { type: 'boolean' },
  format: { type: 'string', multiple: true },
} as const;

const leftOut =
  'aria argon2 async bf blake2 camellia cast cmp cms comp ct des dgram dh dsa dtls ec2m engine gost ml-dsa ml-kem ocsp ocb ' +
  'poly1305 psk quic rc2 rc4 rfc3779 rmd160 scrypt seed siphash siv slh-dsa sm2 sm3 sm4 srp srtp ssl-trace ts whirlpool';

/** Options of Configure for a build of hundreds of files that takes a fraction of the time. */
const reducedOptions: readonly string[] = [...leftOut.split(' ').map((name) => `no-${name}`), '-O0'];

/** The checkout that the program was compiled into. */
const root = import.meta.dirname.slice(0, import.meta.dirname.lastIndexOf(`/${emittedFolder}/`));

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({ options, allowPositionals: true });
  const whole = await makePlan(root, values);
  const { openssl } = whole;
  const reduced = { ...openssl, options: [...openssl.options, ...reducedOptions] };
  const plan = { ...whole, openssl: values.reduced ? reduced : { ...openssl, source: await smallSource() } };
  const [command, from = ''] = positionals;
  if (command === 'adopt') return adopt(plan, from);
  const flags = { explain: false, verbose: false, json: false, until: values.until, trace: undefined };
  printResult(await dist(plan, flags, consoleReporter));
}

async function smallSource(): Promise<Source> {
  return JSON.parse(await readFile(path.join(root, sourceFile), 'utf8')) as Source;
}

/**
 * Inputs of a step without the text of its `run`, which differs between what is compiled and what tsx loads.
 * @param adopted - keys here, and those of the results that were linked to them
 */
function comparable(inputs: unknown, adopted: ReadonlyMap<string, string>): string {
  return JSON.stringify(inputs, (name, value) =>
    name === 'run' ? undefined : (adopted.get(value) ?? value),
  );
}

async function adopt(plan: Plan, from: string): Promise<void> {
  const wanted = plannedArtifacts(plan).map(({ step }) => step);
  const adopted = new Map<string, string>();
  for (const { step, key, inputs } of (await keySteps(pipelineSteps(plan), wanted, plan)).values()) {
    const steps = path.join(from, 'steps', step.name);
    const folder = path.join(plan.cacheDir, 'steps', step.name);
    // a toolchain's programs name the folder of zig, whose key is another one here
    if (step.name.startsWith('toolchain-')) continue;
    for (const other of await readdir(steps).catch(() => [])) {
      const text = await readFile(path.join(steps, other, 'inputs.json'), 'utf8');
      if (comparable(JSON.parse(text), adopted) !== comparable(inputs, adopted)) continue;
      adopted.set(key, other);
      await mkdir(folder, { recursive: true });
      if (!existsSync(path.join(folder, key))) await symlink(path.join(steps, other), path.join(folder, key));
      break;
    }
  }
}

process.umask(0o022);
await main().catch((error: unknown) => {
  consoleReporter.note(String(error));
  process.exitCode = 1;
});
