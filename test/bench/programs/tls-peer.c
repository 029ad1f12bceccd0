// One side of a benchmark of TLS as plain C over OpenSSL: the limit for what a binding can reach. It does what tls-peer.mjs does, with
// the same protocol, cipher, group, sizes and number of connections at once.
//
//   tls-peer server CERTIFICATE KEY TOTAL        prints its port; says "done" to who has sent TOTAL bytes
//   tls-peer bulk PORT CA TOTAL                  prints seconds
//   tls-peer handshakes PORT CA COUNT RESUMED    prints handshakes a second

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { at_once = 8, piece_size = 65536 };

struct connection {
  int socket;
  SSL *ssl;
  long long received;
};

static char piece[piece_size];

static void fail(const char *what) {
  perror(what);
  ERR_print_errors_fp(stderr);
  exit(1);
}

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static SSL_CTX *new_context(const SSL_METHOD *method) {
  SSL_CTX *context = SSL_CTX_new(method);
  if (context == NULL || SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION) != 1 ||
      SSL_CTX_set_ciphersuites(context, "TLS_AES_128_GCM_SHA256") != 1 ||
      SSL_CTX_set1_groups_list(context, "X25519") != 1)
    fail("context");
  return context;
}

static void watch(int poll, struct connection *connection, uint32_t events) {
  struct epoll_event event = {.events = events, .data.ptr = connection};
  if (epoll_ctl(poll, EPOLL_CTL_ADD, connection->socket, &event) != 0) fail("epoll");
}

static void drop(struct connection *connection) {
  ERR_clear_error();
  SSL_set_quiet_shutdown(connection->ssl, 1);
  SSL_shutdown(connection->ssl);
  SSL_free(connection->ssl);
  close(connection->socket);
  free(connection);
}

static int waits(SSL *ssl, int result) {
  int error = SSL_get_error(ssl, result);
  return error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE;
}

static void accept_all(SSL_CTX *context, int poll, int listener) {
  int socket, on = 1;
  while ((socket = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
    setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    struct connection *connection = calloc(1, sizeof *connection);
    connection->socket = socket;
    connection->ssl = SSL_new(context);
    SSL_set_fd(connection->ssl, socket);
    SSL_set_accept_state(connection->ssl);
    watch(poll, connection, EPOLLIN);
  }
}

static void serve(const char *certificate, const char *key, long long total) {
  SSL_CTX *context = new_context(TLS_server_method());
  SSL_CTX_set_session_id_context(context, (const unsigned char *)"bench", 5);
  if (SSL_CTX_use_certificate_chain_file(context, certificate) != 1 ||
      SSL_CTX_use_PrivateKey_file(context, key, SSL_FILETYPE_PEM) != 1)
    fail("certificate");
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t size = sizeof address;
  struct connection listener = {.socket = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0)};
  if (bind(listener.socket, (struct sockaddr *)&address, size) != 0 || listen(listener.socket, 511) != 0 ||
      getsockname(listener.socket, (struct sockaddr *)&address, &size) != 0)
    fail("listen");
  printf("%d\n", ntohs(address.sin_port));
  fflush(stdout);
  int poll = epoll_create1(0);
  watch(poll, &listener, EPOLLIN);
  struct epoll_event events[64];
  for (;;) {
    int count = epoll_wait(poll, events, 64, -1);
    for (int i = 0; i < count; i++) {
      struct connection *connection = events[i].data.ptr;
      if (connection == &listener) {
        accept_all(context, poll, listener.socket);
        continue;
      }
      int result;
      while ((result = SSL_read(connection->ssl, piece, piece_size)) > 0) {
        connection->received += result;
        if (connection->received == total) SSL_write(connection->ssl, "done", 4);
      }
      if (!waits(connection->ssl, result)) drop(connection);
    }
  }
}

static struct connection *dial(SSL_CTX *context, int port, int type, SSL_SESSION *session) {
  struct connection *connection = calloc(1, sizeof *connection);
  struct sockaddr_in address = {
      .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  int on = 1;
  connection->socket = socket(AF_INET, SOCK_STREAM | type, 0);
  setsockopt(connection->socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (connect(connection->socket, (struct sockaddr *)&address, sizeof address) != 0 && errno != EINPROGRESS)
    fail("connect");
  connection->ssl = SSL_new(context);
  SSL_set_fd(connection->ssl, connection->socket);
  SSL_set_connect_state(connection->ssl);
  SSL_set_tlsext_host_name(connection->ssl, "localhost");
  SSL_set1_host(connection->ssl, "localhost");
  if (session != NULL) {
    // a connection changes the session that it resumes
    SSL_SESSION *own = SSL_SESSION_dup(session);
    SSL_set_session(connection->ssl, own);
    SSL_SESSION_free(own);
  }
  return connection;
}

static SSL_CTX *client_context(const char *ca) {
  SSL_CTX *context = new_context(TLS_client_method());
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, NULL);
  if (SSL_CTX_load_verify_locations(context, ca, NULL) != 1) fail("ca");
  return context;
}

static void send_bulk(int port, const char *ca, long long total) {
  struct connection *connection = dial(client_context(ca), port, 0, NULL);
  if (SSL_do_handshake(connection->ssl) != 1) fail("handshake");
  double begin = now();
  for (long long sent = 0; sent < total; sent += piece_size)
    if (SSL_write(connection->ssl, piece, piece_size) != piece_size) fail("write");
  if (SSL_read(connection->ssl, piece, piece_size) != 4) fail("read");
  printf("%f\n", now() - begin);
}

static SSL_SESSION *kept;

static int keep(SSL *ssl, SSL_SESSION *session) {
  (void)ssl;
  SSL_SESSION_free(kept);
  kept = session;
  return 1;
}

/** A first connection, whose session the others take. */
static void get_session(SSL_CTX *context, int port) {
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
  SSL_CTX_sess_set_new_cb(context, keep);
  struct connection *connection = dial(context, port, 0, NULL);
  if (SSL_do_handshake(connection->ssl) != 1) fail("handshake");
  // the tickets are read on the way to data, which does not come
  fcntl(connection->socket, F_SETFL, O_NONBLOCK);
  while (kept == NULL) SSL_peek(connection->ssl, piece, 1);
  SSL_CTX_sess_set_new_cb(context, NULL);
  drop(connection);
}

static double shake_hands(SSL_CTX *context, int port, int wanted, SSL_SESSION *session) {
  int poll = epoll_create1(0), begun = 0, done = 0;
  struct epoll_event events[64];
  double begin = now();
  while (done < wanted) {
    for (; begun < wanted && begun - done < at_once; begun++)
      watch(poll, dial(context, port, SOCK_NONBLOCK, session), EPOLLIN | EPOLLOUT | EPOLLET);
    int count = epoll_wait(poll, events, 64, -1);
    for (int i = 0; i < count; i++) {
      struct connection *connection = events[i].data.ptr;
      int result = SSL_do_handshake(connection->ssl);
      if (result != 1 && (waits(connection->ssl, result) || errno == ENOTCONN)) continue;
      if (result != 1 || SSL_session_reused(connection->ssl) != (session != NULL)) fail("handshake");
      drop(connection);
      done++;
    }
  }
  close(poll);
  return wanted / (now() - begin);
}

int main(int count, char **words) {
  // a client may be gone when the tickets are sent
  signal(SIGPIPE, SIG_IGN);
  if (count == 5 && strcmp(words[1], "server") == 0) serve(words[2], words[3], atoll(words[4]));
  if (count == 5 && strcmp(words[1], "bulk") == 0) {
    send_bulk(atoi(words[2]), words[3], atoll(words[4]));
    return 0;
  }
  if (count == 6 && strcmp(words[1], "handshakes") == 0) {
    int port = atoi(words[2]), wanted = atoi(words[4]);
    SSL_CTX *context = client_context(words[3]);
    if (atoi(words[5]) == 1) get_session(context, port);
    shake_hands(context, port, wanted / 2, kept);
    printf("%f\n", shake_hands(context, port, wanted, kept));
    return 0;
  }
  fprintf(stderr, "see the first lines of tls-peer.c\n");
  return 2;
}
