// OpenSSL's numbers of TLS, under pyOpenSSL's names.

/** Another name of TLS_METHOD. */
export const SSLv23_METHOD = 3;
/** TLS 1.0 and no other version. */
export const TLSv1_METHOD = 4;
/** TLS 1.1 and no other version. */
export const TLSv1_1_METHOD = 5;
/** TLS 1.2 and no other version. */
export const TLSv1_2_METHOD = 6;
/** The versions of TLS that options and limits leave, for client or server. */
export const TLS_METHOD = 7;
/** The same for a server alone. */
export const TLS_SERVER_METHOD = 8;
/** The same for a client alone. */
export const TLS_CLIENT_METHOD = 9;
/** The versions of DTLS that options and limits leave, for client or server. */
export const DTLS_METHOD = 10;
/** The same for a server alone. */
export const DTLS_SERVER_METHOD = 11;
/** The same for a client alone. */
export const DTLS_CLIENT_METHOD = 12;

/** SSL 3.0, which this OpenSSL does not speak. */
export const SSL3_VERSION = 0x300;
/** TLS 1.0. */
export const TLS1_VERSION = 0x301;
/** TLS 1.1. */
export const TLS1_1_VERSION = 0x302;
/** TLS 1.2. */
export const TLS1_2_VERSION = 0x303;
/** TLS 1.3. */
export const TLS1_3_VERSION = 0x304;
/** DTLS 1.0. */
export const DTLS1_VERSION = 0xfeff;
/** DTLS 1.2. */
export const DTLS1_2_VERSION = 0xfefd;

/** Never the extended master secret, RFC 7627. */
export const OP_NO_EXTENDED_MASTER_SECRET = 0x1;
/** Erase what was read from the own buffers. */
export const OP_CLEANSE_PLAINTEXT = 0x2;
/** Connect to servers without secure renegotiation, RFC 5746. */
export const OP_LEGACY_SERVER_CONNECT = 0x4;
/** Pad a ClientHello that some old servers choke on. */
export const OP_TLSEXT_PADDING = 0x10;
/** No ECDHE-ECDSA for a Safari of 2013. */
export const OP_SAFARI_ECDHE_ECDSA_BUG = 0x40;
/** An end without close_notify is one in order: data can be cut off unseen. */
export const OP_IGNORE_UNEXPECTED_EOF = 0x80;
/** Let clients renegotiate, TLS 1.2 and below. */
export const OP_ALLOW_CLIENT_RENEGOTIATION = 0x100;
/** No certificate_authorities in TLS 1.3. */
export const OP_DISABLE_TLSEXT_CA_NAMES = 0x200;
/** Resume without a new key exchange, TLS 1.3. */
export const OP_ALLOW_NO_DHE_KEX = 0x400;
/** No countermeasure against BEAST in TLS 1.0. */
export const OP_DONT_INSERT_EMPTY_FRAGMENTS = 0x800;
/** DTLS: the size of datagrams is set, not asked for. */
export const OP_NO_QUERY_MTU = 0x1000;
/** DTLS: the client proves its address by a cookie. */
export const OP_COOKIE_EXCHANGE = 0x2000;
/** No session tickets; in TLS 1.3, none without state. */
export const OP_NO_TICKET = 0x4000;
/** DTLS as old Cisco AnyConnect speaks it. */
export const OP_CISCO_ANYCONNECT = 0x8000;
/** A renegotiation begins a new session. */
export const OP_NO_SESSION_RESUMPTION_ON_RENEGOTIATION = 0x10000;
/** No compression, which OpenSSL has switched off anyway. */
export const OP_NO_COMPRESSION = 0x20000;
/** Renegotiate without RFC 5746. */
export const OP_ALLOW_UNSAFE_LEGACY_RENEGOTIATION = 0x40000;
/** Never encrypt-then-MAC, RFC 7366. */
export const OP_NO_ENCRYPT_THEN_MAC = 0x80000;
/** Look like TLS 1.2 to what is on the way; on by default. */
export const OP_ENABLE_MIDDLEBOX_COMPAT = 0x100000;
/** ChaCha20 first, where the client wants it first. */
export const OP_PRIORITIZE_CHACHA = 0x200000;
/** The order of ciphers is the server's. */
export const OP_CIPHER_SERVER_PREFERENCE = 0x400000;
/** Take a wrong version in an RSA key exchange. */
export const OP_TLS_ROLLBACK_BUG = 0x800000;
/** No protection of early data against replay. */
export const OP_NO_ANTI_REPLAY = 0x1000000;
/** Not SSL 3.0. */
export const OP_NO_SSLv3 = 0x2000000;
/** Not TLS 1.0. */
export const OP_NO_TLSv1 = 0x4000000;
/** Not TLS 1.2. */
export const OP_NO_TLSv1_2 = 0x8000000;
/** Not TLS 1.1. */
export const OP_NO_TLSv1_1 = 0x10000000;
/** Not TLS 1.3. */
export const OP_NO_TLSv1_3 = 0x20000000;
/** Refuse every renegotiation. */
export const OP_NO_RENEGOTIATION = 0x40000000;
/** GOST ciphers as CryptoPro spelled them. */
export const OP_CRYPTOPRO_TLSEXT_BUG = 0x80000000;
/** Not DTLS 1.0. */
export const OP_NO_DTLSv1 = 0x4000000;
/** Not DTLS 1.2. */
export const OP_NO_DTLSv1_2 = 0x8000000;
/** What works around the mistakes of others and is harmless. */
export const OP_ALL = 0x80000850;
/** 0: this OpenSSL no longer knows it. */
export const OP_EPHEMERAL_RSA = 0;
/** 0: this OpenSSL no longer knows it. */
export const OP_MICROSOFT_BIG_SSLV3_BUFFER = 0;
/** 0: this OpenSSL no longer knows it. */
export const OP_MICROSOFT_SESS_ID_BUG = 0;
/** 0: this OpenSSL no longer knows it. */
export const OP_MSIE_SSLV2_RSA_PADDING = 0;
/** 0: this OpenSSL no longer knows it. */
export const OP_NETSCAPE_CA_DN_BUG = 0;
/** 0: this OpenSSL no longer knows it. */
export const OP_NETSCAPE_CHALLENGE_BUG = 0;
/** 0: this OpenSSL no longer knows it. */
export const OP_NETSCAPE_DEMO_CIPHER_CHANGE_BUG = 0;
/** 0: this OpenSSL no longer knows it. */
export const OP_NETSCAPE_REUSE_CIPHER_CHANGE_BUG = 0;
/** 0: this OpenSSL no longer knows it. */
export const OP_NO_SSLv2 = 0;
/** 0: this OpenSSL no longer knows it. */
export const OP_PKCS1_CHECK_1 = 0;
/** 0: this OpenSSL no longer knows it. */
export const OP_PKCS1_CHECK_2 = 0;
/** 0: this OpenSSL no longer knows it. */
export const OP_SINGLE_DH_USE = 0;
/** 0: this OpenSSL no longer knows it. */
export const OP_SINGLE_ECDH_USE = 0;
/** 0: this OpenSSL no longer knows it. */
export const OP_SSLEAY_080_CLIENT_DH_BUG = 0;
/** 0: this OpenSSL no longer knows it. */
export const OP_SSLREF2_REUSE_CERT_TYPE_BUG = 0;
/** 0: this OpenSSL no longer knows it. */
export const OP_TLS_BLOCK_PADDING_BUG = 0;
/** 0: this OpenSSL no longer knows it. */
export const OP_TLS_D5_BUG = 0;

/** `send` may take a part; always set. */
export const MODE_ENABLE_PARTIAL_WRITE = 1;
/** What is sent may be another copy when it is tried again; always set. */
export const MODE_ACCEPT_MOVING_WRITE_BUFFER = 2;
/** Go on after a record without data; set by default. */
export const MODE_AUTO_RETRY = 4;
/** Send the own certificate without looking for its issuers in the store. */
export const MODE_NO_AUTO_CHAIN = 8;
/** Keep no buffers while a connection is idle. */
export const MODE_RELEASE_BUFFERS = 16;
/** Tell a server that this is a second try with a lower version, RFC 7507. */
export const MODE_SEND_FALLBACK_SCSV = 0x80;

/** A client goes on whatever the certificate is; a server asks for none. */
export const VERIFY_NONE = 0;
/** The certificate must be right; a server asks for one. */
export const VERIFY_PEER = 1;
/** With VERIFY_PEER, a server: the client must have one. */
export const VERIFY_FAIL_IF_NO_PEER_CERT = 2;
/** With VERIFY_PEER, a server: not again at a renegotiation. */
export const VERIFY_CLIENT_ONCE = 4;

/** No cache. */
export const SESS_CACHE_OFF = 0;
/** Of clients. */
export const SESS_CACHE_CLIENT = 1;
/** Of servers; the default. */
export const SESS_CACHE_SERVER = 2;
/** Of both. */
export const SESS_CACHE_BOTH = 3;
/** Old sessions stay until they are removed. */
export const SESS_CACHE_NO_AUTO_CLEAR = 128;
/** What is in the cache is not looked up. */
export const SESS_CACHE_NO_INTERNAL_LOOKUP = 256;
/** What is new is not put into it. */
export const SESS_CACHE_NO_INTERNAL_STORE = 512;
/** Both of these. */
export const SESS_CACHE_NO_INTERNAL = 768;

/** Our close_notify is sent. */
export const SENT_SHUTDOWN = 1;
/** The peer's close_notify has come. */
export const RECEIVED_SHUTDOWN = 2;

/** In `where`: a client is at work. */
export const SSL_ST_CONNECT = 4096;
/** In `where`: a server is at work. */
export const SSL_ST_ACCEPT = 8192;
/** The bits of `where` that are neither. */
export const SSL_ST_MASK = 4095;
/** A step within the handshake. */
export const SSL_CB_LOOP = 1;
/** The handshake waits, or has failed. */
export const SSL_CB_EXIT = 2;
/** While reading. */
export const SSL_CB_READ = 4;
/** While writing. */
export const SSL_CB_WRITE = 8;
/** A handshake begins. */
export const SSL_CB_HANDSHAKE_START = 16;
/** A handshake is done. */
export const SSL_CB_HANDSHAKE_DONE = 32;
/** An alert. */
export const SSL_CB_ALERT = 16384;
/** An alert of the peer. */
export const SSL_CB_READ_ALERT = SSL_CB_ALERT | SSL_CB_READ;
/** An alert of ours. */
export const SSL_CB_WRITE_ALERT = SSL_CB_ALERT | SSL_CB_WRITE;
/** A step of a server. */
export const SSL_CB_ACCEPT_LOOP = SSL_ST_ACCEPT | SSL_CB_LOOP;
/** A server waits, or has failed. */
export const SSL_CB_ACCEPT_EXIT = SSL_ST_ACCEPT | SSL_CB_EXIT;
/** A step of a client. */
export const SSL_CB_CONNECT_LOOP = SSL_ST_CONNECT | SSL_CB_LOOP;
/** A client waits, or has failed. */
export const SSL_CB_CONNECT_EXIT = SSL_ST_CONNECT | SSL_CB_EXIT;
