# Builds tsopenssl.node: OpenSSL linked in statically and hidden, so that nothing of node's own OpenSSL is seen.
#
#   node-gyp rebuild -- -Dopenssl_root=/opt/openssl
#
# openssl_root      an installed OpenSSL 3 with include/ and static libssl.a and libcrypto.a; without it pkg-config is asked
# openssl_include   its headers, where they are not openssl_root/include
# openssl_lib       the folder of both libraries, where it is not openssl_root/lib or lib64
# wanted_version    the version that the headers must have, such as 3.5.7; what they say themselves if it is not given
#                   (openssl_version is a variable of node 24's own config.gypi, which would win)
# node_addon_api    the folder of napi.h; the installed package node-addon-api if it is not given
{
  'variables': {
    'openssl_root%': '',
    'openssl_include%': '',
    'openssl_lib%': '',
    'wanted_version%': '',
    'node_addon_api%': '',
  },
  'targets': [
    {
      'target_name': 'tsopenssl',
      'variables': {
        'locate': 'node locate.mjs "--root=<(openssl_root)" "--include=<(openssl_include)" "--lib=<(openssl_lib)" "--version=<(wanted_version)" "--node-addon-api=<(node_addon_api)"',
      },
      'sources': [
        'addon.cc',
        'asn1_time.cc',
        'certificate.cc',
        'certificate_setters.cc',
        'configuration.cc',
        'configured_extensions.cc',
        'crl.cc',
        'crl_signing.cc',
        'error.cc',
        'extension.cc',
        'extension_context.cc',
        'general_names.cc',
        'isolation.cc',
        'key.cc',
        'key_format.cc',
        'key_generation.cc',
        'legacy_context.cc',
        'library.cc',
        'name.cc',
        'passphrase.cc',
        'pbe_cost.cc',
        'pkcs12.cc',
        'pkcs12_reader.cc',
        'pkcs7.cc',
        'rand.cc',
        'request.cc',
        'revoked.cc',
        'signature.cc',
        'spki.cc',
        'ssl_connection.cc',
        'ssl_context.cc',
        'ssl_facts.cc',
        'ssl_hooks.cc',
        'ssl_resumption.cc',
        'ssl_ticket_keys.cc',
        'ssl_session.cc',
        'ssl_settings.cc',
        'ssl_states.cc',
        'store.cc',
        'store_context.cc',
        'trust_anchors.cc',
        'values.cc',
        'verify_parameters.cc',
      ],
      'defines': [
        'NAPI_VERSION=9',
        'NODE_ADDON_API_CPP_EXCEPTIONS',
        'NODE_ADDON_API_CPP_EXCEPTIONS_ALL',
        'NODE_ADDON_API_DISABLE_DEPRECATED',
        'NODE_API_SWALLOW_UNTHROWABLE_EXCEPTIONS',
        'OPENSSL_API_COMPAT=30000',
        'OPENSSL_NO_DEPRECATED',
        'TSOPENSSL_WANTED_VERSION="<!(<(locate) version)"',
      ],
      # + puts them first: node-gyp's own folders hold the headers of node's OpenSSL
      'include_dirs+': ['<!(<(locate) include)', '<!(<(locate) node-addon-api)'],
      'cflags!': ['-fno-omit-frame-pointer', '-Wno-unused-parameter'],
      'cflags_cc!': ['-fno-exceptions', '-std=gnu++17', '-std=gnu++20'],
      'cflags_cc': [
        '-std=c++17',
        '-U_FORTIFY_SOURCE',
        '-D_FORTIFY_SOURCE=2',
        '-fstack-protector-strong',
        '-fvisibility=hidden',
        '-fvisibility-inlines-hidden',
        '-Wall',
        '-Wextra',
        '-Werror=return-type',
      ],
      'ldflags!': ['-rdynamic'],
      'ldflags': [
        '-Wl,--version-script=../exports.map',
        '-static-libstdc++',
        '-static-libgcc',
        '-Wl,-z,nodelete',
        '-Wl,-z,relro',
        '-Wl,-z,now',
        '-Wl,-z,noexecstack',
        '-Wl,--gc-sections',
        '-s',
      ],
      'libraries': ['<!@(<(locate) libraries)'],
      'conditions': [
        ['OS=="linux"', {
          'sources': ['platform_linux.cc', 'platform_posix.cc', 'socket_bio.cc', 'ssl_descriptor.cc', 'watcher.cc'],
          'libraries': ['-lpthread', '-ldl'],
        }],
        # not run by the project: its own binaries for macOS and Windows are compiled on Linux, without node-gyp
        ['OS=="mac"', {
          'sources': ['platform_macos.cc', 'platform_posix.cc', 'socket_bio.cc', 'ssl_descriptor.cc', 'watcher.cc'],
          'xcode_settings': {
            'MACOSX_DEPLOYMENT_TARGET': '11.0',
            'CLANG_CXX_LANGUAGE_STANDARD': 'c++17',
            'CLANG_CXX_LIBRARY': 'libc++',
            'GCC_ENABLE_CPP_EXCEPTIONS': 'YES',
            'GCC_SYMBOLS_PRIVATE_EXTERN': 'YES',
            'GCC_INLINES_ARE_PRIVATE_EXTERN': 'YES',
            'DEAD_CODE_STRIPPING': 'YES',
            'OTHER_CPLUSPLUSFLAGS': ['-Wall', '-Wextra', '-Werror=return-type'],
            'OTHER_LDFLAGS': ['-Wl,-exported_symbols_list,../exports.macos'],
          },
        }],
        ['OS=="win"', {
          'sources': ['guarded_file_windows.cc', 'platform_windows.cc', 'wide_windows.cc'],
          'defines': ['NOMINMAX', 'UNICODE', 'WIN32_LEAN_AND_MEAN', '_WIN32_WINNT=0x0A00'],
          'defines!': ['_HAS_EXCEPTIONS=0'],
          'libraries': ['-ladvapi32', '-lcrypt32', '-lgdi32', '-luser32', '-lws2_32'],
          # node-gyp adds the delay-loaded node.exe and its hook by itself
          'msvs_settings': {
            'VCCLCompilerTool': {
              'AdditionalOptions': ['/std:c++17', '/utf-8'],
              'AdditionalOptions!': ['-std:c++20', '/std:c++20'],
              'ExceptionHandling': 1,
              'WarningLevel': 3,
            },
            'VCLinkerTool': {
              # before node.lib, which has the functions of node's own OpenSSL as well
              'AdditionalDependencies': ['<!@(<(locate) libraries)'],
              'AdditionalOptions': ['/Brepro'],
            },
          },
        }],
      ],
    },
  ],
}
