// What cpio archives and bills of materials say about a thing in a file system. Everything belongs to root.

/** A file, folder or link. */
export interface UnixEntry {
  /** `.`, or a path below it: `./bin/openssl`. */
  readonly path: string;
  readonly type: 'file' | 'directory' | 'symlink';
  /** Permission bits. */
  readonly mode: number;
  /** Bytes of a file, text of a link, nothing of a folder. */
  readonly content: Uint8Array;
}

const typeBits = { file: 0o100000, directory: 0o040000, symlink: 0o120000 } as const;

/** `st_mode`: the type and the permissions. */
export function unixMode({ type, mode }: UnixEntry): number {
  return typeBits[type] | mode;
}
