// X509Extension: the syntax of openssl.cnf's extensions, their encoding, and their text.

import type * as Tsopenssl from '../../../../addon/lib/index.ts';
import { entry } from '../../../support/addon.ts';
import { differential } from '../../../support/differential.ts';
import { freshKey } from '../../../support/fresh-keys.ts';
import { differences } from './differences.ts';

const { crypto } = (await import(entry)) as typeof Tsopenssl;
const { FILETYPE_ASN1, loadCertificate, X509Extension } = crypto;

const { same, sameForEach, bothRefuse, bothRefuseEach, differ, control } = await differential({
  values: { key_pem: freshKey('rsa') },
  python: `
    DER = crypto.FILETYPE_ASN1
    Extension = crypto.X509Extension
    key = crypto.load_privatekey(crypto.FILETYPE_PEM, key_pem)
    def certificate(name, issuer, serial, extensions=()):
        made = crypto.X509()
        made.set_version(2)
        made.set_serial_number(serial)
        for attribute, value in name:
            setattr(made.get_subject(), attribute, value)
        made.set_issuer(issuer.get_subject() if issuer else made.get_subject())
        made.set_pubkey(key)
        made.gmtime_adj_notBefore(0)
        made.gmtime_adj_notAfter(3600)
        made.add_extensions([Extension(name, False, value, subject=made) for name, value in extensions])
        made.sign(key, 'sha256')
        return made
    ca = certificate([('C', 'DE'), ('CN', 'CA')], None, 77,
        [(b'subjectKeyIdentifier', b'hash'), (b'subjectAltName', b'DNS:ca.example.org,email:ca@example.org')])
    bare = certificate([('CN', 'without extensions')], None, 78)
    leaf = certificate([('CN', 'leaf'), ('emailAddress', 'leaf@example.org')], ca, 79)
    def parts(extension):
        return [extension.get_short_name().decode(), bool(extension.get_critical()), extension.get_data(), str(extension)]`,
});

function parts(extension: Tsopenssl.crypto.X509Extension): unknown[] {
  return [extension.getShortName(), extension.getCritical(), extension.getData(), extension.toString()];
}

/** What stands alone: neither a subject nor an issuer is looked at. */
const plain: Readonly<Record<string, readonly [type: string, value: string]>> = {
  'a CA': ['basicConstraints', 'CA:TRUE'],
  'no CA': ['basicConstraints', 'CA:FALSE'],
  'a CA with a path length': ['basicConstraints', 'CA:TRUE,pathlen:3'],
  'a path length of zero': ['basicConstraints', 'CA:true, pathlen:0'],
  'a negative path length': ['basicConstraints', 'pathlen:-1'],
  'one key usage': ['keyUsage', 'digitalSignature'],
  'key usages with spaces between': ['keyUsage', 'keyCertSign,  cRLSign'],
  'all key usages': [
    'keyUsage',
    'digitalSignature,nonRepudiation,keyEncipherment,dataEncipherment,keyAgreement,keyCertSign,cRLSign,encipherOnly,decipherOnly',
  ],
  'key usages by their long names': ['keyUsage', 'Digital Signature,Certificate Sign'],
  'extended key usages': ['extendedKeyUsage', 'serverAuth,clientAuth,codeSigning,OCSPSigning'],
  'an extended key usage by OID': ['extendedKeyUsage', '1.2.3.4'],
  'a host name': ['subjectAltName', 'DNS:www.example.org'],
  'host names with a wildcard': ['subjectAltName', 'DNS:example.org,DNS:*.example.org'],
  'an IPv4 address': ['subjectAltName', 'IP:192.0.2.1'],
  'an IPv6 address': ['subjectAltName', 'IP:2001:db8::1'],
  'an e-mail address': ['subjectAltName', 'email:jane@example.org'],
  'an address of the web': ['subjectAltName', 'URI:https://example.org/a?b=c'],
  'a registered ID': ['subjectAltName', 'RID:1.2.3.4'],
  'alternative names of several kinds': ['subjectAltName', 'DNS:a.example,IP:10.0.0.1,email:x@a.example'],
  'a key identifier in hex': ['subjectKeyIdentifier', '01:02:03:AB'],
  'permitted and excluded names': [
    'nameConstraints',
    'permitted;DNS:.example.org,excluded;email:example.com',
  ],
  'a permitted network': ['nameConstraints', 'permitted;IP:10.0.0.0/255.0.0.0'],
  'where the CRL is': ['crlDistributionPoints', 'URI:http://example.org/ca.crl'],
  'two places of the CRL': ['crlDistributionPoints', 'URI:http://a.example/,URI:http://b.example/'],
  'where the newest CRL is': ['freshestCRL', 'URI:http://example.org/delta.crl'],
  'OCSP and the issuer': [
    'authorityInfoAccess',
    'OCSP;URI:http://ocsp.example.org/,caIssuers;URI:http://example.org/ca.cer',
  ],
  'the repository of a CA': ['subjectInfoAccess', 'caRepository;URI:http://example.org/'],
  'policy constraints': ['policyConstraints', 'requireExplicitPolicy:3,inhibitPolicyMapping:0'],
  'no policy that means any': ['inhibitAnyPolicy', '2'],
  'mappings of policies': ['policyMappings', '1.2.3:1.2.4,1.2.5:1.2.6'],
  'a TLS feature': ['tlsfeature', 'status_request'],
  'TLS features by number': ['tlsfeature', '5,17'],
  'no check by OCSP': ['noCheck', 'ignored'],
  'a comment': ['nsComment', 'made by hand'],
  'the type of a certificate as Netscape had it': ['nsCertType', 'server,client'],
  'a scope of a CRL': ['issuingDistributionPoint', 'onlyuser:TRUE'],
  'the bytes themselves': ['basicConstraints', 'DER:30:00'],
  'bytes that are not what they should be': ['basicConstraints', 'DER:04:01:FF'],
  'a long name for bytes': ['X509v3 Basic Constraints', 'DER:30:00'],
  'an OID for bytes': ['2.5.29.19', 'DER:30:00'],
};
const plainRows = Object.fromEntries(
  Object.entries(plain).map(([title, [type, value]]) => [title, { type, value }]),
);

sameForEach('encodes an extension in the same bytes', plainRows, {
  python: 'Extension(type.encode(), False, value.encode()).get_data()',
  ours: ({ type, value }) => new X509Extension(type, false, value).getData(),
});

sameForEach('names an extension by its short name', plainRows, {
  python: 'Extension(type.encode(), False, value.encode()).get_short_name().decode()',
  ours: ({ type, value }) => new X509Extension(type, false, value).getShortName(),
});

sameForEach(
  'prints an extension',
  Object.fromEntries(
    // how these are printed is no longer the same in OpenSSL itself, or nothing prints them
    Object.entries(plainRows).filter(
      ([, { type, value }]) => !/CRL|crlD|freshest/.test(type) && value !== 'DER:04:01:FF',
    ),
  ),
  {
    python: 'str(Extension(type.encode(), False, value.encode()))',
    ours: ({ type, value }) => new X509Extension(type, false, value).toString(),
  },
);

sameForEach('marks an extension as critical', plainRows, {
  python: `
    critical, other = [Extension(type.encode(), is_critical, value.encode()) for is_critical in (True, False)]
    [bool(critical.get_critical()), bool(other.get_critical()), critical.get_data() == other.get_data()]`,
  ours: ({ type, value }) => {
    const critical = new X509Extension(type, true, value);
    const other = new X509Extension(type, false, value);
    return [critical.getCritical(), other.getCritical(), critical.getData().equals(other.getData())];
  },
});

same('the word `critical` in the value marks an extension as critical', {
  python: "parts(Extension(b'basicConstraints', False, b'critical,CA:TRUE'))",
  ours: () => parts(new X509Extension('basicConstraints', false, 'critical,CA:TRUE')),
});

bothRefuse('the word `critical` twice', {
  python: "Extension(b'basicConstraints', True, b'critical,CA:TRUE')",
  ours: () => new X509Extension('basicConstraints', true, 'critical,CA:TRUE'),
});

/** Extensions that take something from the subject's or the issuer's certificate. */
const related: Readonly<Record<string, readonly [type: string, value: string]>> = {
  "the digest of the subject's key": ['subjectKeyIdentifier', 'hash'],
  "the issuer's key identifier, always": ['authorityKeyIdentifier', 'keyid:always'],
  "the issuer's name and serial number": ['authorityKeyIdentifier', 'issuer'],
  "the issuer's name and serial number, always": ['authorityKeyIdentifier', 'issuer:always'],
  'the key identifier, and issuer and serial number if it is missing': [
    'authorityKeyIdentifier',
    'keyid,issuer',
  ],
  'the key identifier, issuer and serial number': ['authorityKeyIdentifier', 'keyid:always,issuer:always'],
  "a copy of the subject's e-mail address": ['subjectAltName', 'email:copy'],
  'a copy of the e-mail address and a name': ['subjectAltName', 'email:copy,DNS:example.org'],
  "the issuer's alternative names": ['issuerAltName', 'issuer:copy'],
};
const relatedRows = Object.fromEntries(
  Object.entries(related).map(([title, [type, value]]) => [title, { type, value }]),
);
const certificates = `
  {name: crypto.dump_certificate(DER, one) for name, one in [('ca', ca), ('leaf', leaf), ('bare', bare)]}`;

interface Certificates extends Readonly<Record<string, Buffer>> {
  readonly ca: Buffer;
  readonly leaf: Buffer;
  readonly bare: Buffer;
}

const load = (der: Buffer) => loadCertificate(FILETYPE_ASN1, der);

sameForEach('takes what an extension needs from subject and issuer', relatedRows, {
  values: async (row, python) => ({ ...row, given: await python<Certificates>(certificates) }),
  python: 'parts(Extension(type.encode(), False, value.encode(), leaf, ca))',
  ours: ({ type, value, given: { leaf, ca } }) =>
    parts(new X509Extension(type, false, value, load(leaf), load(ca))),
});

same("takes the issuer's key identifier", {
  values: async (python) => ({ given: await python<Certificates>(certificates) }),
  python: "parts(Extension(b'authorityKeyIdentifier', False, b'keyid', leaf, ca))",
  ours: ({ given: { leaf, ca } }) =>
    parts(new X509Extension('authorityKeyIdentifier', false, 'keyid', load(leaf), load(ca))),
});

differ('an issuer without a key identifier leaves the extension empty', differences.newerOpenssl, {
  values: async (python) => ({ given: await python<Certificates>(certificates) }),
  python: "Extension(b'authorityKeyIdentifier', False, b'keyid', leaf, bare)",
  ours: ({ given: { leaf, bare } }) =>
    new X509Extension('authorityKeyIdentifier', false, 'keyid', load(leaf), load(bare)).getData(),
  pythonGives: { refusal: 'OpenSSLError X509 V3 routines: unable to get issuer keyid' },
  oursGive: { answer: Buffer.from([0x30, 0]) },
});

differ('places of lists are printed with an end of line after each', differences.newerOpenssl, {
  python: "str(Extension(b'crlDistributionPoints', False, b'URI:http://example.org/ca.crl'))",
  ours: () => String(new X509Extension('crlDistributionPoints', false, 'URI:http://example.org/ca.crl')),
  pythonGives: { answer: 'Full Name:\n  URI:http://example.org/ca.crl' },
  oursGive: { answer: 'Full Name:\n  URI:http://example.org/ca.crl\n' },
});

sameForEach('takes what an extension needs from an issuer that has little', relatedRows, {
  values: async (row, python) => ({ ...row, given: await python<Certificates>(certificates) }),
  python: `
    try:
        outcome = Extension(type.encode(), False, value.encode(), leaf, bare).get_data()
    except crypto.Error as error:
        outcome = error.args[0][0][2]
    outcome`,
  ours: ({ type, value, given: { leaf, bare } }) => {
    try {
      return new X509Extension(type, false, value, load(leaf), load(bare)).getData();
    } catch (error) {
      return (error as Tsopenssl.OpenSSLError).reason;
    }
  },
});

bothRefuseEach('an extension that needs a subject or an issuer, without', relatedRows, {
  python: 'Extension(type.encode(), False, value.encode())',
  ours: ({ type, value }) => new X509Extension(type, false, value),
});

same('a certificate is its own issuer in its key identifier', {
  values: async (python) => ({ given: await python<Certificates>(certificates) }),
  python: "parts(Extension(b'authorityKeyIdentifier', False, b'keyid:always,issuer:always', ca, ca))",
  ours: ({ given: { ca } }) =>
    parts(
      new X509Extension('authorityKeyIdentifier', false, 'keyid:always,issuer:always', load(ca), load(ca)),
    ),
});

bothRefuseEach(
  'a value that says nothing of sense',
  {
    'a boolean that is none': { type: 'basicConstraints', value: 'CA:maybe' },
    'an empty value': { type: 'basicConstraints', value: '' },
    'a constraint that there is not': { type: 'basicConstraints', value: 'colour:red' },
    'a path length that is no number': { type: 'basicConstraints', value: 'CA:TRUE,pathlen:long' },
    'a key usage that there is not': { type: 'keyUsage', value: 'signing' },
    'an extended key usage that there is not': { type: 'extendedKeyUsage', value: 'signing' },
    'an IP address of three numbers': { type: 'subjectAltName', value: 'IP:1.2.3' },
    'a kind of name that there is not': { type: 'subjectAltName', value: 'planet:earth' },
    'an empty host name': { type: 'subjectAltName', value: 'DNS:' },
    'a key identifier that is no hex': { type: 'subjectKeyIdentifier', value: 'xyz' },
    'constraints without a kind': { type: 'nameConstraints', value: 'example.org' },
    'a network without a mask': { type: 'nameConstraints', value: 'permitted;IP:10.0.0.0' },
    'an access without a place': { type: 'authorityInfoAccess', value: 'OCSP' },
    'a feature that there is not': { type: 'tlsfeature', value: 'speed' },
    'a mapping of one policy': { type: 'policyMappings', value: '1.2.3' },
    'a policy constraint that there is not': { type: 'policyConstraints', value: 'more:3' },
    'a number that is none': { type: 'inhibitAnyPolicy', value: 'two' },
    'bytes that are no hex': { type: 'basicConstraints', value: 'DER:xyz' },
    'a type of ASN.1 that there is not': { type: '1.2.3.4', value: 'ASN1:COLOUR:red' },
  },
  {
    python: 'Extension(type.encode(), False, value.encode())',
    ours: ({ type, value }) => new X509Extension(type, false, value),
  },
);

bothRefuseEach(
  'an extension that there is not',
  { 'a word': { type: 'favouriteColour' }, 'an OID that has no syntax of its own': { type: '1.2.3.4' } },
  {
    python: "Extension(type.encode(), False, b'red')",
    ours: ({ type }) => new X509Extension(type, false, 'red'),
  },
);

bothRefuseEach(
  'an extension that has no syntax',
  { 'a period of use': { type: 'privateKeyUsagePeriod' } },
  {
    python: "Extension(type.encode(), False, b'3')",
    ours: ({ type }) => new X509Extension(type, false, '3'),
  },
);

differ('a directory name without its section is refused for the section', differences.sections, {
  python: "Extension(b'subjectAltName', False, b'dirName:section')",
  ours: () => new X509Extension('subjectAltName', false, 'dirName:section'),
  pythonGives: { refusal: 'OpenSSLError X509 V3 routines: operation not defined' },
  oursGive: { refusal: 'OpenSSLError X509 V3 routines: section not found' },
});

differ('a value may name sections, which are given along', differences.sections, {
  python: "Extension(b'subjectAltName', False, b'dirName:section')",
  ours: () =>
    String(
      new X509Extension('subjectAltName', false, 'dirName:section', undefined, undefined, {
        config: '[section]\nC = DE\nCN = x\n',
      }),
    ),
  pythonGives: { refusal: 'OpenSSLError X509 V3 routines: operation not defined' },
  oursGive: { answer: 'DirName:C = DE, CN = x' },
});

differ('policies need no sections', differences.sections, {
  python: "Extension(b'certificatePolicies', False, b'1.2.3.4,2.5.29.32.0')",
  ours: () =>
    new X509Extension('certificatePolicies', false, '1.2.3.4,2.5.29.32.0').getData().toString('hex'),
  pythonGives: { refusal: 'OpenSSLError X509 V3 routines: no config database' },
  oursGive: { answer: '300f300506032a030430060604551d2000' },
});

differ('an extension without a name is called by its OID', differences.unknownExtension, {
  python: "Extension(b'1.2.3.4', False, b'DER:05:00').get_short_name().decode()",
  ours: () => new X509Extension('1.2.3.4', false, 'DER:05:00').getShortName(),
  pythonGives: { answer: 'UNDEF' },
  oursGive: { answer: '1.2.3.4' },
});

differ('an extension that OpenSSL cannot print is printed as its bytes', differences.unknownExtension, {
  python: "str(Extension(b'1.2.3.4', False, b'DER:05:00'))",
  ours: () => String(new X509Extension('1.2.3.4', false, 'DER:05:00')),
  pythonGives: { refusal: 'OpenSSLError' },
  oursGive: { answer: '05:00' },
});

differ('a name that looks like two is in quotes', differences.quotedNames, {
  python: "str(Extension(b'subjectAltName', False, b'DER:300A8208612C20444E533A62'))",
  ours: () => String(new X509Extension('subjectAltName', false, 'DER:300A8208612C20444E533A62')),
  pythonGives: { answer: 'DNS:a, DNS:b' },
  oursGive: { answer: 'DNS:"a, DNS:b"' },
});

bothRefuse('a subject that is no certificate', {
  python: "Extension(b'basicConstraints', False, b'CA:TRUE', subject='leaf')",
  ours: () => new X509Extension('basicConstraints', false, 'CA:TRUE', 'leaf' as never),
});

bothRefuse('an issuer that is no certificate', {
  python: "Extension(b'basicConstraints', False, b'CA:TRUE', issuer='ca')",
  ours: () => new X509Extension('basicConstraints', false, 'CA:TRUE', undefined, 'ca' as never),
});

bothRefuseEach(
  'an argument of another type',
  {
    'a number for the type': { type: 3, value: 'CA:TRUE' },
    'a number for the value': { type: 'nsComment', value: 3 },
  },
  {
    python: `
      type, value = [one.encode() if isinstance(one, str) else one for one in (type, value)]
      Extension(type, True, value)`,
    ours: ({ type, value }) => new X509Extension(type as never, true, value as never),
  },
);

sameForEach(
  'an extension without a syntax of its own takes bytes or ASN.1',
  {
    bytes: { value: 'DER:04:01:ff' },
    text: { value: 'ASN1:UTF8String:hello' },
    'a number': { value: 'ASN1:INTEGER:0x123' },
  },
  {
    python: "Extension(b'1.2.3.4', True, value.encode()).get_data()",
    ours: ({ value }) => new X509Extension('1.2.3.4', true, value).getData(),
  },
);

control('another value is another encoding', {
  python: "Extension(b'basicConstraints', False, b'CA:TRUE').get_data()",
  ours: () => new X509Extension('basicConstraints', false, 'CA:FALSE').getData(),
});

control('critical and not critical are told apart', {
  python: "parts(Extension(b'basicConstraints', True, b'CA:TRUE'))",
  ours: () => parts(new X509Extension('basicConstraints', false, 'CA:TRUE')),
});

control('two reasons for refusal are told apart', {
  python: "Extension(b'basicConstraints', False, b'CA:maybe')",
  ours: () => new X509Extension('basicConstraints', false, 'colour:red'),
});
