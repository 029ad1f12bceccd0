import test from 'ava';
import { findTrustProblem, type PathFacts } from '../../../addon/lib/configuration/trust-rule.ts';

const root: PathFacts = { path: '/', kind: 'directory', uid: 0, mode: 0o40755 };
const etc: PathFacts = { path: '/etc', kind: 'directory', uid: 0, mode: 0o40755 };
const ssl: PathFacts = { path: '/etc/ssl', kind: 'directory', uid: 0, mode: 0o40755 };
const file: PathFacts = { path: '/etc/ssl/openssl.cnf', kind: 'file', uid: 0, mode: 0o100644 };

/** A way, and what is wrong with it. */
interface Row {
  readonly way: readonly PathFacts[];
  readonly problem: string | undefined;
}

const rows: Readonly<Record<string, Row>> = {
  'as distributions ship it': { way: [root, etc, ssl, file], problem: undefined },
  'closed to everybody else': {
    way: [root, { ...ssl, mode: 0o40700 }, { ...file, mode: 0o100600 }],
    problem: undefined,
  },
  'set-user-ID, set-group-ID and executable bits do not write': {
    way: [root, { ...ssl, mode: 0o42755 }, { ...file, mode: 0o106755 }],
    problem: undefined,
  },
  'a file of another user': {
    way: [root, etc, ssl, { ...file, uid: 1000 }],
    problem: '/etc/ssl/openssl.cnf belongs to uid 1000, wanted 0',
  },
  'a file of nobody, as a user namespace shows what it does not map': {
    way: [root, etc, ssl, { ...file, uid: 65534 }],
    problem: '/etc/ssl/openssl.cnf belongs to uid 65534, wanted 0',
  },
  'a folder of another user above the file': {
    way: [root, { ...etc, uid: 7 }, ssl, file],
    problem: '/etc belongs to uid 7, wanted 0',
  },
  'a file that its group writes, or an access-control list lets somebody': {
    way: [root, etc, ssl, { ...file, mode: 0o100664 }],
    problem: '/etc/ssl/openssl.cnf can be written by its group (mode 0664)',
  },
  'a file that everybody writes': {
    way: [root, etc, ssl, { ...file, mode: 0o100646 }],
    problem: '/etc/ssl/openssl.cnf can be written by everybody (mode 0646)',
  },
  'a folder that its group writes': {
    way: [root, etc, { ...ssl, mode: 0o40775 }, file],
    problem: '/etc/ssl can be written by its group (mode 0775)',
  },
  'a sticky folder, where anyone may add a name': {
    way: [root, { path: '/tmp', kind: 'directory', uid: 0, mode: 0o41757 }, file],
    problem: '/tmp can be written by everybody (mode 1757)',
  },
  'the root itself': {
    way: [{ ...root, mode: 0o40777 }, etc, ssl, file],
    problem: '/ can be written by its group (mode 0777)',
  },
  'a pipe or a device': {
    way: [root, etc, ssl, { ...file, kind: 'other' }],
    problem: '/etc/ssl/openssl.cnf is neither a file nor a folder',
  },
};

for (const [title, { way, problem }] of Object.entries(rows)) {
  test(`${problem === undefined ? 'trusts' : 'refuses'}: ${title}`, (t) => {
    t.is(findTrustProblem(way), problem);
  });
}
