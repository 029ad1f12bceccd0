// tsopenssl(1), in the man macros (groff_man(7)).

import type { PackageInfo } from '../../build/types.ts';
import { isoDay } from './system-tree.ts';

/** The manual page of the command, as roff. */
export function manPage(info: PackageInfo, epochSeconds: number): string {
  return `.TH TSOPENSSL 1 "${isoDay(epochSeconds)}" "tsopenssl ${info.distributionVersion}" "User Commands"
.SH NAME
tsopenssl \\- OpenSSL for Node.js: embedded command line, CA bundles, information
.SH SYNOPSIS
.B tsopenssl openssl
.RI [ argument ...]
.br
.B tsopenssl ca\\-bundle
.RB { path | list }
.RB [ \\-\\-purpose
.IR purpose ]
.br
.B tsopenssl ca\\-bundle show
.I root
.br
.B tsopenssl info
.br
.B tsopenssl debug
.br
.B tsopenssl version
.RB [ encode
.I api openssl
.RI [ update ]\\~|
.B decode
.IR version ]
.SH DESCRIPTION
.B tsopenssl
gives access to the OpenSSL ${info.opensslVersion} of this package, to bundles of certificate authorities made from Mozilla's
list (root module ${info.certdataVersion}), and to what the addon for Node.js knows about itself.
.TP
.B openssl
Runs the embedded command line with the arguments that follow.
Node.js is not needed.
.TP
.B ca\\-bundle path
Prints the path of a CA bundle.
Node.js is not needed.
.TP
.B ca\\-bundle list
Lists the roots of a bundle: the first digits of the SHA\\-256 fingerprint, the last day of validity, the purposes, the name.
.TP
.B ca\\-bundle show
Shows one root with its PEM.
.I root
is a name or a part of it, or the first digits of a fingerprint.
.TP
.B info
Shows versions, directories, the configuration that was loaded or why none was, and the providers.
.TP
.B debug
Shows that, the machine and the environment on one page, for a bug report.
.TP
.B version
Shows the versions, or joins an API version and an OpenSSL version to a distribution version and takes one apart.
.SH OPTIONS
.TP
.B \\-\\-help
Shows the options and examples of a command.
.TP
.B \\-\\-json
Prints the result for programs.
.TP
.BI \\-\\-purpose " purpose"
The bundle:
.BR any " (the default), " server ", " email " or " codesigning .
.SH ENVIRONMENT
.TP
.B OPENSSL_CONF
The configuration file, in the place of
.IR /etc/ssl/openssl.cnf .
.TP
.BR SSL_CERT_FILE ", " SSL_CERT_DIR
The file and the folder of trusted certificates, in the place of
.I /etc/ssl/cert.pem
and
.IR /etc/ssl/certs .
.TP
.B TSOPENSSL_DEBUG
With the value 1, shows on standard error what the addon loads.
.SH FILES
.TP
.I /usr/lib/tsopenssl/ssl/openssl.cnf
A complete configuration, which is used when
.B OPENSSL_CONF
names it.
.TP
.I /usr/lib/tsopenssl/ssl/ca\\-bundle.crt
The CA bundle; beside it lie one for each purpose and the index.
.TP
.I /usr/lib/tsopenssl/node_modules/tsopenssl
The package for Node.js.
.SH EXIT STATUS
0 when the command succeeded, 1 when it failed, 2 when it was used wrongly.
.B tsopenssl openssl
ends with the status of the command that it ran.
.SH EXAMPLES
.EX
tsopenssl openssl version \\-a
SSL_CERT_FILE=$(tsopenssl ca\\-bundle path) tsopenssl openssl s_client \\-connect www.example.org:443
.EE
.SH SEE ALSO
.BR openssl (1),
.BR node (1)
`;
}
