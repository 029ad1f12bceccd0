// Reads a security descriptor of Windows in its text form (SDDL): the owner and the list of who may do what. [MS-DTYP]
// section 2.5.1. What is not known is kept as it is, so that nobody is trusted for being misread.

/** Who may do what: an entry of a discretionary access-control list (DACL). */
export interface AccessEntry {
  /** `A` allows, `D` denies; `OA`, `OD` do so for a part of an object, which a file has not. */
  readonly type: string;
  /** Two-letter words: `IO` inherit only, `OI`, `CI`, `ID`, … */
  readonly flags: readonly string[];
  /** Access rights as one 32-bit number, generic rights replaced by those of a file. */
  readonly mask: number;
  /** Security identifier, `S-1-…`. */
  readonly sid: string;
}

export interface SecurityDescriptor {
  /** Security identifier of the owner; undefined where the descriptor names none. */
  readonly owner: string | undefined;
  /** In the order in which Windows asks them; undefined where there is no list, so that everybody may do anything. */
  readonly entries: readonly AccessEntry[] | undefined;
}

/** Two-letter names of rights, [MS-DTYP] 2.5.1.1; those of a registry key have no meaning for a file. */
const rights: Readonly<Record<string, number>> = {
  CC: 0x1, // FILE_READ_DATA, FILE_LIST_DIRECTORY
  DC: 0x2, // FILE_WRITE_DATA, FILE_ADD_FILE
  LC: 0x4, // FILE_APPEND_DATA, FILE_ADD_SUBDIRECTORY
  SW: 0x8, // FILE_READ_EA
  RP: 0x10, // FILE_WRITE_EA
  WP: 0x20, // FILE_EXECUTE, FILE_TRAVERSE
  DT: 0x40, // FILE_DELETE_CHILD
  LO: 0x80, // FILE_READ_ATTRIBUTES
  CR: 0x100, // FILE_WRITE_ATTRIBUTES
  SD: 0x1_0000, // DELETE
  RC: 0x2_0000, // READ_CONTROL
  WD: 0x4_0000, // WRITE_DAC
  WO: 0x8_0000, // WRITE_OWNER
  FA: 0x1f_01ff, // FILE_ALL_ACCESS
  FR: 0x12_0089, // FILE_GENERIC_READ
  FW: 0x12_0116, // FILE_GENERIC_WRITE
  FX: 0x12_00a0, // FILE_GENERIC_EXECUTE
  GA: 0x1000_0000, // GENERIC_ALL
  GX: 0x2000_0000, // GENERIC_EXECUTE
  GW: 0x4000_0000, // GENERIC_WRITE
  GR: 0x8000_0000, // GENERIC_READ
};

/** What the generic rights stand for on a file or folder. */
const genericRights: readonly (readonly [generic: number, file: number])[] = [
  [rights.GA ?? 0, rights.FA ?? 0],
  [rights.GX ?? 0, rights.FX ?? 0],
  [rights.GW ?? 0, rights.FW ?? 0],
  [rights.GR ?? 0, rights.FR ?? 0],
];

/** Two-letter names of well-known identifiers, [MS-DTYP] 2.5.1.1. Those of a domain have no fixed number. */
const aliases: Readonly<Record<string, string>> = {
  AN: 'S-1-5-7',
  AO: 'S-1-5-32-548',
  AU: 'S-1-5-11',
  BA: 'S-1-5-32-544',
  BG: 'S-1-5-32-546',
  BO: 'S-1-5-32-551',
  BU: 'S-1-5-32-545',
  CG: 'S-1-3-1',
  CO: 'S-1-3-0',
  IU: 'S-1-5-4',
  LS: 'S-1-5-19',
  NS: 'S-1-5-20',
  NU: 'S-1-5-2',
  OW: 'S-1-3-4',
  PU: 'S-1-5-32-547',
  SO: 'S-1-5-32-549',
  SU: 'S-1-5-6',
  SY: 'S-1-5-18',
  WD: 'S-1-1-0',
};

/**
 * Parses the owner and the DACL; a group and a SACL are passed over.
 * @param text - such as `O:BAG:SYD:PAI(A;OICI;FA;;;BA)`
 * @throws {SyntaxError} it is none, or has an entry with a condition in parentheses of its own
 */
export function parseSecurityDescriptor(text: string): SecurityDescriptor {
  const parts = splitParts(text);
  const dacl = parts.get('D');
  const owner = parts.get('O');
  return {
    owner: owner === undefined ? undefined : sidOf(owner),
    entries: dacl === undefined || /^[^(]*NO_ACCESS_CONTROL/.test(dacl) ? undefined : parseEntries(dacl),
  };
}

/** `O:…`, `G:…`, `D:…` and `S:…`; inside of an entry's parentheses a colon begins no part. */
function splitParts(text: string): ReadonlyMap<string, string> {
  const parts = new Map<string, string>();
  let rest = text;
  while (rest !== '') {
    const part = /^([OGDS]):((?:[^():]|\([^()]*\))*?)(?=[OGDS]:|$)/.exec(rest);
    if (part === null) throw new SyntaxError(`Expected a security descriptor, got ${text}`);
    const [whole, letter = '', value = ''] = part;
    parts.set(letter, value);
    rest = rest.slice(whole.length);
  }
  return parts;
}

function parseEntries(dacl: string): AccessEntry[] {
  const entries = dacl.slice(dacl.indexOf('(') === -1 ? dacl.length : dacl.indexOf('('));
  return [...entries.matchAll(/\(([^()]*)\)/g)].map(([, entry = '']) => {
    const [type = '', flags = '', mask = '', , , sid] = entry.split(';');
    if (sid === undefined)
      throw new SyntaxError(`Expected six fields in an access-control entry, got (${entry})`);
    return { type, flags: flags.match(/../g) ?? [], mask: parseMask(mask), sid: sidOf(sid) };
  });
}

/** `0x1200a9`, decimal, or two-letter names one after the other. An unknown name counts as every right. */
function parseMask(text: string): number {
  const number = /^(0x[0-9a-f]+|\d+)$/i.test(text)
    ? Number(text)
    : (text.match(/..?/g) ?? []).reduce((mask, name) => mask | (rights[name] ?? 0xffff_ffff), 0);
  return (
    genericRights.reduce((mask, [generic, file]) => ((mask & generic) === 0 ? mask : mask | file), number) >>>
    0
  );
}

function sidOf(text: string): string {
  return aliases[text] ?? text;
}
