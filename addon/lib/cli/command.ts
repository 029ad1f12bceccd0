// What a command of `tsopenssl` is.

/** A result for people and for programs. */
export interface Result {
  /** Printed to stdout, a line end is added; nothing is printed where it is empty. */
  readonly text: string;
  /** Printed as JSON under --json. */
  readonly value: unknown;
  /** Printed to stderr without --json: what an empty result means. */
  readonly note?: string;
}

/** What stood on the command line beside the command's own words. */
export interface Values {
  readonly operands: readonly string[];
  /** Of --purpose, as it was written. */
  readonly purpose: string | undefined;
}

export interface Command {
  /** What calls it: `ca-bundle list`. */
  readonly name: string;
  /** Names of its operands; those in brackets may be left out. */
  readonly operands: readonly string[];
  /** It takes --purpose. */
  readonly takesPurpose: boolean;
  /** One line for the list of commands. */
  readonly summary: string;
  /** Everything below the usage line of --help. */
  readonly help: string;
  run(values: Values): Result | Promise<Result>;
}

/** The command line is wrong: exit status 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
