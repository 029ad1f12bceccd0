// Where this package behaves otherwise than pyOpenSSL, on purpose. Each is proved by a comparison.

import type { Difference } from '../../../support/differential.ts';

export const differences = {
  emptyKey: {
    pyOpenSSL: 'a PKey that was never generated has the type 0 and no bits',
    here: 'asking it is a TypeError',
    why: 'a number that means "nothing yet" is taken for a size; OpenSSL itself may crash on such a key',
  },
  boundsOfBits: {
    pyOpenSSL: 'whatever OpenSSL makes is made, also a DSA key of 512 bits',
    here: 'bits out of the range that is documented are a RangeError',
    why: 'huge sizes would keep the thread for hours, tiny ones protect nothing',
  },
  moreTypes: {
    pyOpenSSL: 'generates RSA and DSA, and checks and prints private RSA keys alone',
    here: 'does so with every kind of key, and with public ones',
    why: 'OpenSSL can; the others came after pyOpenSSL stopped',
  },
  namesOfTypes: {
    pyOpenSSL: 'the type of every key is the number that OpenSSL gives it (NID)',
    here: 'RSA, DSA, DH and EC have their TYPE constants, every newer kind its name',
    why: 'the kinds that providers bring have no number',
  },
  passphraseWithoutCipher: {
    pyOpenSSL: 'a passphrase without a cipher is passed over: the key is written in the clear',
    here: 'it is a TypeError',
    why: 'a key in the clear where a passphrase was given is a surprise that nobody notices',
  },
  encryptedDer: {
    pyOpenSSL: 'a passphrase goes with PEM alone',
    here: 'DER may be encrypted as well (EncryptedPrivateKeyInfo of PKCS#8)',
    why: 'other programs write and want such files',
  },
  textPassphrase: {
    pyOpenSSL: 'a passphrase is bytes',
    here: 'it may be text, which stands for its UTF-8',
    why: 'text in JavaScript has one obvious encoding',
  },
  unknownAlgorithm: {
    pyOpenSSL: 'a digest or cipher that there is not is a ValueError',
    here: 'it is an OpenSSLError that says what was looked for',
    why: 'the provider decides what there is, and the configuration which providers',
  },
  wrongTypes: {
    pyOpenSSL: 'some values of a wrong type are a ValueError',
    here: 'a value of a wrong type is always a TypeError',
    why: 'one rule for all arguments',
  },
  refusedAttribute: {
    pyOpenSSL: 'setting an attribute to a value that is refused takes the old value away',
    here: 'the name stays as it was',
    why: 'what fails should change nothing',
  },
  removedAttribute: {
    pyOpenSSL: 'setting an attribute to None is a TypeError, and removes the attribute',
    here: 'setting it to undefined removes it',
    why: 'there is no other way to remove one',
  },
  nulInName: {
    pyOpenSSL: 'the value of an attribute ends at its first NUL',
    here: 'a NUL is a RangeError',
    why: 'what was checked must be what is written: a name that is cut short passes for another (CVE-2026-40475)',
  },
  unknownComponent: {
    pyOpenSSL: 'an attribute that OpenSSL has no name for is called UNDEF',
    here: 'it is called by its OID',
    why: 'two such attributes could not be told apart',
  },
  unknownProperty: {
    pyOpenSSL: 'reading an attribute that there is not is an AttributeError',
    here: 'the property is undefined, which the types refuse; getAttribute() throws',
    why: 'JavaScript asks objects for properties of its own (then, toJSON), and proxies make each access slow',
  },
  textOfName: {
    pyOpenSSL: 'the text of a name is /C=DE/CN=x',
    here: 'toString() gives RFC 2253; toOneLine() gives the old form',
    why: 'a slash in a value makes the old form ambiguous',
  },
  comparedWithOthers: {
    pyOpenSSL: 'a name is not equal to anything else',
    here: 'comparing it with something else is a TypeError',
    why: 'it is a mistake of the program, which the types say as well',
  },
  emptyName: {
    pyOpenSSL: 'a name can only be made from another one',
    here: 'new X509Name() is an empty name',
    why: 'a certificate made only for its subject is a detour',
  },
  ownDigest: {
    pyOpenSSL: 'signing always takes a digest, so Ed25519 and what is newer cannot sign',
    here: 'such keys sign without one',
    why: 'their algorithms have a digest of their own',
  },
  allReasons: {
    pyOpenSSL: 'knows seven reasons of a revocation',
    here: 'all ten of RFC 5280',
    why: 'lists of others hold them',
  },
  reasonNames: {
    pyOpenSSL: 'takes keyCompromise and answers Key Compromise',
    here: 'answers what it takes',
    why: 'programs compare it',
  },
  bigintSerial: {
    pyOpenSSL: 'the serial number of a revocation is text in hex, broken into lines when it is long',
    here: 'it is a bigint, as that of a certificate',
    why: 'the two are compared with each other',
  },
  invalidTimes: {
    pyOpenSSL: 'a time that there is not is a ValueError',
    here: 'it is an OpenSSLError',
    why: 'OpenSSL decides what text is a time',
  },
  publicSigner: {
    pyOpenSSL: 'to sign with a public key is a ValueError',
    here: 'it is an OpenSSLError: missing private key',
    why: 'only OpenSSL knows what a key can do: one may be in hardware, behind a provider',
  },
  readSpki: {
    pyOpenSSL: 'a NetscapeSPKI can be written, and no longer read',
    here: 'new NetscapeSPKI(text) reads one, as pyOpenSSL once did',
    why: 'who signs certificates has to read them',
  },
  messageOfVerification: {
    pyOpenSSL: "the message of an X509StoreContextError is OpenSSL's text",
    here: 'it says at which depth and for which certificate as well; `errors` holds the text alone',
    why: 'a message is read without the object around it',
  },
  staleErrors: {
    pyOpenSSL: 'an error that an earlier call left in the queue of OpenSSL is raised by a later one',
    here: 'every call empties the queue before and after',
    why: 'the reason would be that of something else',
  },
  noLocation: {
    pyOpenSSL: 'load_locations(None) is an Error without a reason',
    here: 'it is a TypeError',
    why: 'it is a mistake of the program',
  },
  copiedByStore: {
    pyOpenSSL: 'a store shares its certificates: what is changed in one is changed in the store',
    here: 'a store copies what it is given',
    why: 'what is trusted should change by the methods of the store alone',
  },
  newerOpenssl: {
    pyOpenSSL: 'does as OpenSSL 3.0 does',
    here: 'as OpenSSL 3.5 does',
    why: 'another version of OpenSSL',
  },
  sections: {
    pyOpenSSL: 'values of extensions that name sections of a configuration are refused, policies too',
    here: 'they are taken, and `options.config` holds the sections',
    why: 'some extensions can be said in no other way',
  },
  unknownExtension: {
    pyOpenSSL: 'an extension that OpenSSL has no name for is called UNDEF, and its text is an Error',
    here: 'it is called by its OID, and its text is its bytes in hex',
    why: 'they are in use, and have to be told apart',
  },
  quotedNames: {
    pyOpenSSL: 'an alternative name is printed as it is, whatever is in it',
    here: 'one that could be taken for several is in quotes',
    why: 'who reads the text would believe in names that are not there (CVE-2021-44532)',
  },
  noTime: {
    pyOpenSSL: 'the start and the end of a new certificate are None',
    here: 'asking for them is an OpenSSLError',
    why: 'a certificate has both: getNotAfter() is a Date, and nobody has to look whether it is there',
  },
  unsigned: {
    pyOpenSSL: 'asking a new certificate for its signature algorithm is a ValueError',
    here: 'it is undefined',
    why: 'it is a question, and that is the answer',
  },
  fractions: {
    pyOpenSSL: 'a number with a fraction is of another type: TypeError',
    here: 'it is a RangeError',
    why: 'JavaScript has one type for both',
  },
  negativeSerial: {
    pyOpenSSL: 'a negative serial number can be read and not be set',
    here: 'it can be set as well',
    why: 'tests of other programs need such certificates',
  },
  encodedTimes: {
    pyOpenSSL:
      'YYYYMMDDhhmmssZ is always encoded as GeneralizedTime, and an adjustment that does not fit is passed over',
    here: 'every time is encoded as RFC 5280 section 4.1.2.5 wants, and what cannot be encoded is refused',
    why: 'a certificate of 2030 with GeneralizedTime breaks the rule, and some programs refuse it',
  },
  staleEncoding: {
    pyOpenSSL: 'what was read and then changed is written, and verified, as it was read',
    here: 'it is written and verified as it is now',
    why: 'a change that is lost without a word is worse than one that makes a signature wrong',
  },
  moreExtensions: {
    pyOpenSSL: 'extensions can be added to a request once',
    here: 'they can be added again; one of the same type takes the place of the first',
    why: 'it is what adding means',
  },
  versionOfRequest: {
    pyOpenSSL: 'takes any number for the version of a request',
    here: 'there is version 0 alone',
    why: 'RFC 2986 knows no other one, and OpenSSL refuses to verify a request that has one',
  },
  versionOfList: {
    pyOpenSSL: 'takes any number for the version of a list, and writes it where it is 0 as well',
    here: 'there are 0 and 1, and 0 is left out',
    why: 'RFC 5280 section 5.1.2.1: a list of version 1 has no version',
  },
  incompleteRevocation: {
    pyOpenSSL:
      'a list without a date is signed, and cannot be written then; an entry without one is refused by its encoder',
    here: 'both are a TypeError that says what is missing',
    why: 'the mistake is told where it is made',
  },
  incompleteCertificate: {
    pyOpenSSL: 'a certificate without start or end is signed, and nobody can read it',
    here: 'it is a TypeError that says what is missing',
    why: 'the mistake is told where it is made',
  },
  missingDigest: {
    pyOpenSSL: 'a digest must be given to export()',
    here: 'it may be left out for keys that have a digest of their own, and is a RangeError for others',
    why: 'Ed25519 and ML-DSA take none',
  },
  issuerOfList: {
    pyOpenSSL: 'the issuer of a list is a copy',
    here: 'it is a view, as the names of certificates and requests are',
    why: 'one rule for all names',
  },
  noEntries: {
    pyOpenSSL: 'the entries of an empty list are None',
    here: 'they are an empty array',
    why: 'nobody has to look whether there are some before going through them',
  },
  protectionOfPkcs12: {
    pyOpenSSL: 'export(passphrase, iter, maciter) encrypts with 3DES; 2048 rounds, one for the MAC',
    here: 'export(passphrase, options) encrypts with AES-256, HMAC-SHA-256 and 600000 rounds; options name others',
    why: 'one round of SHA-1 is what a passphrase is guessed by; new programs refuse RC2 and 3DES',
  },
  emptyPkcs12: {
    pyOpenSSL: 'writing an empty file is an Error of OpenSSL',
    here: 'it is a TypeError that says that it is empty',
    why: 'it is a mistake of the program',
  },
  namesOutsideOfBmp: {
    pyOpenSSL: 'a friendly name with characters beyond U+FFFF is refused, and not read',
    here: 'it is written as UTF-16, and read',
    why: 'Java and Windows write such names',
  },
  noMac: {
    pyOpenSSL: 'a file without a MAC is refused',
    here: 'it is read',
    why: 'OpenSSL 3.5 does so; such a file is as good as its way here',
  },
  removedFromPkcs12: {
    pyOpenSSL: 'the key and the certificate of a file cannot be taken away',
    here: 'undefined does that',
    why: 'as with the name and the certificates of CAs',
  },
} as const satisfies Record<string, Difference>;
