// The rule against a table of security descriptors as Windows itself makes them (what `Get-Acl` prints as Sddl), and
// against each of them with one thing changed.

import test from 'ava';
import { parseSecurityDescriptor } from '../../../addon/lib/configuration/security-descriptor.ts';
import {
  findProblemAbove,
  findWindowsTrustProblem,
  type WindowsPathFacts,
} from '../../../addon/lib/configuration/trust-rule-windows.ts';

const trustedInstaller = 'S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464';
const user = 'S-1-5-21-1085031214-1563985344-725345543-1001';
const administrator = 'S-1-5-21-1085031214-1563985344-725345543-500';

/** `C:\` of Windows 10 and 11: every user may add folders, and may do what he likes in those. */
const systemDrive = `O:${trustedInstaller}G:${trustedInstaller}D:PAI(A;;LC;;;AU)(A;OICIIO;SDGXGWGR;;;AU)(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)(A;OICI;0x1200a9;;;BU)`;
/** `D:\` as Windows formats it: every user may delete and write. */
const dataDrive =
  'O:BAG:SYD:AI(A;;0x1301bf;;;AU)(A;OICIIO;SDGXGWGR;;;AU)(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)(A;OICI;0x1200a9;;;BU)';
/** `C:\` of Windows XP and Server 2003. */
const oldSystemDrive =
  'O:BAG:SYD:PAI(A;OICI;0x1200a9;;;BU)(A;CI;LC;;;BU)(A;CIIO;DC;;;BU)(A;OICIIO;GA;;;CO)(A;OICI;FA;;;BA)(A;OICI;FA;;;SY)(A;;0x1200a9;;;WD)';
/** A folder as this project's installer makes it, and a file in it. */
const protectedFolder = 'O:BAG:BAD:P(A;OICI;FA;;;BA)(A;OICI;FA;;;SY)(A;OICI;0x1200a9;;;BU)';
const protectedFile = 'O:BAG:BAD:(A;ID;FA;;;BA)(A;ID;FA;;;SY)(A;ID;0x1200a9;;;BU)';
/** A new folder in `C:\` with what it inherits; whoever made it owns it. */
const inheritedFolder = (owner: string) =>
  `O:${owner}G:${owner}D:AI(A;ID;FA;;;SY)(A;OICIIOID;GA;;;SY)(A;ID;FA;;;BA)(A;OICIIOID;GA;;;BA)(A;OICIID;0x1200a9;;;BU)(A;ID;0x1301bf;;;AU)(A;OICIIOID;SDGXGWGR;;;AU)`;
const inheritedFile = (owner: string) =>
  `O:${owner}G:${owner}D:AI(A;ID;FA;;;SY)(A;ID;FA;;;BA)(A;ID;0x1200a9;;;BU)(A;ID;0x1301bf;;;AU)`;
const programFiles = `O:${trustedInstaller}G:${trustedInstaller}D:PAI(A;OICIIO;GA;;;CO)(A;OICIIO;GA;;;SY)(A;;0x1301bf;;;SY)(A;OICIIO;GA;;;BA)(A;;0x1301bf;;;BA)(A;OICIIO;GXGR;;;BU)(A;;0x1200a9;;;BU)(A;CIIO;GA;;;${trustedInstaller})(A;;FA;;;${trustedInstaller})(A;;0x1200a9;;;AC)(A;OICIIO;GXGR;;;AC)(A;;0x1200a9;;;S-1-15-2-2)(A;OICIIO;GXGR;;;S-1-15-2-2)`;
const inProgramFiles = 'O:BAG:SYD:AI(A;ID;FA;;;SY)(A;ID;FA;;;BA)(A;ID;0x1200a9;;;BU)(A;ID;0x1200a9;;;AC)';
/** What wine answers for everything of a user of Linux. */
const wine = 'O:S-1-5-21-0-0-0-1000D:(A;OICI;FA;;;SY)(A;OICI;FA;;;S-1-5-21-0-0-0-1000)(A;OICI;0x1200a9;;;WD)';

function facts(path: string, descriptor: string, changes: Partial<WindowsPathFacts> = {}): WindowsPathFacts {
  const kind = path.endsWith('.cnf') ? 'file' : 'directory';
  return { path, kind, isReparsePoint: false, finalPath: `\\\\?\\${path}`, descriptor, ...changes };
}

const root = facts('C:\\', systemDrive);
const folder = facts('c:\\openssl', protectedFolder);
const file = facts('c:\\openssl\\openssl.cnf', protectedFile);

/** What is wrong with a way; undefined where nothing is. */
interface Row {
  readonly way: readonly WindowsPathFacts[];
  readonly problem?: string;
}

const ownerWanted = 'wanted Administrators, SYSTEM or TrustedInstaller';

const rows: Readonly<Record<string, Row>> = {
  'what the installer makes, in a drive where every user may make folders': { way: [root, folder, file] },
  'what the installer makes, on an old Windows': { way: [facts('C:\\', oldSystemDrive), folder, file] },
  'a file below Program Files': {
    way: [
      root,
      facts('C:\\Program Files', programFiles),
      facts('C:\\Program Files\\openssl', inProgramFiles),
      facts('C:\\Program Files\\openssl\\openssl.cnf', inProgramFiles),
    ],
  },
  'Windows made the letters of a path large': {
    way: [
      root,
      { ...folder, finalPath: '\\\\?\\C:\\OpenSSL' },
      { ...file, finalPath: '\\\\?\\C:\\OpenSSL\\OPENSSL.CNF' },
    ],
  },
  'a folder that an include names': { way: [root, folder, facts('c:\\openssl\\conf.d', protectedFolder)] },
  'SYSTEM as the owner': {
    way: [root, { ...folder, descriptor: protectedFolder.replace('O:BA', 'O:SY') }, file],
  },
  'a list that lets nobody in': { way: [root, folder, { ...file, descriptor: 'O:BAG:BAD:P' }] },
  'the folder of a user in the root, the textbook case': {
    way: [
      root,
      facts('c:\\openssl', inheritedFolder(user)),
      facts('c:\\openssl\\openssl.cnf', inheritedFile(user)),
    ],
    problem: `c:\\openssl belongs to ${user}, ${ownerWanted}`,
  },
  'the folder of an administrator who let it inherit': {
    way: [
      root,
      facts('c:\\openssl', inheritedFolder('BA')),
      facts('c:\\openssl\\openssl.cnf', inheritedFile('BA')),
    ],
    problem: 'c:\\openssl can be changed by Authenticated Users (S-1-5-11) (FILE_WRITE_DATA)',
  },
  'a file that a user put into a protected folder before it was protected': {
    way: [root, folder, facts('c:\\openssl\\openssl.cnf', inheritedFile(user))],
    problem: `c:\\openssl\\openssl.cnf belongs to ${user}, ${ownerWanted}`,
  },
  'one account that is an administrator, which is not all of them': {
    way: [root, { ...folder, descriptor: protectedFolder.replace('O:BA', `O:${administrator}`) }, file],
    problem: `c:\\openssl belongs to ${administrator}, ${ownerWanted}`,
  },
  'the account named Administrator, by the two letters of its domain': {
    way: [root, { ...folder, descriptor: protectedFolder.replace('O:BA', 'O:LA') }, file],
    problem: `c:\\openssl belongs to LA, ${ownerWanted}`,
  },
  'a drive where every user may delete': {
    way: [
      facts('D:\\', dataDrive),
      facts('D:\\openssl', protectedFolder),
      facts('D:\\openssl\\openssl.cnf', protectedFile),
    ],
    problem: 'D:\\ can be changed by Authenticated Users (S-1-5-11) (DELETE)',
  },
  'a drive of a user': {
    way: [facts('C:\\', systemDrive.replace(`O:${trustedInstaller}`, `O:${user}`)), folder, file],
    problem: `C:\\ belongs to ${user}, ${ownerWanted}`,
  },
  'a service that calls itself an installer': {
    way: [facts('C:\\', systemDrive.replaceAll('2271478464', '2271478465')), folder, file],
    problem: `C:\\ belongs to ${trustedInstaller.replace('2271478464', '2271478465')}, ${ownerWanted}`,
  },
  'a file right in the root, where every user may add folders': {
    way: [root, facts('c:\\openssl.cnf', protectedFile)],
    problem: 'C:\\ can be changed by Authenticated Users (S-1-5-11) (FILE_APPEND_DATA)',
  },
  'a folder above in which a user may delete': {
    way: [
      root,
      facts('c:\\a', `${protectedFolder}(A;;DT;;;BU)`),
      facts('c:\\a\\b', protectedFolder),
      facts('c:\\a\\b\\x.cnf', protectedFile),
    ],
    problem: 'c:\\a can be changed by Users (S-1-5-32-545) (FILE_DELETE_CHILD)',
  },
  'a junction': {
    way: [root, { ...folder, isReparsePoint: true, finalPath: '\\\\?\\C:\\openssl' }, file],
    problem: 'c:\\openssl is a symbolic link or a junction',
  },
  'a drive letter that stands for a folder (subst)': {
    way: [{ ...root, finalPath: '\\\\?\\C:\\Users\\Public' }, folder, file],
    problem: 'C:\\ leads to C:\\Users\\Public',
  },
  'a drive of another machine': {
    way: [{ ...root, path: 'Z:\\', finalPath: '\\\\?\\UNC\\server\\share\\' }, folder, file],
    problem: 'Z:\\ leads to \\\\server\\share\\',
  },
  'a short name': {
    way: [root, facts('C:\\PROGRA~1', programFiles, { finalPath: '\\\\?\\C:\\Program Files' }), file],
    problem: 'C:\\PROGRA~1 leads to C:\\Program Files',
  },
  'a pipe or a device': {
    way: [root, folder, { ...file, kind: 'other', finalPath: '', descriptor: '' }],
    problem: 'c:\\openssl\\openssl.cnf is neither a file nor a folder',
  },
  'a file system without owners': {
    way: [root, folder, { ...file, descriptor: '' }],
    problem: 'c:\\openssl\\openssl.cnf has no owner',
  },
  'no access list (a NULL DACL): everybody may do anything': {
    way: [root, folder, { ...file, descriptor: 'O:BAG:BAD:NO_ACCESS_CONTROL' }],
    problem: 'c:\\openssl\\openssl.cnf has no access-control list, so everybody may change it',
  },
  'a descriptor without a list': {
    way: [root, { ...folder, descriptor: 'O:BAG:BA' }, file],
    problem: 'c:\\openssl has no access-control list, so everybody may change it',
  },
  'what is no descriptor': {
    way: [root, { ...folder, descriptor: 'mystery' }, file],
    problem: 'c:\\openssl has rights that cannot be read: mystery',
  },
  'an entry with a condition, which is not weighed': {
    way: [root, { ...folder, descriptor: `${protectedFolder}(XA;;FR;;;WD;(@User.Title == "D:x"))` }, file],
    problem: `c:\\openssl has rights that cannot be read: ${protectedFolder}(XA;;FR;;;WD;(@User.Title == "D:x"))`,
  },
  'all that wine shows': {
    way: [facts('C:\\', wine), facts('c:\\openssl', wine), facts('c:\\openssl\\openssl.cnf', wine)],
    problem: `C:\\ belongs to S-1-5-21-0-0-0-1000, ${ownerWanted}`,
  },
};

for (const [title, { way, problem }] of Object.entries(rows)) {
  test(`${problem === undefined ? 'trusts' : 'refuses'} ${title}`, (t) => {
    t.is(findWindowsTrustProblem(way), problem);
  });
}

/** An entry that is put into the list of a trusted file, and the right by which it is refused. */
const entries: Readonly<Record<string, string | undefined>> = {
  '(A;;0x1200a9;;;WD)': undefined,
  '(A;;FR;;;AN)': undefined,
  '(A;;GRGX;;;BG)': undefined,
  '(A;;FRFX;;;S-1-5-21-1-2-3-1001)': undefined,
  '(A;;RC;;;IU)': undefined,
  '(A;OICIIO;FA;;;WD)': undefined,
  '(A;;FA;;;CO)': undefined,
  '(A;;FA;;;S-1-3-4)': undefined,
  '(D;;FA;;;WD)': undefined,
  '(D;;FW;;;BU)(A;;0x120116;;;BU)': undefined,
  '(D;;FA;;;BU)(D;;FA;;;AU)(A;;FA;;;AU)': undefined,
  [`(A;;FA;;;${trustedInstaller})`]: undefined,
  '(A;;FA;;;WD)': 'Everyone (S-1-1-0) (FILE_WRITE_DATA)',
  '(A;;GA;;;S-1-1-0)': 'Everyone (S-1-1-0) (FILE_WRITE_DATA)',
  '(A;;GW;;;AU)': 'Authenticated Users (S-1-5-11) (FILE_WRITE_DATA)',
  '(A;;0x40000000;;;BU)': 'Users (S-1-5-32-545) (FILE_WRITE_DATA)',
  '(A;;268435456;;;IU)': 'INTERACTIVE (S-1-5-4) (FILE_WRITE_DATA)',
  '(A;;FW;;;BG)': 'Guests (S-1-5-32-546) (FILE_WRITE_DATA)',
  '(A;;LC;;;AN)': 'ANONYMOUS LOGON (S-1-5-7) (FILE_APPEND_DATA)',
  '(A;;RP;;;PU)': 'Power Users (S-1-5-32-547) (FILE_WRITE_EA)',
  '(A;;CR;;;NS)': 'NETWORK SERVICE (S-1-5-20) (FILE_WRITE_ATTRIBUTES)',
  '(A;;SD;;;SU)': 'SERVICE (S-1-5-6) (DELETE)',
  '(A;;DT;;;NU)': 'NETWORK (S-1-5-2) (FILE_DELETE_CHILD)',
  '(A;;WD;;;LS)': 'LOCAL SERVICE (S-1-5-19) (WRITE_DAC)',
  '(A;;WO;;;DU)': 'DU (WRITE_OWNER)',
  [`(A;ID;0x1301bf;;;${user})`]: `${user} (FILE_WRITE_DATA)`,
  '(A;;FA;;;S-1-15-2-1)': 'S-1-15-2-1 (FILE_WRITE_DATA)',
  '(A;;FA;;;S-1-16-12288)': 'S-1-16-12288 (FILE_WRITE_DATA)',
  '(A;;ZZ;;;BU)': 'Users (S-1-5-32-545) (FILE_WRITE_DATA)',
  '(A;OICIIO;FA;;;WD)(A;;FW;;;WD)': 'Everyone (S-1-1-0) (FILE_WRITE_DATA)',
  '(A;;FW;;;BU)(D;;FW;;;BU)': 'Users (S-1-5-32-545) (FILE_WRITE_DATA)',
  '(D;;DC;;;BU)(A;;FW;;;BU)': 'Users (S-1-5-32-545) (FILE_APPEND_DATA)',
  '(D;;FA;;;WD)(A;;FA;;;AN)': 'ANONYMOUS LOGON (S-1-5-7) (FILE_WRITE_DATA)',
  '(D;IO;FA;;;BU)(A;;FA;;;BU)': 'Users (S-1-5-32-545) (FILE_WRITE_DATA)',
  '(OD;;FA;;;BU)(OA;;FA;;;BU)': 'Users (S-1-5-32-545) (FILE_WRITE_DATA)',
  '(OA;;FA;;;WD)': 'Everyone (S-1-1-0) (FILE_WRITE_DATA)',
};

test('weighs each entry of an access list: whom, which rights, inherited or to be inherited, refused before', (t) => {
  for (const [entry, grant] of Object.entries(entries)) {
    const way = [root, folder, { ...file, descriptor: protectedFile.replace('D:', `D:${entry}`) }];
    const problem = grant === undefined ? undefined : `${file.path} can be changed by ${grant}`;
    t.is(findWindowsTrustProblem(way), problem, entry);
  }
});

test('asks of a folder above only that nobody replaces what is in it', (t) => {
  for (const right of ['DC', 'LC', 'RP', 'CR', 'FR', 'FX', 'FW', 'GW']) {
    t.is(findProblemAbove(facts('C:\\a', `${protectedFolder}(A;;${right};;;WD)`)), undefined, right);
  }
  for (const right of ['SD', 'DT', 'WD', 'WO', 'FA', 'GA', '0x1301bf']) {
    const problem = findProblemAbove(facts('C:\\a', `${protectedFolder}(A;;${right};;;WD)`));
    t.regex(
      problem ?? '',
      /^C:\\a can be changed by Everyone \(S-1-1-0\) \((DELETE|FILE_DELETE_CHILD|WRITE_DAC|WRITE_OWNER)\)$/,
      right,
    );
  }
});

test('reads a descriptor: owner, list, flags, names of rights and of identifiers', (t) => {
  t.deepEqual(
    parseSecurityDescriptor('O:SYG:BAD:PAI(A;OICIID;SDGR;;;BU)(D;;0x2;;;S-1-5-21-1-2-3-4)S:(ML;;NW;;;LW)'),
    {
      owner: 'S-1-5-18',
      entries: [
        { type: 'A', flags: ['OI', 'CI', 'ID'], mask: 0x8013_0089, sid: 'S-1-5-32-545' },
        { type: 'D', flags: [], mask: 2, sid: 'S-1-5-21-1-2-3-4' },
      ],
    },
  );
  t.deepEqual(parseSecurityDescriptor('D:'), { owner: undefined, entries: [] });
  t.deepEqual(parseSecurityDescriptor('D:PNO_ACCESS_CONTROL'), { owner: undefined, entries: undefined });
  t.throws(() => parseSecurityDescriptor('O:BAD:(A;;FA)'), {
    instanceOf: SyntaxError,
    message: 'Expected six fields in an access-control entry, got (A;;FA)',
  });
  t.throws(() => parseSecurityDescriptor('BA'), {
    instanceOf: SyntaxError,
    message: 'Expected a security descriptor, got BA',
  });
});
