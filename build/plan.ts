// What one build is to make: the command line and the recipes, resolved. Steps read this and nothing else.

import type { Reporter } from './console.ts';
import type { JsonObject } from './store.ts';
import type { CertdataRecipe, Format, OpenSSLRecipe, PackageInfo, Target, ToolchainId } from './types.ts';

export interface Plan {
  /** The checkout, absolute. */
  readonly root: string;
  readonly targets: readonly Target[];
  /** What was asked for; the targets' `compilers` say what it comes to. */
  readonly toolchain: ToolchainId;
  readonly openssl: OpenSSLRecipe;
  readonly certdata: CertdataRecipe;
  readonly info: PackageInfo;
  /** Formats to make; a target has only some of them. */
  readonly formats: readonly Format[];
  /** Seconds since 1970: every time stamp of every artifact. */
  readonly epochSeconds: number;
  /** Jobs of make. Changes nothing in the output. */
  readonly jobs: number;
  /** ccache, sccache or distcc, absolute. Changes nothing in the output. */
  readonly launcher: string | undefined;
  readonly mirrorDir: string | undefined;
  readonly cacheDir: string;
  readonly outDir: string;
}

/** What a running step is handed. */
export interface StepContext {
  readonly plan: Plan;
  /** Empty folder to write the result into. */
  readonly dir: string;
  /** Empty folder for what is needed on the way; it goes when the step ends. */
  readonly scratchDir: string;
  /** File for the output of started programs. */
  readonly log: string;
  /** The finished result of a step named in `needs`. */
  result(step: string): string;
  readonly progress: (doneBytes: number, totalBytes: number) => void;
  readonly note: Reporter['note'];
}

/** One step of the pipeline. */
export interface Step {
  readonly name: string;
  /** Steps whose results it reads. */
  readonly needs: readonly string[];
  /** Everything that goes in beside its needs and its code. */
  inputs(plan: Plan): Promise<JsonObject> | JsonObject;
  /**
   * What its result is, where that does not depend on how it was made, such as a digest that the step checks: then what
   * reads the result is keyed by this instead of by the step's key.
   */
  identity?(plan: Plan): Promise<string> | string;
  /**
   * Seconds that it takes on two cores, roughly; 1 if not given. Decides which of several steps starts first, and nothing else.
   */
  readonly costSeconds?: number;
  /** Whether it starts as many programs as there are jobs: no two such steps run at once, since neither would end sooner. */
  readonly usesAllCores?: boolean;
  /**
   * Programs of this machine that it starts, beside sh and what every system has. What `build/debian-packages.ts` knows and is
   * missing is installed before the step runs.
   */
  programs?(plan: Plan): readonly string[];
  /** Where `run` is written, `file#declaration`: its text is part of the key. Without it, what JavaScript tells of `run` is. */
  readonly definition?: string;
  /** The step's own code: files and folders below the checkout that are part of the key; of a module, its program counts. */
  readonly code: readonly string[];
  run(context: StepContext): Promise<void>;
}
