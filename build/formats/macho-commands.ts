// Load commands of a Mach-O file that hold a version, a text, or the place of a table.
//
//   dylib_command             rpath_command, dylinker_command     build_version_command    version_min_command
//    8 name u32, from cmd     8 name u32, from cmd                 8 platform u32           8 version u32
//   12 timestamp     u32                                          12 minos    u32          12 sdk     u32
//   16 current       u32                                          16 sdk      u32
//   20 compatibility u32      then the text, ended by NUL         20 ntools   u32
//
// A version is xxxx.yy.zz in the nibbles of 32 bits. Source: <mach-o/loader.h> of the macOS SDK.

import type { CheckedBytes } from './checked-bytes.ts';
import type { LoadCommand } from './macho.ts';
import { LC, PLATFORM_MACOS } from './macho-constants.ts';

/** What the file was built for. Versions have two numbers, or three where the third is not 0. */
export interface BuildVersion {
  /** 1 is macOS. */
  readonly platform: number;
  readonly minimumSystem: string;
  readonly sdk: string;
}

/** A library that the loader loads first. */
export interface LoadedDylib {
  readonly name: string;
  /** How it is loaded: with LC_REEXPORT_DYLIB its symbols count as this file's own. */
  readonly command: number;
}

const loadCommands: readonly number[] = [
  LC.LOAD_DYLIB,
  LC.LOAD_WEAK_DYLIB,
  LC.REEXPORT_DYLIB,
  LC.LAZY_LOAD_DYLIB,
  LC.LOAD_UPWARD_DYLIB,
];

/** Names of LC_ID_DYLIB, and all libraries in their order. */
export function readDylibs(
  view: CheckedBytes,
  commands: readonly LoadCommand[],
): { readonly ids: readonly string[]; readonly loaded: readonly LoadedDylib[] } {
  return {
    ids: readTexts(view, commands, LC.ID_DYLIB),
    loaded: commands
      .filter(({ cmd }) => loadCommands.includes(cmd))
      .map((command) => ({ name: readText(view, command), command: command.cmd })),
  };
}

/** The texts of all commands of one kind. */
export function readTexts(
  view: CheckedBytes,
  commands: readonly LoadCommand[],
  cmd: number,
): readonly string[] {
  return commands.filter((command) => command.cmd === cmd).map((command) => readText(view, command));
}

function readText(view: CheckedBytes, { cmd, offset, sizeBytes }: LoadCommand): string {
  const start = view.u32(offset + 8, 'the place of a name');
  const what = `the name of load command 0x${cmd.toString(16)}`;
  if (start < 12 || start >= sizeBytes) view.fail(`wanted ${what} from 12 to ${sizeBytes - 1}, got ${start}`);
  return view.text(offset + start, offset + sizeBytes, what);
}

/** LC_BUILD_VERSION, or LC_VERSION_MIN_MACOSX of older linkers. */
export function readBuildVersion(
  view: CheckedBytes,
  command: LoadCommand | undefined,
): BuildVersion | undefined {
  if (command === undefined) return undefined;
  const isOld = command.cmd === LC.VERSION_MIN_MACOSX;
  const at = command.offset + (isOld ? 8 : 12);
  return {
    platform: isOld ? PLATFORM_MACOS : view.u32(command.offset + 8, 'platform'),
    minimumSystem: versionText(view.u32(at, 'minos')),
    sdk: versionText(view.u32(at + 4, 'sdk')),
  };
}

function versionText(packed: number): string {
  const [major, minor, patch] = [packed >>> 16, (packed >>> 8) & 0xff, packed & 0xff];
  return patch === 0 ? `${major}.${minor}` : `${major}.${minor}.${patch}`;
}

/** Some bytes of the file. */
export interface BytePlace {
  readonly offset: number;
  readonly sizeBytes: number;
}

/** An offset and a size, u32 each, that lie in the file. */
export function readPlace(view: CheckedBytes, at: number, what: string): BytePlace {
  const place = { offset: view.u32(at, what), sizeBytes: view.u32(at + 4, what) };
  view.expectRange(place.offset, place.sizeBytes, what);
  return place;
}
