/*
 * Uses both libraries and prints what it found: the version of the headers, that of the library, whether a digest was made
 * and its first and last byte, whether there is a TLS context, and whether there is ML-KEM, which OpenSSL has since 3.5.
 */

#include <stdio.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/opensslv.h>
#include <openssl/ssl.h>

int main(void)
{
    unsigned char digest[32];
    size_t size = sizeof(digest);
    SSL_CTX *context = SSL_CTX_new(TLS_method());
    EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, "ML-KEM-768");
    int hashed = EVP_Q_digest(NULL, "SHA256", NULL, "abc", 3, digest, &size);

    printf("headers %s library %s digest %d %02x%02x tls %d ml-kem %d\n", OPENSSL_VERSION_STR,
        OpenSSL_version(OPENSSL_VERSION_STRING), hashed, digest[0], digest[31], context != NULL, key != NULL);
    EVP_PKEY_free(key);
    SSL_CTX_free(context);
    return 0;
}
