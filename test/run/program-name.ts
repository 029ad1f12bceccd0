// The name under which a started program is listed.

import path from 'node:path';

/** Programs that run the one that counts: the name of their script or program is added. */
const runners = /^(node|nodejs|bun|python3?|perl|bash|qemu-.*|wine.*|chroot)$/;

/** Options of these programs that have a word of their own behind them. */
const optionsWithValue = new Set(['--import', '--require', '-r', '--conditions', '-C', '--loader', '-L']);

/** Options whose value is the program text. */
const inline = new Set(['-e', '-p', '-c', '--eval', '--print']);

/**
 * `qemu-aarch64-static node`, `node cli.ts`, `make`. Of a command of a shell it is the first word.
 * @param file - as handed to spawn
 * @param args - its arguments, without the program itself
 */
export function programName(file: string, args: readonly string[]): string {
  const name = path.basename(file);
  const command = args[args.indexOf('-c') + 1];
  if (/^(ba|da)?sh$/.test(name) && args.includes('-c') && command !== undefined) {
    const [first = name, ...rest] = wordsOf(command);
    return programName(first, rest);
  }
  if (name === 'env') {
    const [first, ...rest] = args.filter((word) => !/^(-|[A-Za-z_]\w*=)/.test(word));
    return first === undefined ? name : programName(first, rest);
  }
  const script = runners.test(name) ? scriptOf(args) : undefined;
  return script === undefined ? name : `${name} ${path.basename(script).slice(0, 40)}`;
}

/** The first word that is no option; or the option that is followed by the program text. */
function scriptOf(args: readonly string[]): string | undefined {
  return args.find((word, index) => {
    if (inline.has(word)) return true;
    return !word.startsWith('-') && !optionsWithValue.has(args[index - 1] ?? '');
  });
}

/** The words of a command as far as plain and single-quoted words go. */
function wordsOf(command: string): readonly string[] {
  return [...command.matchAll(/'([^']*)'|([^\s']+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');
}
