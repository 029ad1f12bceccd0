"""A client or a server of Debian's pyOpenSSL over sockets.

    tls-peer.py server VERSION CERTIFICATE KEY AUTHORITY   prints its port; sends back in capitals what comes, once for each client
    tls-peer.py client VERSION CERTIFICATE KEY AUTHORITY PORT COUNT   connects twice, the second time with the session of the first,
        sends COUNT letters each time and counts what comes back
"""

import socket
import sys

from OpenSSL import SSL

role, version, certificate, key, authority, *rest = sys.argv[1:]

context = SSL.Context(SSL.TLS_METHOD)
context.set_min_proto_version(getattr(SSL, version))
context.set_max_proto_version(getattr(SSL, version))
context.use_certificate_file(certificate)
context.use_privatekey_file(key)
context.load_verify_locations(authority)
context.set_verify(SSL.VERIFY_PEER | SSL.VERIFY_FAIL_IF_NO_PEER_CERT, lambda connection, cert, code, depth, ok: bool(ok))
context.set_session_id(b'tls-peer')


def receive_all(connection):
    pieces = []
    try:
        while True:
            pieces.append(connection.recv(65536))
    except SSL.ZeroReturnError:
        return b''.join(pieces)


def serve():
    listener = socket.create_server(('127.0.0.1', 0))
    print('port', listener.getsockname()[1], flush=True)
    while True:
        connection = SSL.Connection(context, listener.accept()[0])
        connection.set_accept_state()
        try:
            connection.do_handshake()
            name = connection.get_peer_certificate().get_subject().CN
            print('client', name, connection.get_protocol_version_name(), flush=True)
            connection.sendall(receive_all(connection).upper())
            connection.shutdown()
        except SSL.Error as error:
            print('refused', type(error).__name__, error, flush=True)
        try:
            connection.sock_shutdown(socket.SHUT_WR)
        except OSError:
            pass  # the client is gone


def ask(port, count):
    session = None
    for _ in range(2):
        connection = SSL.Connection(context, socket.create_connection(('127.0.0.1', port)))
        connection.set_connect_state()
        connection.set_tlsext_host_name(b'localhost')
        if session is not None:
            connection.set_session(session)
        connection.do_handshake()
        connection.sendall(b'x' * count)
        connection.shutdown()
        answer = receive_all(connection)
        name = connection.get_peer_certificate().get_subject().CN
        print(name, connection.get_protocol_version_name(), len(answer), answer == b'X' * count, flush=True)
        session = connection.get_session()


if role == 'server':
    serve()
else:
    ask(int(rest[0]), int(rest[1]))
